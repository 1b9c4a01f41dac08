//! Why a request could not be authenticated.

/// What is wrong with the token of a request. The messages are sent to the client and quote nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// The request has no `authorization`.
    #[error("a bearer token is required")]
    Missing,
    /// The `authorization` is not one bearer token, or a required claim is missing or has the wrong type.
    #[error("the authorization header is not a valid bearer token")]
    Malformed,
    /// `exp` has passed, leeway included.
    #[error("the token has expired")]
    Expired,
    /// `nbf` has not been reached, leeway included.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iss` is not the configured issuer.
    #[error("the token was issued by a different issuer")]
    WrongIssuer,
    /// `aud` does not include the configured audience.
    #[error("the token is for a different audience")]
    WrongAudience,
    /// The issuer publishes no key with the `kid` of the token.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The signature does not match, or was made with another algorithm than that of the key.
    #[error("the token's signature is not valid")]
    BadSignature,
}

/// Why a request could not be authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token is not accepted; the client needs another one.
    Unauthenticated(Unauthenticated),
    /// The key of the token is not known and the issuer is unreachable. The same token may be accepted later.
    IssuerUnavailable,
}

impl From<Unauthenticated> for Refusal {
    fn from(reason: Unauthenticated) -> Self {
        Self::Unauthenticated(reason)
    }
}
