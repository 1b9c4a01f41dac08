//! `/api/session`: begins and ends the session of a browser.

pub(crate) mod code;

use std::time::Duration;

use access::grpc::authenticated;
use access::{MAX_TOKEN_BYTES, Refusal, Unauthenticated};
use axum::Extension;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use proto::error::v1::Reason;
use telemetry::audit::Session;
use tonic::Code;

use crate::error::ApiError;
use crate::session::{self, Sessions, cookies};

/// Turns the token of the `Authorization` header into cookies, which end with the token.
pub(crate) async fn begin(
    Extension(sessions): Extension<Sessions>,
    head: Parts,
) -> Result<Response, ApiError> {
    let begun = begin_by_header(&sessions, &head);
    match &begun {
        Ok(_) => session::audit(Session::Begun, &head.extensions),
        // The audit log has a token that is not valid already.
        Err(error) if error.code() == Code::Unauthenticated && authenticated(&head.extensions).is_err() => {}
        Err(error) => session::audit(Session::Refused(error.reason()), &head.extensions),
    }
    begun.map(answer)
}

/// A cookie does not begin a session: it would have to be renewed by another token.
fn begin_by_header(sessions: &Sessions, head: &Parts) -> Result<Vec<HeaderValue>, ApiError> {
    let missing = || ApiError::from(Refusal::from(Unauthenticated::Missing));
    let header = head.headers.get(AUTHORIZATION).ok_or_else(missing)?.to_str().unwrap_or_default();
    let token = header.split_once(' ').map_or(header, |it| it.1).trim();
    if token.len() > MAX_TOKEN_BYTES {
        return Err(too_large());
    }
    let caller = authenticated(&head.extensions)?;
    // A token is valid for a leeway longer than its cookie, which is not to be cleared at once.
    let lifetime = (caller.expires_at - sessions.clock.now()).max(Duration::from_secs(1));
    cookies::begin(token, lifetime, &sessions.scope(head)).ok_or_else(too_large)
}

fn too_large() -> ApiError {
    let detail = format!("a token for a session must not have more than {MAX_TOKEN_BYTES} bytes");
    ApiError::new(Reason::SessionTooLarge, detail)
}

/// Clears the cookies of a session. Needs no valid token: that of the session may have ended.
pub(crate) async fn end(Extension(sessions): Extension<Sessions>, head: Parts) -> Response {
    session::audit(Session::Ended, &head.extensions);
    answer(cookies::end(&sessions.scope(&head)))
}

fn answer(cookies: Vec<HeaderValue>) -> Response {
    let mut headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}
