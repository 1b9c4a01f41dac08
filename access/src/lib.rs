//! Authentication and visibility for all three processes: a bearer token becomes a [`Caller`], and the caller's
//! [`Visibility`] says which tasks and workers exist for that caller. The gateway forwards the token, and every process
//! verifies it again. Imports `platform`, `telemetry` and `net`; knows no database.

mod bearer;
mod caller;
mod claims;
mod discovery;
pub mod grpc;
mod identity;
mod issuer_keys;
mod issuer_url;
mod issuer_wait;
mod jws;
mod keys;
pub mod local;
mod login;
mod name;
pub mod on_behalf_of;
mod refusal;
#[cfg(feature = "testing")]
pub mod testing;
mod token_cache;
mod verifier;
mod visibility;

pub use bearer::MAX_TOKEN_BYTES;
pub use caller::{Caller, CallerKey, Role, VerifiedClaims};
pub use claims::{DepartmentProblem, ExpectedClaims};
pub use discovery::{IssuerError, published_keys};
pub use identity::{
    ClientCredentials, ClientSecret, Identity, NoTokenOfSource, TokenSource, TokenUnavailable,
};
pub use issuer_url::IssuerUrl;
pub use keys::{KeyError, Keys};
pub use login::{IssuerLogin, LoginEndpoints};
pub use name::{InvalidName, check_department, check_subject};
pub use refusal::{Refusal, Unauthenticated};
pub use verifier::Verifier;
pub use visibility::{Disclosure, Scope, Visibility};
