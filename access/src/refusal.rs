//! Why a request has no caller: its token is at fault, or the issuer that could tell is away.

/// What is wrong with a token. The texts are for the client and repeat nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// There is no token.
    #[error("a bearer token is needed")]
    Missing,
    /// It is no token.
    #[error("the authorization is no bearer token")]
    Malformed,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Somebody else issued it.
    #[error("the token is from another issuer")]
    WrongIssuer,
    /// It is for somebody else.
    #[error("the token is for another audience")]
    WrongAudience,
    /// Its key is not one of the issuer's.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// Its signature is wrong, or made with another algorithm than the key's.
    #[error("the token's signature is not valid")]
    BadSignature,
}

/// Why a request has no caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The token is at fault: another one is needed.
    Unauthenticated(Unauthenticated),
    /// Whether the token is good cannot be told now: its key is not among those known, if any are, and the issuer
    /// cannot be asked. The same token may do in a moment.
    IssuerAway,
}

impl From<Unauthenticated> for Refusal {
    fn from(reason: Unauthenticated) -> Self {
        Self::Unauthenticated(reason)
    }
}
