//! The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a key in double quotes, as the draft
//! demands, or without them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use platform::violation::Violation;

use super::body::BodyViolations;
use crate::error::ApiError;

const NAME: &str = "Idempotency-Key";
const MAX_LENGTH: usize = 255;

/// The idempotency key of a POST: `None` when the client sent none, a violation when it is malformed or repeated.
#[derive(Debug)]
pub(crate) struct IdempotencyKey(Result<Option<String>, Violation>);

impl IdempotencyKey {
    /// The `request_id` for the service. It is empty when there are violations, because the service then validates
    /// only; a violation of the key itself is added to them.
    pub(crate) fn request_id(self, violations: &mut BodyViolations) -> String {
        match self.0 {
            Ok(key) if !violations.exist() => key.unwrap_or_default(),
            Ok(_) => String::new(),
            Err(violation) => {
                violations.add(violation);
                String::new()
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut values = parts.headers.get_all(NAME).iter();
        let violation = |description: String| Violation { field: NAME.to_owned(), description };
        let Some(value) = values.next() else {
            return Ok(Self(Ok(None)));
        };
        if values.next().is_some() {
            return Ok(Self(Err(violation("must not be given twice".to_owned()))));
        }
        let key = value.to_str().ok().and_then(unquoted).filter(|it| is_key(it));
        let malformed = || violation(format!("must be 1 to {MAX_LENGTH} visible ASCII characters"));
        Ok(Self(key.map(Some).ok_or_else(malformed)))
    }
}

/// A String of RFC 9651 without its quotes and escapes; text without quotes unchanged; `None` for a malformed String.
fn unquoted(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else {
        return Some(text.to_owned());
    };
    let mut characters = inner.strip_suffix('"')?.chars();
    let mut key = String::new();
    while let Some(next) = characters.next() {
        match next {
            '"' => return None,
            '\\' => key.push(characters.next().filter(|it| matches!(it, '"' | '\\'))?),
            other => key.push(other),
        }
    }
    Some(key)
}

fn is_key(text: &str) -> bool {
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn key(values: &[&str]) -> Result<Option<String>, Violation> {
        let mut request = Request::new(());
        for value in values {
            request.headers_mut().append(NAME, value.parse().unwrap());
        }
        IdempotencyKey::from_request_parts(&mut request.into_parts().0, &()).await.unwrap().0
    }

    #[tokio::test]
    async fn a_key_is_the_same_with_and_without_quotes() {
        assert_eq!(key(&["8e03978e"]).await.unwrap().as_deref(), Some("8e03978e"));
        assert_eq!(key(&["\"8e03978e\""]).await.unwrap().as_deref(), Some("8e03978e"));
        assert_eq!(key(&[r#""a\"b""#]).await.unwrap().as_deref(), Some("a\"b"));
        assert_eq!(key(&[]).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_is_no_key_is_refused() {
        let long = "k".repeat(256);
        for bad in [&[""][..], &["a b"], &["\"a"], &["\"\""], &["\"a\"b\""], &[long.as_str()], &["a", "a"]] {
            assert_eq!(key(bad).await.unwrap_err().field, NAME, "{bad:?}");
        }
    }
}
