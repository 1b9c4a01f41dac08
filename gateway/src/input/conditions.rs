//! Conditional requests (RFC 9110, section 13). The entity tag of a resource is its version, followed by what else has
//! changed since (docs/adr/0023): `"3"`, `"3.7"`. `If-Match` goes by the version alone, `If-None-Match` of a read by the whole
//! tag. Whether a tag is weak does not matter in either of them (docs/adr/0027).

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use platform::violation::Violation;
use proto::error::v1::Reason;
use tonic::Status;

use crate::error::ApiError;

/// A version that no resource has. The service rejects it as a mismatch, after it has checked that the caller may make
/// the change.
const NO_VERSION: i64 = i64::MAX;

/// The condition of a change. The first field has the versions in `If-Match`, `None` for any version; versions in
/// `If-None-Match` are excluded.
#[derive(Debug)]
pub(crate) struct IfMatch(Option<Vec<i64>>, IfNoneMatch);

/// Why the service is sent [`NO_VERSION`], if its own text about that would be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unmet {
    /// The resource has another version, as the service says.
    AsTold,
    NoTagOfOurs,
    Excluded,
}

impl IfMatch {
    /// The etag to send to the service, empty for an unconditional change, and what is to be told if it does not match.
    /// `current` reads the version of the resource and is awaited only when one version alone does not decide.
    pub(crate) async fn etag(
        self,
        current: impl Future<Output = Result<i64, ApiError>>,
    ) -> Result<(String, Unmet), ApiError> {
        let (version, unmet) = match (self.0.as_deref(), self.1.is_given()) {
            (None, false) => return Ok((String::new(), Unmet::AsTold)),
            (Some([]), _) => (NO_VERSION, Unmet::NoTagOfOurs),
            (Some([one]), false) => (*one, Unmet::AsTold),
            (several, _) => {
                let current = current.await?;
                if several.is_some_and(|it| !it.contains(&current)) {
                    (NO_VERSION, Unmet::AsTold)
                } else if self.1.matches(current) {
                    (NO_VERSION, Unmet::Excluded)
                } else {
                    (current, Unmet::AsTold)
                }
            }
        };
        Ok((version.to_string(), unmet))
    }
}

impl Unmet {
    /// The error of the service, with the true reason of a mismatch.
    pub(crate) fn explain(self, status: Status) -> ApiError {
        let error = ApiError::from(status);
        let detail = match self {
            Self::NoTagOfOurs => {
                "If-Match has no entity tag of this API, so nothing was changed; the header ETag of an answer has one"
            }
            Self::Excluded => "If-None-Match excludes the resource as it is now, so nothing was changed",
            Self::AsTold => return error,
        };
        if error.reason() == Reason::EtagMismatch.text() { error.saying(detail) } else { error }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let versions = |tags: Vec<Tag>| tags.iter().filter_map(Tag::version).collect();
        let tags = tags(&parts.headers, &header::IF_MATCH)?;
        let none_of = IfNoneMatch::from_request_parts(parts, state).await?;
        Ok(Self(tags.and_then(|it| (!it.iter().any(|it| it.any)).then(|| versions(it))), none_of))
    }
}

/// `If-Match` of a GET or HEAD; `None` if there is none, or if the request is another one.
pub(crate) struct IfMatchOfRead(Result<Option<Vec<Tag>>, ApiError>);

impl IfMatchOfRead {
    pub(crate) fn of(request: &Request) -> Self {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        Self(if is_read { tags(request.headers(), &header::IF_MATCH) } else { Ok(None) })
    }

    /// 412 in place of the answer when what was found has none of the tags. What has no entity tag is matched by `*` only. A
    /// read that fails for another reason is answered as without the condition (RFC 9110, section 13.2.1).
    pub(crate) fn check(self, response: Response) -> Response {
        if !response.status().is_success() && response.status() != StatusCode::NOT_MODIFIED {
            return response;
        }
        let wanted = match self.0 {
            Ok(Some(wanted)) => wanted,
            Ok(None) => return response,
            Err(error) => return error.into_response(),
        };
        let found = response.headers().get(header::ETAG).and_then(|it| it.to_str().ok());
        let tag = found.and_then(|it| parse(it)?.pop());
        if wanted.iter().any(|it| it.any || tag.as_ref().is_some_and(|tag| it.is_like(tag))) {
            return response;
        }
        let detail = match found {
            Some(found) => format!("the entity tag of the resource is {found}, which is not in If-Match"),
            None => "If-Match names an entity tag, and this resource has none".to_owned(),
        };
        ApiError::new(Reason::EtagMismatch, detail).into_response()
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
    opaque: String,
}

impl Tag {
    /// The version in a tag of this API; `None` for any other tag.
    fn version(&self) -> Option<i64> {
        let mut parts = self.opaque.split('.').map(number);
        let version = parts.next()??;
        parts.all(|it| it.is_some()).then_some(version)
    }

    /// Whether `If-Match` with this tag is met by a resource with the other one: it is the same, or of the same version.
    fn is_like(&self, other: &Self) -> bool {
        self.opaque == other.opaque || self.version().is_some_and(|it| other.version() == Some(it))
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
    let (mut tags, mut rest) = (Vec::new(), list);
    loop {
        // Empty members count for nothing (RFC 9110, section 5.6.1.2).
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(tags);
        }
        let quoted = rest.strip_prefix("W/").unwrap_or(rest);
        let (opaque, behind) = quoted.strip_prefix('"')?.split_once('"')?;
        if !opaque.bytes().all(|it| it.is_ascii_graphic()) {
            return None;
        }
        tags.push(Tag { any: false, opaque: opaque.to_owned() });
        rest = behind.trim_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
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
    async fn tags_of_ours_are_versions_weak_or_not() {
        assert_eq!(if_match(&[]).await.unwrap().0, None);
        assert_eq!(if_match(&["*"]).await.unwrap().0, None);
        assert_eq!(if_match(&["\"7\""]).await.unwrap().0, Some(vec![7]));
        assert_eq!(if_match(&["\"7\", \"x\",W/\"8\"", "\"9\""]).await.unwrap().0, Some(vec![7, 8, 9]));
        assert_eq!(if_match(&[" ,\t\"7\",, ,\"8\" ,"]).await.unwrap().0, Some(vec![7, 8]));
        assert_eq!(if_match(&[""]).await.unwrap().0, Some(vec![]));
        assert_eq!(if_match(&["\"7.12\""]).await.unwrap().0, Some(vec![7]));
        for bad in ["\"07\"", "\"7.\"", "\"7.x\"", "\".7\"", "\"7.012\""] {
            assert_eq!(if_match(&[bad]).await.unwrap().0, Some(vec![]), "{bad}");
        }
    }

    #[tokio::test]
    async fn what_is_no_list_of_tags_is_refused() {
        for bad in ["7", "\"7", "\"7\" \"8\"", "w/\"7\"", "W/", "W/ \"7\"", "*, \"7\"", "\"7 \""] {
            let error = if_match(&[bad]).await.unwrap_err();
            assert_eq!(error.violations()[0].field, "If-Match", "{bad}");
        }
    }

    #[tokio::test]
    async fn of_several_versions_the_current_one_is_chosen() {
        let none = || IfNoneMatch(Vec::new());
        let several = || IfMatch(Some(vec![3, 5]), none());
        assert_eq!(several().etag(async { Ok(5) }).await.unwrap().0, "5");
        assert_eq!(several().etag(async { Ok(4) }).await.unwrap().0, NO_VERSION.to_string());
        assert_eq!(IfMatch(None, none()).etag(async { Ok(4) }).await.unwrap().0, "");
    }

    #[tokio::test]
    async fn what_is_told_of_a_mismatch_is_why_there_is_one() {
        let told = async |tags: &[i64], not: &str, reason| {
            let condition = IfMatch(Some(tags.to_vec()), IfNoneMatch(parse(not).unwrap()));
            let (etag, unmet) = condition.etag(async { Ok(4) }).await.unwrap();
            assert!(etag == NO_VERSION.to_string() || tags == [7]);
            let status = net::grpc::status::with_reason(reason, "its version is now 4");
            let error = unmet.explain(status).into_response();
            let body = axum::body::to_bytes(error.into_body(), 10_000).await.unwrap();
            let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
            problem["detail"].as_str().unwrap().to_owned()
        };
        assert_eq!(told(&[7], "", Reason::EtagMismatch).await, "its version is now 4");
        assert_eq!(told(&[7, 8], "*", Reason::EtagMismatch).await, "its version is now 4");
        assert!(told(&[], "", Reason::EtagMismatch).await.starts_with("If-Match has no entity tag"));
        assert!(told(&[4], "W/\"4\"", Reason::EtagMismatch).await.starts_with("If-None-Match excludes"));
        assert_eq!(told(&[], "", Reason::RoleRequired).await, "its version is now 4", "of another reason");
    }

    #[test]
    fn a_client_has_what_a_tag_of_his_names_weak_or_not() {
        let has = |list: &str, tag| IfNoneMatch(parse(list).unwrap()).has(tag);
        assert!(has("\"1\", W/\"2.5\"", "2.5") && has("*", "9"));
        assert!(!has("\"1\"", "2") && !has("\"2\"", "2.5"));
    }
}
