//! Who may see and do what, for all three processes alike: a bearer token becomes a [`Caller`], and a caller's
//! [`Visibility`] says which subjects exist for him. No process trusts another's word about a caller: each verifies
//! the token again.

mod caller;
mod claims;
mod discovery;
pub mod grpc;
mod identity;
mod issuer_keys;
mod issuer_url;
mod keys;
pub mod local;
pub mod on_behalf_of;
mod refusal;
#[cfg(feature = "testing")]
pub mod testing;
mod token_cache;
mod verifier;
mod visibility;

pub use caller::{Caller, Role};
pub use claims::Expected;
pub use discovery::IssuerError;
pub use identity::{ClientCredentials, ClientSecret, Identity, NoIdentity, TokenSource};
pub use issuer_url::IssuerUrl;
pub use keys::{KeyError, Keys};
pub use refusal::{Refusal, Unauthenticated};
pub use verifier::Verifier;
pub use visibility::{Scope, Visibility};
