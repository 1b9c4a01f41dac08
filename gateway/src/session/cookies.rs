//! The cookies that hold the bearer token of a browser's session. A browser takes 4,096 bytes a cookie, so a longer token is
//! split over several.

use std::time::Duration;

use access::{Caller, MAX_TOKEN_BYTES, Refusal, Unauthenticated, Verifier};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use net::admission::{Admission, Authenticate, Waits};

/// The cookies in the order in which they hold the parts of a token.
pub(crate) const NAMES: [&str; 5] =
    ["ccm_session", "ccm_session.1", "ccm_session.2", "ccm_session.3", "ccm_session.4"];
/// Maximum size of a cookie with its name and its attributes.
const MAX_COOKIE_BYTES: usize = 4_096;

/// Authenticates a request by its `Authorization` header or, if it has none, by its session cookies. The caller has the
/// token in either case, to forward in calls of services.
#[derive(Clone)]
pub(crate) struct HeaderOrCookie(pub(crate) Verifier);

impl Authenticate for HeaderOrCookie {
    type Caller = Caller;
    type Refusal = Refusal;

    async fn authenticate(&self, headers: &HeaderMap, waits: &Waits) -> Admission<Self> {
        if headers.contains_key(AUTHORIZATION) {
            return self.0.authenticate(headers, waits).await;
        }
        let token = token(headers).map_err(|Ambiguous| Unauthenticated::SeveralCookies)?;
        let token = token.ok_or(Unauthenticated::Missing)?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| Refusal::from(Unauthenticated::NotAscii))?;
        bearer.set_sensitive(true);
        self.0.authenticate(&HeaderMap::from_iter([(AUTHORIZATION, bearer)]), waits).await
    }
}

/// Whether the cookies of a session authenticate a request, and not its `Authorization` header. Their token may be invalid.
pub(super) fn authenticate(headers: &HeaderMap) -> bool {
    !headers.contains_key(AUTHORIZATION) && parts(headers).next().is_some()
}

/// Two cookies of the same name. A page of another host of the same domain can set one of them, so neither counts.
#[derive(Debug, PartialEq, Eq)]
struct Ambiguous;

/// The token that the cookies of a request hold.
fn token(headers: &HeaderMap) -> Result<Option<String>, Ambiguous> {
    let mut found: [Option<&str>; NAMES.len()] = [None; NAMES.len()];
    for (at, part) in parts(headers) {
        if found[at].replace(part).is_some() {
            return Err(Ambiguous);
        }
    }
    let token: String = found.iter().map_while(|it| *it).collect();
    Ok(Some(token).filter(|it| !it.is_empty()))
}

/// The parts of a token, each with its place in [`NAMES`]. HTTP/2 clients may send a header for each cookie.
fn parts(headers: &HeaderMap) -> impl Iterator<Item = (usize, &str)> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(';'));
    pairs.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        Some((NAMES.iter().position(|it| *it == name)?, value)).filter(|_| !value.is_empty())
    })
}

/// Where browsers send the cookies of a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// Whether they send them over HTTPS only.
    pub(crate) is_https: bool,
    /// The prefix under which proxies serve the gateway.
    pub(crate) prefix: String,
}

/// The `Set-Cookie` headers that begin a session with a token; `None` if the token is too large. Cookies that the token does
/// not need are cleared: they may be left from a longer one.
pub(crate) fn begin(token: &str, lifetime: Duration, scope: &Scope) -> Option<Vec<HeaderValue>> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let (attributes, mut rest) = (attributes(lifetime, scope), token);
    let mut cookies = Vec::new();
    for name in NAMES {
        if rest.is_empty() {
            cookies.push(cookie(name, "", &self::attributes(Duration::ZERO, scope))?);
            continue;
        }
        let room = MAX_COOKIE_BYTES.saturating_sub(name.len() + 1 + attributes.len());
        let (part, more) = rest.split_at_checked(room.min(rest.len()))?;
        cookies.push(cookie(name, part, &attributes)?);
        rest = more;
    }
    rest.is_empty().then_some(cookies)
}

/// The `Set-Cookie` headers that end a session.
pub(crate) fn end(scope: &Scope) -> Vec<HeaderValue> {
    let attributes = attributes(Duration::ZERO, scope);
    NAMES.iter().filter_map(|name| cookie(name, "", &attributes)).collect()
}

fn attributes(lifetime: Duration, scope: &Scope) -> String {
    let secure = if scope.is_https { "; Secure" } else { "" };
    let (prefix, seconds) = (&scope.prefix, lifetime.as_secs());
    format!("; Path={prefix}/api; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

fn cookie(name: &str, part: &str, attributes: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("{name}={part}{attributes}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn https() -> Scope {
        Scope { is_https: true, ..Scope::default() }
    }

    fn sent(cookies: &[&str]) -> HeaderMap {
        cookies.iter().map(|it| (COOKIE, it.parse().unwrap())).collect()
    }

    /// What a browser sends back that has these cookies.
    fn kept(set: &[HeaderValue]) -> HeaderMap {
        let texts = set.iter().map(|it| it.to_str().unwrap()).filter(|it| !it.contains("Max-Age=0"));
        let pairs: Vec<&str> = texts.map(|it| it.split(';').next().unwrap()).collect();
        sent(&[&pairs.join("; ")])
    }

    #[test]
    fn a_token_is_put_together_as_it_was_split() {
        for length in [1, 1_000, 4_000, 4_100, 8_000, 12_000, MAX_TOKEN_BYTES] {
            let token = "abc.DEF-_".repeat(length)[..length].to_owned();
            let set = begin(&token, HOUR, &https()).unwrap();
            assert_eq!(set.len(), NAMES.len());
            assert!(set.iter().all(|it| it.len() <= MAX_COOKIE_BYTES), "{length}");
            assert_eq!(token_of(&kept(&set)), Some(token), "{length}");
        }
        assert_eq!(begin(&"a".repeat(MAX_TOKEN_BYTES + 1), HOUR, &https()), None);
    }

    fn token_of(headers: &HeaderMap) -> Option<String> {
        token(headers).unwrap()
    }

    #[test]
    fn the_cookies_are_for_the_api_of_this_site_alone() {
        let set = begin("abc", HOUR, &https()).unwrap();
        let attributes = "Path=/api; Max-Age=3600; HttpOnly; SameSite=Strict; Secure";
        assert_eq!(set[0], format!("ccm_session=abc; {attributes}"));
        let set = begin("abc", HOUR, &Scope::default()).unwrap();
        assert!(!set[0].to_str().unwrap().contains("Secure"));
        assert_eq!(set[1], "ccm_session.1=; Path=/api; Max-Age=0; HttpOnly; SameSite=Strict");
        assert_eq!(end(&Scope::default())[1..], set[1..]);
        let behind = Scope { prefix: "/ccm".to_owned(), ..Scope::default() };
        let set = begin("abc", HOUR, &behind).unwrap();
        assert_eq!(set[0], "ccm_session=abc; Path=/ccm/api; Max-Age=3600; HttpOnly; SameSite=Strict");
        assert_eq!(end(&behind)[1..], set[1..]);
    }

    #[test]
    fn cookies_of_others_do_not_matter_and_a_header_each_is_the_same_as_one() {
        let others =
            sent(&["a=1; ccm_sessions=x; ccm_session=abc; ccm_session.1=def; b", "ccm_session.2=ghi"]);
        assert_eq!(token_of(&others), Some("abcdefghi".to_owned()));
        assert_eq!(token_of(&sent(&["ccm_session=; a=b"])), None);
        assert_eq!(token_of(&sent(&["ccm_session.1=def"])), None);
    }

    #[test]
    fn two_cookies_of_the_same_name_are_no_session() {
        assert_eq!(token(&sent(&["ccm_session=abc; ccm_session=def"])), Err(Ambiguous));
    }

    #[test]
    fn a_request_with_a_header_is_not_authenticated_by_its_cookies() {
        let mut headers = sent(&["ccm_session=abc"]);
        assert!(authenticate(&headers));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer x"));
        assert!(!authenticate(&headers));
        assert!(!authenticate(&sent(&["a=b"])));
    }
}
