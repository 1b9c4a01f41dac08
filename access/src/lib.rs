//! Who may see and do what, for all three processes alike: a bearer token becomes a [`Caller`], and a caller's
//! [`Visibility`] says which subjects exist for him. No process trusts another's word about a caller: each verifies
//! the token again.

mod caller;
pub mod grpc;
mod keys;
pub mod local;
mod verifier;
mod visibility;

pub use caller::{Caller, Role};
pub use keys::{KeyError, Keys};
pub use verifier::{Unauthenticated, Verifier};
pub use visibility::{Scope, Visibility};
