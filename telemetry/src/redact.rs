//! Replaces secrets in texts that are logged or shown in spans: tokens, credentials of URLs, private keys. No code logs any
//! of them on purpose; this is for those that clients put into paths and that libraries put into errors.

use std::borrow::Cow;

/// What a secret is replaced by, as in `url.query`.
pub const REDACTED: &str = "REDACTED";
/// Names of log fields whose values are never shown, in lower case.
const SECRET_FIELDS: [&str; 9] = [
    "access_token",
    "authorization",
    "client_secret",
    "cookie",
    "password",
    "private_key",
    "refresh_token",
    "secret",
    "token",
];
/// Names of `name=value` in texts whose values are replaced, in lower case.
const SECRET_PARAMETERS: [&str; 7] =
    ["access_token=", "client_secret=", "id_token=", "password=", "refresh_token=", "secret=", "token="];
/// A shorter credential after `Bearer` or `Basic` is a word of a sentence.
const MIN_CREDENTIAL: usize = 16;
/// The first characters of a JSON object in base64url: those of each header and payload of a JSON Web Token.
const JWT: &str = "eyJ";
/// Fewer characters than this after [`JWT`] are not a token.
const MIN_JWT: usize = 16;

/// Whether the value of a log field with this name is a secret.
#[must_use]
pub(crate) fn is_secret_field(name: &str) -> bool {
    SECRET_FIELDS.iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// The text with [`REDACTED`] in place of what looks like a secret: JSON Web Tokens, `Bearer` and `Basic` credentials, user
/// and password of URLs, values of parameters such as `password=`, and private keys in PEM.
#[must_use]
pub fn secrets(text: &str) -> Cow<'_, str> {
    // Each kind of secret needs one of these bytes, and most texts have none of them.
    let (mut has_space, mut has_j, mut has_at, mut has_equals) = (false, false, false, false);
    for byte in text.bytes() {
        has_space |= byte == b' ';
        has_j |= byte == b'J';
        has_at |= byte == b'@';
        has_equals |= byte == b'=';
    }
    let kinds: [(bool, Find); 5] = [
        (has_space, private_key),
        (has_j, jwt),
        (has_space, credentials),
        (has_at, userinfo),
        (has_equals, parameter),
    ];
    let mut text = Cow::Borrowed(text);
    for (_, find) in kinds.into_iter().filter(|it| it.0) {
        if let Some(replaced) = replaced(&text, find) {
            text = Cow::Owned(replaced);
        }
    }
    text
}

/// The text with [`REDACTED`] in place of what `find` finds; `None` if that is nothing. A client may have written the text:
/// the time must grow with its length, not with the square of it.
fn replaced(text: &str, find: Find) -> Option<String> {
    let (mut replaced, mut from) = (String::new(), 0);
    while let Some((begin, end)) = find(text, from) {
        replaced.push_str(&text[from..begin]);
        replaced.push_str(REDACTED);
        from = end;
    }
    if from == 0 {
        return None;
    }
    replaced.push_str(&text[from..]);
    Some(replaced)
}

/// The bytes of a secret in a text, from its first byte to the one after its last.
type Found = Option<(usize, usize)>;

/// Finds the first secret of a kind from a byte on.
type Find = fn(&str, usize) -> Found;

/// Whether a byte occurs in base64url, or separates the parts of a token.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=')
}

/// The end of the run of bytes from `from` that `is_part` accepts.
fn run(text: &str, from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    text.as_bytes()[from..].iter().position(|it| !is_part(*it)).map_or(text.len(), |it| from + it)
}

fn jwt(text: &str, mut from: usize) -> Found {
    // The end of the run of bytes that a token can have, and its last dot: beginnings in one run share both.
    let (mut end, mut last_dot) = (0, None);
    while let Some(begin) = text.get(from..)?.find(JWT).map(|it| from + it) {
        if begin >= end {
            let is_part = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'=');
            end = run(text, begin, is_part);
            last_dot = text[begin..end].rfind('.').map(|it| begin + it);
        }
        let is_start = begin == 0 || !text.as_bytes()[begin - 1].is_ascii_alphabetic();
        let has_dot = last_dot.is_some_and(|it| it > begin);
        if end - begin >= JWT.len() + MIN_JWT && (is_start || has_dot) {
            return Some((begin, end));
        }
        from = begin + JWT.len();
    }
    None
}

fn credentials(text: &str, from: usize) -> Found {
    // Both schemes end in a letter before the space; most texts have neither.
    let mut at = from;
    while let Some(space) = text.get(at..)?.find(' ').map(|it| at + it) {
        let scheme = &text.as_bytes()[..space];
        let is_scheme = |name: &[u8]| {
            scheme.len() >= name.len() && scheme[scheme.len() - name.len()..].eq_ignore_ascii_case(name)
        };
        let begin = space + 1;
        if is_scheme(b"bearer") || is_scheme(b"basic") {
            let end = run(text, begin, is_of_token);
            if end - begin >= MIN_CREDENTIAL {
                return Some((begin, end));
            }
        }
        at = begin;
    }
    None
}

fn userinfo(text: &str, mut from: usize) -> Found {
    let is_of_word = |it: u8| !it.is_ascii_whitespace() && !matches!(it, b'"' | b'\'' | b'>' | b'<');
    // The end of the word, and its last at sign, for URLs without one in their authority: URLs in one word share both.
    let (mut end, mut last_at) = (0, None);
    while let Some(begin) = text.get(from..)?.find("://").map(|it| from + it + 3) {
        let authority = run(text, begin, |it| is_of_word(it) && !matches!(it, b'/' | b'?' | b'#'));
        let mut at = text[begin..authority].rfind('@').map(|it| begin + it);
        // A password that is not encoded can contain a slash. What follows the colon is then no port.
        let port = text[begin..authority].split_once(':').map(|it| it.1);
        if at.is_none() && port.is_some_and(|it| !it.bytes().all(|it| it.is_ascii_digit())) {
            if begin >= end {
                end = run(text, begin, is_of_word);
                last_at = text[begin..end].rfind('@').map(|it| begin + it);
            }
            at = last_at.filter(|it| *it >= begin);
        }
        match at {
            Some(at) if text[begin..at] != *REDACTED => return Some((begin, at)),
            _ => from = begin,
        }
    }
    None
}

fn parameter(text: &str, mut from: usize) -> Found {
    while let Some(equals) = text.get(from..)?.find('=').map(|it| from + it) {
        from = equals + 1;
        let name = &text.as_bytes()[..from];
        let is_secret = SECRET_PARAMETERS.iter().any(|it| {
            name.len() >= it.len() && name[name.len() - it.len()..].eq_ignore_ascii_case(it.as_bytes())
        });
        if !is_secret {
            continue;
        }
        let quote = text.as_bytes().get(from).copied().filter(|it| matches!(it, b'"' | b'\''));
        let begin = from + usize::from(quote.is_some());
        let end = run(text, begin, |it| match quote {
            Some(quote) => it != quote,
            None => {
                !it.is_ascii_whitespace() && !matches!(it, b'&' | b'"' | b'\'' | b',' | b';' | b')' | b'}')
            }
        });
        if end > begin && text[begin..end] != *REDACTED {
            return Some((begin, end));
        }
    }
    None
}

fn private_key(text: &str, mut from: usize) -> Found {
    const LABEL: &str = "PRIVATE KEY-----";
    while let Some(label) = text.get(from..)?.find(LABEL).map(|it| from + it) {
        let inside = label + LABEL.len();
        if let Some(begin) = text[from..label].rfind("-----BEGIN ").map(|it| from + it) {
            let end = text[inside..].find(LABEL).map_or(text.len(), |it| inside + it + LABEL.len());
            return Some((begin, end));
        }
        from = inside;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Header and payload of a token with the signature of another one.
    const TOKEN: &str =
        "eyJhbGciOiJFZERTQSIsImtpZCI6ImxvY2FsIn0.eyJzdWIiOiJhZGEiLCJleHAiOjF9.c2lnbmF0dXJlLXgtMQ";

    #[test]
    fn a_token_is_replaced_wherever_it_stands() {
        for (before, after) in [
            ("", ""),
            ("Bearer ", ""),
            ("authorization: bearer ", "\r\n"),
            ("/api/tasks/", "/events"),
            ("/x?access_token=", "&a=b"),
            ("cookie ccm_session=", "; x=y"),
            ("Bearer%20", ""),
            (r#"{"token":""#, r#""}"#),
        ] {
            assert_eq!(secrets(&format!("{before}{TOKEN}{after}")), format!("{before}{REDACTED}{after}"));
        }
        let twice = format!("{TOKEN} and {TOKEN}");
        assert_eq!(secrets(&twice), "REDACTED and REDACTED");
        let payload = TOKEN.split('.').nth(1).unwrap();
        assert_eq!(secrets(payload), REDACTED);
    }

    #[test]
    fn credentials_of_any_kind_are_replaced() {
        for (text, shown) in [
            ("Bearer 0123456789abcdef0123", "Bearer REDACTED"),
            ("Authorization: Basic YWRhOnNlY3JldC1vbmU=", "Authorization: Basic REDACTED"),
            ("cannot reach postgres://ada:s3cret@db:5432/x", "cannot reach postgres://REDACTED@db:5432/x"),
            ("postgres://ada:s3/c@ret@db/x failed", "postgres://REDACTED@db/x failed"),
            ("https://key@otel.example/v1", "https://REDACTED@otel.example/v1"),
            ("host=db password=s3cret user=ada", "host=db password=REDACTED user=ada"),
            ("grant_type=x&client_secret=abc&a=b", "grant_type=x&client_secret=REDACTED&a=b"),
            ("key: -----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY----- end", "key: REDACTED end"),
            ("-----BEGIN EC PRIVATE KEY-----\nMC4CAQ", "REDACTED"),
            ("PRIVATE KEY----- and -----BEGIN PRIVATE KEY-----\nMC4CAQ", "PRIVATE KEY----- and REDACTED"),
            ("password='s3 cret' user=ada", "password='REDACTED' user=ada"),
            ("token=a&token=b&c=d", "token=REDACTED&token=REDACTED&c=d"),
        ] {
            assert_eq!(secrets(text), shown);
        }
    }

    #[test]
    fn a_text_that_a_client_made_up_costs_no_more_than_its_length() {
        // Quadratic, each of them would take minutes in a debug build.
        for pattern in ["=", "token=", "token=a&", "xeyJ", "://", "@://a:b", "PRIVATE KEY-----", "bearer "] {
            let text = pattern.repeat((1 << 20) / pattern.len());
            assert!(secrets(&text).len() <= 2 * text.len() + 16, "{pattern}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "the authorization of the scheme Bearer has no token",
            "basic authentication is not supported",
            "keyJournal of the moneyJar",
            "http://127.0.0.1:4317/v1/traces",
            "http://localhost:8000/a?mail=ada@example.com",
            "ada@example.com",
            "a=b tokens=3",
            "-----BEGIN CERTIFICATE-----",
            "4bf92f3577b34da6a3ce929d0e0e4736 ü €",
        ] {
            assert!(matches!(secrets(text), Cow::Borrowed(it) if it == text), "{text}");
        }
    }
}
