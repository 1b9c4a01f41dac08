//! Which subjects (tasks and workers) a caller sees. Stores translate [`Visibility`] to SQL; [`Visibility::sees`]
//! decides the same in memory, and a conformance test compares the two.

/// The fields of a subject that decide who sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The department that owns it, whose managers see it.
    pub department: Option<String>,
    /// `sub` of the person that it is assigned to.
    pub assignee_id: Option<String>,
    /// `sub` of the caller that created it.
    pub created_by: Option<String>,
}

/// Which subjects a caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// All subjects: roles admin and service.
    All,
    /// The subjects that are assigned to or were created by one person and, for managers, those of their department.
    Restricted {
        /// `sub` of the person.
        person: String,
        /// The department of a manager. `None` adds no subjects, not even those without a department.
        department: Option<String>,
    },
}

impl Visibility {
    /// Whether a subject with this scope is visible.
    #[must_use]
    pub fn sees(&self, scope: &Scope) -> bool {
        match self {
            Self::All => true,
            Self::Restricted { person, department } => {
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
        let ada = Visibility::Restricted { person: "ada".to_owned(), department: None };
        assert!(ada.sees(&scope(None, None, "ada")));
        assert!(ada.sees(&scope(None, Some("ada"), "bob")));
        assert!(!ada.sees(&scope(Some("network"), None, "bob")));
    }

    #[test]
    fn a_missing_department_is_not_a_department_that_two_can_share() {
        let ada = Visibility::Restricted { person: "ada".to_owned(), department: None };
        assert!(!ada.sees(&scope(None, None, "bob")));
        let manager =
            Visibility::Restricted { person: "ada".to_owned(), department: Some("network".to_owned()) };
        assert!(manager.sees(&scope(Some("network"), None, "bob")));
        assert!(!manager.sees(&scope(None, None, "bob")));
    }
}
