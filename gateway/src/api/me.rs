//! `/api/me`.

use access::Role;
use axum::Json;
use serde::Serialize;

use crate::error::ApiError;
use crate::input::Authenticated;

/// Who the caller is, as this product sees it.
#[derive(Serialize)]
pub(crate) struct Me {
    issuer: String,
    subject: String,
    roles: Vec<&'static str>,
    department: Option<String>,
    expires_at: String,
    /// What the caller should know about his own token, for people.
    notices: Vec<&'static str>,
}

/// Answers who the caller is.
pub(crate) async fn get(Authenticated(caller): Authenticated) -> Result<Json<Me>, ApiError> {
    let mut notices = Vec::new();
    if caller.is(Role::Manager) && caller.department.is_none() {
        notices.push(
            "your token has the role manager but no department claim: you see only what is assigned to or created by you",
        );
    }
    Ok(Json(Me {
        roles: caller.roles.iter().map(Into::into).collect(),
        expires_at: caller.expires_at.to_rfc3339(),
        issuer: caller.issuer,
        subject: caller.subject,
        department: caller.department,
        notices,
    }))
}
