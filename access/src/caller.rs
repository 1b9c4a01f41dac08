//! The caller of a request, made from a verified token.

use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use net::admission::Identified;
use platform::clock::Micros;
use strum::{EnumString, IntoStaticStr, VariantArray};
use telemetry::audit::Who;

use crate::{DepartmentProblem, Visibility, on_behalf_of};

/// The roles of a token that this product knows. Names that are not among them, which issuers send along, are ignored;
/// a caller without any of these roles has the rights of [`Role::User`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Sees every task and worker and may change them.
    Admin,
    /// Sees and manages the tasks of the department that the token names.
    Manager,
    /// Sees the tasks that were created by or assigned to the caller.
    User,
    /// A process of this product, which works without a user.
    Service,
}

/// The caller of a request whose token was verified. Clones share what the token says.
#[derive(Clone)]
pub struct Caller {
    /// `iss` of the token.
    pub issuer: Arc<str>,
    /// `sub` of the token: the person or the service, unique within the issuer.
    pub sub: Arc<str>,
    /// Sorted and without duplicates; roles of other names are left out.
    pub roles: Arc<[Role]>,
    /// The department claim of the token. It matters for managers only.
    pub department: Option<String>,
    /// Why the department claim is not used, if there is one that cannot be.
    pub department_problem: Option<DepartmentProblem>,
    /// `exp` of the token, without the leeway.
    pub expires_at: Micros,
    /// `exp` of the token with the leeway: from then on it is refused, and a stream of the caller ends.
    pub accepted_until: Micros,
    /// `sub` of the person on whose behalf a service makes the request. Recorded in events; gives no rights.
    pub on_behalf_of: Option<String>,
    /// The `authorization` header as received (`Bearer …`), to forward in calls to other processes.
    pub(crate) authorization: HeaderValue,
}

impl Caller {
    /// Whether the token grants `role`.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The same caller on behalf of a person, given by their `sub`. Recorded in events; gives no rights.
    #[must_use]
    pub fn acting_for(&self, person: &str) -> Self {
        Self { on_behalf_of: Some(person.to_owned()), ..self.clone() }
    }

    /// Which tasks and workers the caller may see.
    #[must_use]
    pub fn visibility(&self) -> Visibility {
        if self.is(Role::Admin) || self.is(Role::Service) {
            return Visibility::All;
        }
        let department = self.department.clone().filter(|_| self.is(Role::Manager));
        Visibility::Restricted { person: self.sub.to_string(), department }
    }
}

impl Identified for Caller {
    fn who(&self) -> Who {
        Who {
            sub: self.sub.clone(),
            roles: self.roles.iter().map(Into::into).collect(),
            on_behalf_of: self.on_behalf_of.clone(),
        }
    }

    fn is_process(&self) -> bool {
        self.is(Role::Service)
    }

    fn on_behalf_of(&self, metadata: &HeaderMap) -> Option<String> {
        on_behalf_of::shown(metadata, self)
    }
}

/// Leaves out the token, which is a secret.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("issuer", &self.issuer)
            .field("sub", &self.sub)
            .field("roles", &self.roles)
            .field("department", &self.department)
            .field("department_problem", &self.department_problem)
            .field("expires_at", &self.expires_at)
            .field("accepted_until", &self.accepted_until)
            .field("on_behalf_of", &self.on_behalf_of)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(roles: &[Role], department: Option<&str>) -> Caller {
        crate::testing::caller("ada", roles, department)
    }

    #[test]
    fn a_department_widens_the_view_of_managers_only() {
        let of = |roles: &[Role]| caller(roles, Some("network")).visibility();
        assert_eq!(of(&[Role::Admin]), Visibility::All);
        assert_eq!(of(&[Role::Service]), Visibility::All);
        let department = |seen| match seen {
            Visibility::Restricted { department, .. } => department,
            Visibility::All => panic!("sees everything"),
        };
        assert_eq!(department(of(&[Role::Manager])), Some("network".to_owned()));
        assert_eq!(department(of(&[Role::User])), None);
        assert_eq!(department(of(&[])), None);
    }

    #[test]
    fn the_token_is_never_printed() {
        assert!(!format!("{:?}", caller(&[], None)).contains("Bearer"));
    }
}
