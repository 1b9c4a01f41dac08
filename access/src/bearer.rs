//! The bearer token of a request (RFC 6750), in its `authorization`: an HTTP header, or metadata of a gRPC call.

use http::{HeaderMap, HeaderValue, header};

use crate::Unauthenticated;

/// Maximum size of a token, in every process. The limits on headers and metadata leave room for one of this size. Tokens of
/// people with several hundred roles have over 10 KB.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// The `authorization`, and the token in it.
pub(crate) fn of(headers: &HeaderMap) -> Result<(&HeaderValue, &str), Unauthenticated> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let authorization = all.next().ok_or(Unauthenticated::Missing)?;
    if all.next().is_some() {
        return Err(Unauthenticated::SeveralAuthorizations);
    }
    let text = authorization.to_str().map_err(|_| Unauthenticated::NotAscii)?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Unauthenticated::NotBearer);
    }
    match token.trim() {
        "" => Err(Unauthenticated::NoToken),
        token if token.len() > MAX_TOKEN_BYTES => Err(Unauthenticated::TooLarge),
        token => Ok((authorization, token)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_all(authorizations: &[&str]) -> Result<String, Unauthenticated> {
        let mut headers = HeaderMap::new();
        for it in authorizations {
            headers.append(header::AUTHORIZATION, HeaderValue::from_bytes(it.as_bytes()).unwrap());
        }
        of(&headers).map(|it| it.1.to_owned())
    }

    #[test]
    fn the_scheme_is_in_any_case_and_spaces_around_the_token_do_not_matter() {
        for good in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            assert_eq!(of_all(&[good]).as_deref(), Ok("abc"), "{good}");
        }
    }

    #[test]
    fn what_is_no_bearer_token_is_named() {
        let large = format!("Bearer {}", "a".repeat(MAX_TOKEN_BYTES));
        assert!(of_all(&[&large]).is_ok());
        for (authorizations, reason) in [
            ([].as_slice(), Unauthenticated::Missing),
            (&["Bearer a", "Bearer a"], Unauthenticated::SeveralAuthorizations),
            (&["Bearer ä"], Unauthenticated::NotAscii),
            (&[""], Unauthenticated::NotBearer),
            (&["abc"], Unauthenticated::NotBearer),
            (&["Basic abc"], Unauthenticated::NotBearer),
            (&["Bearer"], Unauthenticated::NoToken),
            (&["Bearer  "], Unauthenticated::NoToken),
            (&[&format!("{large}a")], Unauthenticated::TooLarge),
        ] {
            assert_eq!(of_all(authorizations), Err(reason));
        }
    }
}
