//! Who a request comes from.

use std::fmt;

use http::HeaderValue;
use platform::clock::Micros;

use crate::Visibility;

platform::named_enum!(
    /// What a caller is, by the roles of his token. A caller without any of them is a plain user; roles of other names,
    /// which real issuers send along, mean nothing here.
    pub Role {
        /// Sees and does everything that people do.
        Admin = "admin",
        /// Sees and manages what is of his department.
        Manager = "manager",
        /// Works on tasks.
        User = "user",
        /// Is a process of this product.
        Service = "service",
    }
);

/// A caller whose token was verified.
#[derive(Clone)]
pub struct Caller {
    /// `iss` of the token.
    pub issuer: String,
    /// `sub` of the token: who it is, within the issuer.
    pub subject: String,
    /// Sorted, without repetition.
    pub roles: Vec<Role>,
    /// The department claim.
    pub department: Option<String>,
    /// When the token ends.
    pub expires_at: Micros,
    /// Subject of the person for whom a service works; for the record only, it gives no rights.
    pub on_behalf_of: Option<String>,
    /// `Bearer …` as it came in, to be sent on.
    pub(crate) authorization: HeaderValue,
}

impl Caller {
    /// Whether the caller has this role.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Which subjects exist for the caller.
    #[must_use]
    pub fn visibility(&self) -> Visibility {
        if self.is(Role::Admin) || self.is(Role::Service) {
            return Visibility::All;
        }
        let department = self.department.clone().filter(|_| self.is(Role::Manager));
        Visibility::Of { person: self.subject.clone(), department }
    }
}

/// Without the token: it is a secret.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("issuer", &self.issuer)
            .field("subject", &self.subject)
            .field("roles", &self.roles)
            .field("department", &self.department)
            .field("expires_at", &self.expires_at)
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
            Visibility::Of { department, .. } => department,
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
