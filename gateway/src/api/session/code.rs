//! `POST /api/session/code`: begins a session with a code of `ccm up`, which it takes once and within minutes. A page gets the
//! code in the fragment of its address, so that no server and no log has seen it before.

use std::time::Duration;

use access::Caller;
use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use net::admission::Identified as _;
use net::client_address::ClientAddress;
use platform::causes::chain;
use proto::error::v1::Reason;
use telemetry::audit::Session;

use super::{answer, too_large};
use crate::error::ApiError;
use crate::input::{Body, Fields, FromFields};
use crate::session::{Sessions, cookies};
use crate::supervisor::{CodeReply, NoReply};

/// A code has 43 characters.
const MAX_CODE_BYTES: usize = 128;
const MAX_BODY_BYTES: usize = 4 * 1024;

/// The body of a request.
pub(crate) struct SignInCode {
    code: String,
}

impl FromFields for SignInCode {
    fn from_fields(fields: &mut Fields) -> Self {
        Self { code: fields.text("code").unwrap_or_default() }
    }
}

/// The body limit of this operation, below that of others.
pub(crate) fn body_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_BODY_BYTES)
}

/// Turns a code into the cookies of a session.
pub(crate) async fn redeem(
    Extension(sessions): Extension<Sessions>,
    head: Parts,
    body: Body<SignInCode>,
) -> Result<Response, ApiError> {
    let begun = begin(&sessions, &head, body).await;
    let client = head.extensions.get().map(|it: &ClientAddress| it.0);
    match &begun {
        Ok((caller, _)) => Session::Begun.write(Some(&caller.who()), client),
        Err(error) => Session::Refused(error.reason()).write(None, client),
    }
    begun.map(|(_, cookies)| answer(cookies))
}

async fn begin(
    sessions: &Sessions,
    head: &Parts,
    body: Body<SignInCode>,
) -> Result<(Caller, Vec<HeaderValue>), ApiError> {
    sessions.require_same_origin(head)?;
    if body.violations.exist() {
        return Err(body.violations.into_error());
    }
    let token = token(sessions, body.value.code).await?;
    let mut bearer = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| ApiError::internal())?;
    bearer.set_sensitive(true);
    let caller = sessions.verifier.verify(&HeaderMap::from_iter([(AUTHORIZATION, bearer)])).await?;
    let lifetime = (caller.expires_at - sessions.clock.now()).max(Duration::from_secs(1));
    let cookies = cookies::begin(&token, lifetime, &sessions.scope(head)).ok_or_else(too_large)?;
    Ok((caller, cookies))
}

/// The token that `ccm up` gives for a code.
async fn token(sessions: &Sessions, code: String) -> Result<String, ApiError> {
    let none =
        |why: &str| ApiError::new(Reason::NoSignInCodes, format!("this gateway takes no codes: {why}"));
    let refused = |why: &str| ApiError::new(Reason::SignInCodeRefused, why);
    if sessions.verifier.login().is_some() {
        return Err(none("sign in at the token issuer"));
    }
    let Some(supervisor) = &sessions.supervisor else { return Err(none("`ccm up` does not run it")) };
    if code.len() > MAX_CODE_BYTES {
        return Err(refused(UNKNOWN));
    }
    match supervisor.redeem(code).await.map_err(|it| no_reply(&it))? {
        CodeReply::Token(token) => Ok(token),
        CodeReply::Unknown => Err(refused(UNKNOWN)),
        CodeReply::Used => Err(refused(
            "this code was used already, and a code signs in once; `ccm login` prints a new link",
        )),
        CodeReply::Expired => Err(refused("this code has expired; `ccm login` prints a new link")),
        CodeReply::TooManyFailures { seconds } => {
            let detail = "this code is wrong, and so were too many others lately; `ccm login` prints a new link, which works at once";
            Err(ApiError::new(Reason::RateLimited, detail).after(seconds.max(1)))
        }
    }
}

const UNKNOWN: &str =
    "this code is not known; it may be from before `ccm up` was restarted: `ccm login` prints a new link";

fn no_reply(error: &NoReply) -> ApiError {
    tracing::warn!(error = chain(error), "cannot check a code to sign in with");
    ApiError::new(Reason::ServiceUnavailable, "`ccm up`, which checks the code, does not answer").after(1)
}
