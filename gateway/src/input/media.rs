//! The form of a request body: its media type and its content coding.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use proto::error::v1::Reason;

use crate::error::ApiError;

const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

/// What an operation takes. A 415 has it in a header (RFC 9110, section 15.5.16; RFC 5789, section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepts {
    Json,
    /// A merge patch, which may be sent as plain JSON.
    Patch,
    /// A body without a content coding.
    Identity,
}

impl Accepts {
    fn name(self) -> HeaderName {
        match self {
            Self::Json => header::ACCEPT,
            Self::Patch => ACCEPT_PATCH,
            Self::Identity => header::ACCEPT_ENCODING,
        }
    }

    fn values(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Patch => "application/merge-patch+json, application/json",
            Self::Identity => "identity",
        }
    }

    pub(crate) fn header(self) -> (HeaderName, HeaderValue) {
        (self.name(), HeaderValue::from_static(self.values()))
    }
}

/// 415 for a body that is compressed, or is of another media type.
pub(super) fn check(headers: &HeaderMap, accepts: Accepts) -> Result<(), ApiError> {
    if headers.get_all(header::CONTENT_ENCODING).iter().any(|it| !it.to_str().is_ok_and(is_identity)) {
        let detail = "the body must not be compressed: the only content coding that is supported is identity";
        return Err(unsupported(detail, Accepts::Identity));
    }
    let value = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim();
    if accepts.values().split(", ").any(|it| kind.eq_ignore_ascii_case(it)) {
        return Ok(());
    }
    let detail = format!("the content type must be {}", accepts.values().replace(", ", " or "));
    Err(unsupported(detail, accepts))
}

fn unsupported(detail: impl Into<String>, accepts: Accepts) -> ApiError {
    ApiError::new(Reason::UnsupportedMediaType, detail).accepting(accepts)
}

fn is_identity(codings: &str) -> bool {
    codings.split(',').map(str::trim).all(|it| it.is_empty() || it.eq_ignore_ascii_case("identity"))
}
