//! `/api/me`.

use access::Role;
use axum::Json;
use serde::Serialize;

use crate::error::ApiError;
use crate::input::Authenticated;

/// The caller as this product sees them.
#[derive(Serialize)]
pub(crate) struct Me {
    issuer: String,
    subject: String,
    roles: Vec<&'static str>,
    department: Option<String>,
    expires_at: String,
    /// Problems with the token that the caller should know of, in words.
    notices: Vec<&'static str>,
}

/// Answers the caller that the token describes.
pub(crate) async fn get(Authenticated(caller): Authenticated) -> Result<Json<Me>, ApiError> {
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
    }))
}
