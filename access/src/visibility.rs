//! Which subjects exist for a caller. Stores render this to SQL; here it is matched in memory.

/// What decides who sees a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Department it belongs to.
    pub department: Option<String>,
    /// Subject of its assignee.
    pub assignee_id: Option<String>,
    /// Subject of its creator.
    pub created_by: Option<String>,
}

/// What a caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everything.
    All,
    /// What is assigned to or created by a person and, for a manager, what is of his department.
    Of {
        /// Subject of the person.
        person: String,
        /// The department; `None` adds nothing, not even subjects without a department.
        department: Option<String>,
    },
}

impl Visibility {
    /// Whether a subject of this scope exists for the caller.
    #[must_use]
    pub fn sees(&self, scope: &Scope) -> bool {
        match self {
            Self::All => true,
            Self::Of { person, department } => {
                scope.assignee_id.as_ref() == Some(person)
                    || scope.created_by.as_ref() == Some(person)
                    || (department.is_some() && scope.department == *department)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(department: Option<&str>, assignee_id: Option<&str>, created_by: &str) -> Scope {
        let own = |it: &str| it.to_owned();
        Scope {
            department: department.map(own),
            assignee_id: assignee_id.map(own),
            created_by: Some(own(created_by)),
        }
    }

    #[test]
    fn a_person_sees_what_is_assigned_to_or_created_by_them() {
        let ada = Visibility::Of { person: "ada".to_owned(), department: None };
        assert!(ada.sees(&scope(None, None, "ada")));
        assert!(ada.sees(&scope(None, Some("ada"), "bob")));
        assert!(!ada.sees(&scope(Some("network"), None, "bob")));
    }

    #[test]
    fn a_missing_department_is_not_a_department_that_two_can_share() {
        let ada = Visibility::Of { person: "ada".to_owned(), department: None };
        assert!(!ada.sees(&scope(None, None, "bob")));
        let manager = Visibility::Of { person: "ada".to_owned(), department: Some("network".to_owned()) };
        assert!(manager.sees(&scope(Some("network"), None, "bob")));
        assert!(!manager.sees(&scope(None, None, "bob")));
    }
}
