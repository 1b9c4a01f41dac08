//! Which subjects (tasks and workers) a caller sees, and how much a caller is told of a change. Stores translate
//! [`Visibility`] to SQL; [`Visibility::sees`] decides the same in memory, and a conformance test compares the two.

/// The fields of a subject that decide who sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether every caller sees the subject, whatever the other fields are.
    pub everyone: bool,
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

/// How much of a change a caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// The whole event.
    Whole,
    /// The event without what the subject was before: the change made the subject visible.
    WithoutBefore,
    /// That the subject is no longer visible, by its id alone.
    Removed,
    /// Nothing: the subject was visible neither before nor after the change.
    Nothing,
}

impl Scope {
    /// The scope of a subject that every caller sees.
    #[must_use]
    pub fn everyone() -> Self {
        Self { everyone: true, ..Self::default() }
    }
}

impl Visibility {
    /// Decides how much of a change a caller is told. `before` and `after` are the subject's scopes before and after the
    /// change; `None`: the subject did not exist. A deletion is told to those who could see the subject.
    #[must_use]
    pub fn disclosure(&self, before: Option<&Scope>, after: Option<&Scope>) -> Disclosure {
        let saw = before.is_some_and(|it| self.sees(it));
        match after {
            _ if *self == Self::All => Disclosure::Whole,
            None if saw => Disclosure::Whole,
            Some(after) if self.sees(after) => {
                if saw || before.is_none() {
                    Disclosure::Whole
                } else {
                    Disclosure::WithoutBefore
                }
            }
            Some(_) if saw => Disclosure::Removed,
            _ => Disclosure::Nothing,
        }
    }

    /// Whether a subject with this scope is visible.
    #[must_use]
    pub fn sees(&self, scope: &Scope) -> bool {
        match self {
            Self::All => true,
            Self::Restricted { .. } if scope.everyone => true,
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
            everyone: false,
        }
    }

    /// Every scope and every visibility over a small set of names, in which all cases of equal and different names occur.
    fn scopes() -> Vec<Scope> {
        let names = [None, Some("ada"), Some("bob")];
        let departments = [None, Some("network"), Some("compute")];
        let mut scopes =
            vec![Scope::everyone(), Scope { everyone: true, ..scope(Some("network"), None, "ada") }];
        for department in departments {
            for assignee in names {
                scopes.extend(["ada", "bob"].map(|creator| scope(department, assignee, creator)));
            }
        }
        scopes
    }

    fn visibilities() -> Vec<Visibility> {
        let departments = [None, Some("network".to_owned()), Some("compute".to_owned())];
        let restricted = ["ada", "eve"].into_iter().flat_map(|person| {
            let with = |it: &Option<String>| Visibility::Restricted {
                person: person.to_owned(),
                department: it.clone(),
            };
            departments.iter().map(with).collect::<Vec<_>>()
        });
        restricted.chain([Visibility::All]).collect()
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

    #[test]
    fn everyone_sees_what_is_for_everyone_and_all_sees_everything() {
        for visibility in visibilities() {
            assert!(visibility.sees(&Scope::everyone()), "{visibility:?}");
        }
        for scope in scopes() {
            assert!(Visibility::All.sees(&scope), "{scope:?}");
        }
    }

    #[test]
    fn what_is_told_of_a_change_follows_from_what_is_seen_before_and_after_it() {
        let scopes: Vec<_> = scopes().into_iter().map(Some).chain([None]).collect();
        for visibility in visibilities() {
            for before in &scopes {
                for after in &scopes {
                    let sees = |it: &Option<Scope>| it.as_ref().is_some_and(|it| visibility.sees(it));
                    let told = visibility.disclosure(before.as_ref(), after.as_ref());
                    let case = format!("{visibility:?} {before:?} {after:?}: {told:?}");
                    let shows_after = matches!(told, Disclosure::Whole | Disclosure::WithoutBefore);
                    if visibility == Visibility::All {
                        assert_eq!(told, Disclosure::Whole, "{case}");
                        continue;
                    }
                    // Nothing of a subject after the change reaches a caller that does not see it then.
                    assert_eq!(shows_after, sees(after) || (after.is_none() && sees(before)), "{case}");
                    // Nothing of a subject before the change reaches a caller that did not see it then.
                    let shows_before = told == Disclosure::Whole && before.is_some();
                    assert!(!shows_before || sees(before), "{case}");
                    // A caller that loses sight of a subject is told so, and only that caller.
                    assert_eq!(
                        told == Disclosure::Removed,
                        sees(before) && after.is_some() && !sees(after),
                        "{case}"
                    );
                    // A caller that sees the subject before and after is told everything.
                    assert!(!(sees(before) && sees(after)) || told == Disclosure::Whole, "{case}");
                }
            }
        }
    }
}
