//! `/api/me`: the identity of the caller.

use access::{Caller, Role};
use axum::{Extension, Json};
use serde::Serialize;

use super::traces;
use crate::error::ApiError;
use crate::input::Authenticated;
use crate::public_url::PublicUrl;
use crate::router::Told;

/// The identity of the caller, as read from the token.
#[derive(Serialize)]
pub(crate) struct Me {
    issuer: String,
    subject: String,
    roles: Vec<&'static str>,
    department: Option<String>,
    expires_at: String,
    /// Hints about problems with the token, for people.
    notices: Vec<String>,
    /// The template of links to traces, a URL with `{trace_id}`; relative if this gateway shows them.
    trace_url: Option<String>,
    /// Whether the caller can read traces at this gateway.
    traces: bool,
}

/// Returns the identity of the caller.
pub(crate) async fn get(
    Authenticated(caller): Authenticated,
    public: PublicUrl,
    Extension(told): Extension<Told>,
) -> Result<Json<Me>, ApiError> {
    let may_read_traces = traces::may_read(&caller);
    Ok(Json(Me {
        notices: notices(&caller),
        roles: caller.roles.iter().map(Into::into).collect(),
        expires_at: caller.expires_at.to_rfc3339(),
        issuer: caller.issuer.to_string(),
        subject: caller.sub.to_string(),
        department: caller.department.clone(),
        trace_url: told.trace_url.as_ref().and_then(|it| it.for_page_of(may_read_traces, public.prefix())),
        traces: may_read_traces && told.supervisor.as_ref().is_some_and(|it| it.keeps_traces()),
    }))
}

fn notices(caller: &Caller) -> Vec<String> {
    const SEEN: &str = "you see only tasks that are assigned to you or were created by you";
    if !caller.is(Role::Manager) || caller.department.is_some() {
        return Vec::new();
    }
    vec![match caller.department_problem {
        None => format!("your token has the role manager but no department claim: {SEEN}"),
        Some(problem) => {
            format!("your token has the role manager, but its department claim {problem}: {SEEN}")
        }
    }]
}
