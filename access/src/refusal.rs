//! Why a request could not be authenticated.

use strum::VariantArray;

use crate::bearer::MAX_TOKEN_BYTES;

/// What is wrong with the token of a request. The messages are sent to the client, in a quoted string of a header too, and quote
/// nothing of the token. docs/troubleshooting.md explains each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, VariantArray)]
pub enum Unauthenticated {
    /// The request has no `authorization`.
    #[error("a bearer token is required")]
    Missing,
    /// The request has several `authorization`: another process might take a different one.
    #[error("the request has more than one authorization; send one")]
    SeveralAuthorizations,
    /// Two session cookies of the same name: a page of another host of the same domain can set one of them.
    #[error("the request has two session cookies of the same name")]
    SeveralCookies,
    /// The `authorization` is not ASCII.
    #[error("the authorization has characters that are not visible ASCII")]
    NotAscii,
    /// The `authorization` has another scheme, or none.
    #[error("the authorization is not of the scheme Bearer")]
    NotBearer,
    /// Nothing stands behind the scheme.
    #[error("the authorization of the scheme Bearer has no token")]
    NoToken,
    /// The token has more than [`MAX_TOKEN_BYTES`].
    #[error("the token is larger than the limit of {MAX_TOKEN_BYTES} bytes (16 KiB)")]
    TooLarge,
    /// The token does not have three parts.
    #[error("the token is not a JSON Web Token of three parts")]
    NotThreeParts,
    /// The token has the five parts of a JWE (RFC 7516).
    #[error("the token is encrypted (JWE); only signed tokens (JWS) are accepted")]
    Encrypted,
    /// The first part is not a JSON object in base64url.
    #[error("the token's header is not a JSON object in base64url")]
    HeaderNotJson,
    /// A member of the header is there twice: parsers differ in which one they take.
    #[error("the token's header has a parameter twice")]
    ParameterTwice,
    /// `crit` names extensions that have to be understood (RFC 7515 section 4.1.11), and none is.
    #[error("the token's header has critical extensions (crit), none of which is known here")]
    Critical,
    /// `typ` of the header is that of another kind of token (RFC 8725 section 3.11).
    #[error("the token was made for another purpose: its header typ is neither JWT nor at+jwt")]
    OtherType,
    /// `alg` is missing, `none`, or not supported.
    #[error("the token's algorithm (alg) is not RS256, ES256 or EdDSA")]
    UnsupportedAlgorithm,
    /// `kid` is missing.
    #[error("the token's header does not name a key (kid)")]
    NoKeyId,
    /// The second part is not a JSON object in base64url.
    #[error("the token's payload is not a JSON object in base64url")]
    PayloadNotJson,
    /// A claim is there twice: parsers differ in which one they take.
    #[error("the token's payload has a claim twice")]
    ClaimTwice,
    /// `iss` is missing.
    #[error("the token has no issuer (iss)")]
    NoIssuer,
    /// `iss` is not the configured issuer.
    #[error("the token was issued by a different issuer")]
    WrongIssuer,
    /// `iss` is the configured issuer but for a slash at the end.
    #[error(
        "the token was issued by a different issuer: its name and the configured one differ in a slash at the end"
    )]
    IssuerWithSlash,
    /// The issuer publishes no key with the `kid` of the token.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The issuer publishes a key with the `kid` of the token that must not verify it.
    #[error("the token is signed with a key of an unsupported type, length or use")]
    UnusableKey,
    /// `alg` is not the algorithm of the key.
    #[error("the token's algorithm (alg) is not that of its key")]
    WrongAlgorithm,
    /// The signature does not match.
    #[error("the token's signature is not valid")]
    BadSignature,
    /// The claim `typ`, which Keycloak writes, is that of another kind of token.
    #[error("the token was made for another purpose: its claim typ is not that of an access token")]
    OtherPurpose,
    /// `aud` is missing.
    #[error("the token has no audience (aud)")]
    NoAudience,
    /// `aud` does not include the configured audience.
    #[error("the token is for a different audience")]
    WrongAudience,
    /// `exp` is missing.
    #[error("the token has no expiry (exp)")]
    NoExpiry,
    /// `exp` is not a number.
    #[error("the token's expiry (exp) is not a number")]
    ExpiryNotNumber,
    /// `exp` is beyond the year 9999.
    #[error("the token's expiry (exp) is not a date: it must be in seconds, not in milliseconds")]
    ExpiryNotDate,
    /// `exp` has passed, leeway included.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is not a number.
    #[error("the token's start (nbf) is not a number")]
    StartNotNumber,
    /// `nbf` is beyond the year 9999.
    #[error("the token's start (nbf) is not a date: it must be in seconds, not in milliseconds")]
    StartNotDate,
    /// `nbf` has not been reached, leeway included.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `sub` is missing.
    #[error("the token has no subject (sub)")]
    NoSubject,
    /// `sub` is neither a text nor a list of one.
    #[error("the token's subject (sub) is not one text")]
    SubjectNotText,
    /// `sub` has nothing but white space.
    #[error("the token's subject (sub) is empty or blank")]
    SubjectEmpty,
    /// `sub` is too long.
    #[error("the token's subject (sub) has more than 255 characters")]
    SubjectTooLong,
    /// `sub` has a line break or another control character.
    #[error("the token's subject (sub) has control characters")]
    SubjectControl,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_cause_has_words_of_its_own_that_fit_a_header_and_are_explained() {
        let document = include_str!("../../docs/troubleshooting.md");
        let mut texts = BTreeSet::new();
        for reason in Unauthenticated::VARIANTS {
            let text = reason.to_string();
            assert!(text.bytes().all(|it| (b' '..=b'~').contains(&it) && !b"\"\\".contains(&it)), "{text}");
            assert!(
                document.contains(&format!("| `{text}` |")),
                "docs/troubleshooting.md does not have: {text}"
            );
            // The page tells a session that has ended by this word.
            assert_eq!(text.contains("expired"), *reason == Unauthenticated::Expired, "{text}");
            assert!(texts.insert(text.clone()), "twice: {text}");
        }
    }
}
