//! `/api/me`: the identity of the caller.

use access::Role;
use axum::{Extension, Json};
use serde::Serialize;

use crate::error::ApiError;
use crate::input::Authenticated;
use crate::stream::TraceUrl;

/// The identity of the caller, as read from the token.
#[derive(Serialize)]
pub(crate) struct Me {
    issuer: String,
    subject: String,
    roles: Vec<&'static str>,
    department: Option<String>,
    expires_at: String,
    /// Hints about problems with the token, for people.
    notices: Vec<&'static str>,
    /// The template of links to traces, a URL with `{trace_id}`.
    trace_url: Option<String>,
}

/// Returns the identity of the caller.
pub(crate) async fn get(
    Authenticated(caller): Authenticated,
    Extension(trace_url): Extension<Option<TraceUrl>>,
) -> Result<Json<Me>, ApiError> {
    let mut notices = Vec::new();
    if caller.is(Role::Manager) && caller.department.is_none() {
        notices.push(
            "your token has the role manager but no department claim: you see only tasks that are assigned to you or were created by you",
        );
    }
    Ok(Json(Me {
        roles: caller.roles.iter().map(Into::into).collect(),
        expires_at: caller.expires_at.to_rfc3339(),
        issuer: caller.issuer,
        subject: caller.sub,
        department: caller.department,
        notices,
        trace_url: trace_url.map(|it| it.template().to_owned()),
    }))
}
