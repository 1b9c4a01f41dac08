//! The caller of a request, made from a verified token.

use std::fmt;
use std::hash::{BuildHasher as _, Hash, Hasher, RandomState};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

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

/// The caller of a request whose token was verified. Clones share what the token says, and so do the callers of all requests with
/// the same token.
#[derive(Clone)]
pub struct Caller {
    verified: Arc<Verified>,
    /// `sub` of the person on whose behalf a service makes the request. Recorded in events; gives no rights.
    pub on_behalf_of: Option<String>,
    /// The `authorization` header as received (`Bearer …`), to forward in calls to other processes.
    pub(crate) authorization: HeaderValue,
}

/// What a verified token says of its caller.
#[derive(Debug)]
pub struct VerifiedClaims {
    /// `iss` of the token.
    pub issuer: Arc<str>,
    /// `sub` of the token: the person or the service, unique within the issuer.
    pub sub: Arc<str>,
    /// Sorted and without duplicates; roles of other names are left out.
    pub roles: Vec<Role>,
    /// The department claim of the token. It matters for managers only.
    pub department: Option<String>,
    /// Why the department claim is not used, if there is one that cannot be.
    pub department_problem: Option<DepartmentProblem>,
    /// `exp` of the token, without the leeway.
    pub expires_at: Micros,
    /// `exp` of the token with the leeway: from then on it is refused, and a stream of the caller ends.
    pub accepted_until: Micros,
}

/// What a token says, and what follows from it; not the token, which is a secret.
struct Verified {
    claims: VerifiedClaims,
    visibility: Visibility,
    /// A hash of issuer and `sub`.
    fingerprint: u64,
}

/// The identity of a caller (issuer and `sub`) as a key of maps: as small as a pointer, with a hash computed once for a token, whose
/// claims it keeps in memory.
#[derive(Clone)]
pub struct CallerKey(Arc<Verified>);

impl CallerKey {
    fn names(&self) -> (u64, &str, &str) {
        let Verified { claims, fingerprint, .. } = &*self.0;
        (*fingerprint, &claims.sub, &claims.issuer)
    }
}

impl PartialEq for CallerKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.names() == other.names()
    }
}

impl Eq for CallerKey {}

impl Hash for CallerKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.fingerprint.hash(state);
    }
}

impl fmt::Debug for CallerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, sub, issuer) = self.names();
        f.debug_tuple("CallerKey").field(&issuer).field(&sub).finish()
    }
}

impl Deref for Caller {
    type Target = VerifiedClaims;

    fn deref(&self) -> &VerifiedClaims {
        &self.verified.claims
    }
}

impl Caller {
    /// The caller of a request with a token that says this. `authorization` is the header that the token came in.
    pub(crate) fn new(claims: VerifiedClaims, authorization: HeaderValue) -> Self {
        // Randomly keyed, so that nobody can choose names whose hashes are the same.
        static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let is = |role| claims.roles.contains(&role);
        let visibility = if is(Role::Admin) || is(Role::Service) {
            Visibility::All
        } else {
            let department = claims.department.clone().filter(|_| is(Role::Manager));
            Visibility::Restricted { person: claims.sub.to_string(), department }
        };
        let fingerprint = KEYS.hash_one((&claims.issuer, &claims.sub));
        let verified = Arc::new(Verified { claims, visibility, fingerprint });
        Self { verified, on_behalf_of: None, authorization }
    }

    /// The caller of another request with the same token.
    pub(crate) fn with_authorization(&self, authorization: HeaderValue) -> Self {
        Self { verified: self.verified.clone(), on_behalf_of: None, authorization }
    }

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

    /// Who this is, whatever else the token says.
    #[must_use]
    pub fn key(&self) -> CallerKey {
        CallerKey(self.verified.clone())
    }

    /// Which tasks and workers the caller may see.
    #[must_use]
    pub fn visibility(&self) -> &Visibility {
        &self.verified.visibility
    }
}

impl Identified for Caller {
    fn sub(&self) -> Arc<str> {
        self.sub.clone()
    }

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
            .field("claims", &self.verified.claims)
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
        let of = |roles: &[Role]| caller(roles, Some("network")).visibility().clone();
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
    fn a_key_is_that_of_a_person_and_not_of_a_token() {
        let of = crate::testing::caller_of;
        let ada = of("https://issuer", "ada").key();
        let keys = std::collections::HashMap::from([(ada, 1)]);
        assert_eq!(keys.get(&of("https://issuer", "ada").key()), Some(&1));
        assert_eq!(keys.get(&of("https://issuer", "bob").key()), None);
        assert_eq!(keys.get(&of("https://another", "ada").key()), None);
    }

    #[test]
    fn the_token_is_never_printed() {
        assert!(!format!("{:?}", caller(&[], None)).contains("Bearer"));
    }
}
