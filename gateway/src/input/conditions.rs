//! Conditional requests (RFC 9110, section 13). The entity tag of a resource is its version, followed by what else has
//! changed since (docs/adr/0023): `"3"`, `"3.7"`. A change goes by the version alone, a read by the whole tag.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use platform::violation::Violation;

use crate::error::ApiError;

/// A version that no resource has. The service rejects it as a mismatch, after it has checked that the caller may make
/// the change.
const NO_VERSION: i64 = i64::MAX;

/// The condition of a change. The first field has the versions in `If-Match`, `None` for any version; versions in
/// `If-None-Match` are excluded.
#[derive(Debug)]
pub(crate) struct IfMatch(Option<Vec<i64>>, IfNoneMatch);

impl IfMatch {
    /// The etag to send to the service; empty for an unconditional change. `current` reads the version of the resource
    /// and is awaited only when one version alone does not decide.
    pub(crate) async fn etag(
        self,
        current: impl Future<Output = Result<i64, ApiError>>,
    ) -> Result<String, ApiError> {
        let version = match (self.0.as_deref(), self.1.is_given()) {
            (None, false) => return Ok(String::new()),
            (Some([]), _) => NO_VERSION,
            (Some([one]), false) => *one,
            (several, _) => {
                let current = current.await?;
                let is_wanted = several.is_none_or(|it| it.contains(&current));
                if is_wanted && !self.1.matches(current) { current } else { NO_VERSION }
            }
        };
        Ok(version.to_string())
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        // RFC 9110 wants strong comparison here: a weak tag matches nothing.
        let versions = |tags: Vec<Tag>| tags.iter().filter(|it| !it.weak).filter_map(Tag::version).collect();
        let tags = tags(&parts.headers, &header::IF_MATCH)?;
        let none_of = IfNoneMatch::from_request_parts(parts, state).await?;
        Ok(Self(tags.and_then(|it| (!it.iter().any(|it| it.any)).then(|| versions(it))), none_of))
    }
}

/// The entity tags of the versions that the client has.
#[derive(Debug)]
pub(crate) struct IfNoneMatch(Vec<Tag>);

impl IfNoneMatch {
    fn is_given(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether one of the tags is of this version, weak or not, or is `*`.
    fn matches(&self, version: i64) -> bool {
        self.0.iter().any(|it| it.any || it.version() == Some(version))
    }

    /// The opaque parts of the tags, weak or not; `*` for any.
    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|it| if it.any { "*" } else { it.opaque.as_str() })
    }

    /// Whether one of the tags is this one, weak or not, or is `*`.
    pub(crate) fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|it| it.any || it.opaque == tag)
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(tags(&parts.headers, &header::IF_NONE_MATCH)?.unwrap_or_default()))
    }
}

#[derive(Debug, Default)]
struct Tag {
    /// Whether the tag is `*`, which matches any version.
    any: bool,
    weak: bool,
    opaque: String,
}

impl Tag {
    /// The version in a tag of this API; `None` for any other tag.
    fn version(&self) -> Option<i64> {
        let mut parts = self.opaque.split('.').map(number);
        let version = parts.next()??;
        parts.all(|it| it.is_some()).then_some(version)
    }
}

/// A positive number as this API writes it.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|it: &i64| *it > 0 && it.to_string() == text)
}

/// The tags of a header; `None` when the request does not have it.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Vec<Tag>>, ApiError> {
    let mut all = Vec::new();
    for value in headers.get_all(name) {
        let parsed = value.to_str().ok().and_then(parse);
        all.extend(parsed.ok_or_else(|| {
            let field = if name == header::IF_MATCH { "If-Match" } else { "If-None-Match" };
            let description = "must be * or a list of entity tags in double quotes, as returned in ETag";
            ApiError::invalid(vec![Violation {
                field: field.to_owned(),
                description: description.to_owned(),
            }])
        })?);
    }
    Ok(headers.contains_key(name).then_some(all))
}

fn parse(list: &str) -> Option<Vec<Tag>> {
    if list.trim() == "*" {
        return Some(vec![Tag { any: true, ..Tag::default() }]);
    }
    let (mut tags, mut rest) = (Vec::new(), list.trim());
    loop {
        let (weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |it| (true, it));
        let (opaque, behind) = quoted.strip_prefix('"')?.split_once('"')?;
        tags.push(Tag { any: false, weak, opaque: opaque.to_owned() });
        rest = behind.trim_start();
        if rest.is_empty() {
            return Some(tags);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn if_match(values: &[&str]) -> Result<IfMatch, ApiError> {
        let mut request = Request::new(());
        for value in values {
            request.headers_mut().append(header::IF_MATCH, value.parse().unwrap());
        }
        IfMatch::from_request_parts(&mut request.into_parts().0, &()).await
    }

    #[tokio::test]
    async fn strong_tags_of_ours_are_versions() {
        assert_eq!(if_match(&[]).await.unwrap().0, None);
        assert_eq!(if_match(&["*"]).await.unwrap().0, None);
        assert_eq!(if_match(&["\"7\""]).await.unwrap().0, Some(vec![7]));
        assert_eq!(if_match(&["\"7\", \"x\",W/\"8\"", "\"9\""]).await.unwrap().0, Some(vec![7, 9]));
        assert_eq!(if_match(&["\"7.12\""]).await.unwrap().0, Some(vec![7]));
        for bad in ["\"07\"", "\"7.\"", "\"7.x\"", "\".7\"", "\"7.012\""] {
            assert_eq!(if_match(&[bad]).await.unwrap().0, Some(vec![]), "{bad}");
        }
    }

    #[tokio::test]
    async fn what_is_no_list_of_tags_is_refused() {
        for bad in ["7", "", "\"7", "\"7\" \"8\"", "\"7\",", "w/\"7\""] {
            let error = if_match(&[bad]).await.unwrap_err();
            assert_eq!(error.violations()[0].field, "If-Match", "{bad}");
        }
    }

    #[tokio::test]
    async fn of_several_versions_the_current_one_is_chosen() {
        let none = || IfNoneMatch(Vec::new());
        let several = || IfMatch(Some(vec![3, 5]), none());
        assert_eq!(several().etag(async { Ok(5) }).await.unwrap(), "5");
        assert_eq!(several().etag(async { Ok(4) }).await.unwrap(), NO_VERSION.to_string());
        assert_eq!(IfMatch(None, none()).etag(async { Ok(4) }).await.unwrap(), "");
    }

    #[test]
    fn a_client_has_what_a_tag_of_his_names_weak_or_not() {
        let has = |list: &str, tag| IfNoneMatch(parse(list).unwrap()).has(tag);
        assert!(has("\"1\", W/\"2.5\"", "2.5") && has("*", "9"));
        assert!(!has("\"1\"", "2") && !has("\"2\"", "2.5"));
    }
}
