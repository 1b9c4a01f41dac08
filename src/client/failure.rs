//! Why a command fails: one sentence, what to do next, and the exit code. The documentation of the exit codes in the help is
//! made from [`Exit`].

use std::fmt::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;
use strum::{EnumIter, EnumMessage, IntoEnumIterator as _};

use crate::trace::clean;

const NEW_TOKEN: &str = "get a new token: set CCM_TOKEN or CCM_TOKEN_FILE, or name the data directory of the `ccm up` that \
     runs the gateway by --data-dir (CCM_DATA_DIR)";

const NO_TOKEN: &str = "set CCM_TOKEN or CCM_TOKEN_FILE, or name the data directory of a `ccm up` by --data-dir (CCM_DATA_DIR); \
     `ccm` starts one";

/// The exit codes of all commands. The documentation of a value is what `--help` and docs/cli.md say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumMessage)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Success; with --wait, the goal was reached
    Success = 0,
    /// Any other failure
    General = 1,
    /// The command line is wrong, or the gateway refused a value in it
    Usage = 2,
    /// The task, worker or trace does not exist, or you may not see it
    NotFound = 3,
    /// No valid token, or the token's roles do not allow it
    Refused = 4,
    /// The resource's state, its ETag or an Idempotency-Key does not allow it
    Conflict = 5,
    /// The gateway or a service behind it cannot be reached, is overloaded, or limits the rate; try again later
    Unavailable = 6,
    /// --wait: the action failed or was cancelled, or the worker failed
    NotReached = 7,
    /// --wait: the time of --timeout is over
    TimedOut = 8,
    /// `ccm doctor` has found a problem
    Unwell = 9,
}

impl Exit {
    /// What the help says of the exit codes.
    pub(crate) fn help() -> String {
        let line = |it: Self| format!("\n  {}  {}", it as u8, it.get_documentation().unwrap_or_default());
        Self::iter().map(line).fold("Exit codes:".to_owned(), |text, it| text + &it)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command fails.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// When the gateway wants to be asked again, if it has said so.
    pub(crate) retry_after: Option<Duration>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, retry_after: None }
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The token cannot be used, and there is no other one.
    pub(crate) fn token_refused(why: &str) -> Self {
        Self::new(Exit::Refused, why).with_hint(NEW_TOKEN)
    }

    /// There is no token to begin with.
    pub(crate) fn no_token(why: &str) -> Self {
        Self::new(Exit::Refused, why).with_hint(NO_TOKEN)
    }

    /// An error answer of the gateway. `key` is the idempotency key with which the same request can be sent again.
    pub(crate) fn answered(
        status: u16,
        body: &Value,
        retry_after: Option<Duration>,
        key: Option<&str>,
    ) -> Self {
        let Some(detail) = body["detail"].as_str() else {
            let message = format!("{status} without a problem document: this answer is not a gateway's");
            // Whoever it is does not know what exists.
            let exit = if status == 404 { Exit::General } else { exit_of(status, "") };
            let failure = Self::new(exit, message)
                .with_hint("check --gateway (CCM_GATEWAY): is this the URL of a gateway?");
            return Self { retry_after, ..failure };
        };
        let urn = body["type"].as_str().unwrap_or_default();
        let reason = urn.rsplit(':').next().unwrap_or_default().replace('-', "_").to_ascii_uppercase();
        let mut message = clean(detail);
        // The detail tells of a single violation.
        let violations = body["violations"].as_array().filter(|it| it.len() > 1);
        let mut separator = ':';
        for violation in violations.into_iter().flatten() {
            let [field, what] = ["field", "description"].map(|it| violation[it].as_str().unwrap_or_default());
            message.push_str(&clean(&format!("{separator} {field} {what}")));
            separator = ';';
        }
        let _ = write!(message, " ({status} {reason}");
        if let Some(trace) = body["trace_id"].as_str() {
            let _ = write!(message, ", trace {}", clean(trace));
        }
        message.push(')');
        let hint = hint_for(status, &reason, retry_after, key);
        Self { exit: exit_of(status, &reason), message, hint, retry_after }
    }
}

fn exit_of(status: u16, reason: &str) -> Exit {
    match (status, reason) {
        (_, "IDEMPOTENCY_KEY_REUSED") | (409 | 412, _) => Exit::Conflict,
        (401 | 403, _) => Exit::Refused,
        (404, "NO_SUCH_ROUTE") => Exit::General,
        (404, _) => Exit::NotFound,
        (408 | 429 | 502..=504, _) => Exit::Unavailable,
        (400..=499, _) => Exit::Usage,
        _ => Exit::General,
    }
}

fn hint_for(status: u16, reason: &str, retry_after: Option<Duration>, key: Option<&str>) -> Option<String> {
    let hint = match (status, reason) {
        (401, _) => NEW_TOKEN,
        (_, "ROLE_REQUIRED") => {
            "`ccm whoami` shows the roles of your token; with `ccm up`, `ccm token --role admin` prints another one"
        }
        (_, "TASK_NOT_FOUND") => "`ccm task list` shows the tasks that you may see",
        (_, "WORKER_NOT_FOUND") => "`ccm worker list` shows the workers",
        (_, "ILLEGAL_ACTION") => {
            "ask for one of the actions that the message names; `ccm worker explain ID` says what the worker is doing"
        }
        (_, "WORKER_IS_LIVE") => {
            "terminate the worker first: `ccm worker terminate ID --confirm NAME --wait`"
        }
        (_, "ACTION_IS_LIVE") => "wait until the action has ended: `ccm task get ID --watch`",
        (_, "ETAG_MISMATCH") => {
            "somebody has changed it: read it again with `get`, and repeat with its new ETag"
        }
        (_, "IDEMPOTENCY_KEY_REUSED") => "the key belongs to another request: leave out --idempotency-key",
        (_, "OUTCOME_UNKNOWN") => {
            return Some(match key {
                Some(key) => {
                    format!("repeat the command with --idempotency-key {key}: it is not executed twice")
                }
                None => "the change may have been made: read the resource before you repeat it".to_owned(),
            });
        }
        (408 | 429 | 502..=504, _) => {
            return Some(match retry_after {
                Some(after) => format!("try again in {} s", after.as_secs()),
                None => "try again".to_owned(),
            });
        }
        (400, "INVALID_INPUT") => "correct it; `--help` after the command explains its flags",
        (500..=599, _) => "`ccm trace TRACE` shows what the request did, and its log lines with --logs",
        _ => return None,
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answered(status: u16, reason: &str) -> Failure {
        let kebab = reason.to_ascii_lowercase().replace('_', "-");
        let body = json!({"detail": "it is so", "type": format!("urn:cml-cloud-manager:problem:{kebab}"), "trace_id": "4b"});
        Failure::answered(status, &body, Some(Duration::from_secs(7)), Some("k1"))
    }

    #[test]
    fn the_exit_code_tells_what_kind_of_failure_it_is() {
        let code = |status, reason| answered(status, reason).exit as u8;
        assert_eq!(
            [code(400, "INVALID_INPUT"), code(413, "BODY_TOO_LARGE"), code(414, "TARGET_TOO_LONG")],
            [2; 3]
        );
        assert_eq!([code(404, "TASK_NOT_FOUND"), code(404, "NO_SUCH_ROUTE")], [3, 1]);
        assert_eq!([code(401, "UNAUTHENTICATED"), code(403, "ROLE_REQUIRED")], [4; 2]);
        let conflicts =
            [code(409, "ILLEGAL_ACTION"), code(412, "ETAG_MISMATCH"), code(422, "IDEMPOTENCY_KEY_REUSED")];
        assert_eq!(conflicts, [5; 3]);
        let unavailable =
            [code(429, "RATE_LIMITED"), code(503, "SERVICE_UNAVAILABLE"), code(504, "OUTCOME_UNKNOWN")];
        assert_eq!(unavailable, [6; 3]);
        assert_eq!(code(500, "INTERNAL"), 1);
    }

    #[test]
    fn a_failure_says_what_and_why_and_what_to_do_next() {
        let text = |status, reason| {
            let it = answered(status, reason);
            (it.to_string(), it.hint.unwrap_or_default())
        };
        let (message, hint) = text(409, "ILLEGAL_ACTION");
        assert_eq!(message, "it is so (409 ILLEGAL_ACTION, trace 4b)");
        assert!(hint.contains("ccm worker explain"), "{hint}");
        assert!(text(401, "UNAUTHENTICATED").1.contains("CCM_TOKEN"));
        assert_eq!(text(429, "RATE_LIMITED").1, "try again in 7 s");
        assert!(text(504, "OUTCOME_UNKNOWN").1.contains("--idempotency-key k1"));
        assert!(text(412, "ETAG_MISMATCH").1.contains("read it again"));
    }

    #[test]
    fn every_invalid_field_is_named() {
        let violation = |field: &str| json!({"field": field, "description": "is not valid"});
        let body = json!({"detail": "2 fields are not valid", "type": "x:invalid-input", "violations": [violation("a"), violation("\u{1b}b")]});
        let failure = Failure::answered(400, &body, None, None);
        let expected = "2 fields are not valid: a is not valid; \\u{1b}b is not valid (400 INVALID_INPUT)";
        assert_eq!(failure.to_string(), expected);
    }

    #[test]
    fn a_server_that_is_no_gateway_is_recognised() {
        let failure = Failure::answered(404, &Value::Null, None, None);
        assert_eq!(failure.exit, Exit::General);
        assert!(failure.hint.is_some_and(|it| it.contains("--gateway")));
    }

    #[test]
    fn every_exit_code_is_documented() {
        let help = Exit::help();
        assert_eq!(help.lines().count(), Exit::iter().count() + 1);
        assert!(help.lines().all(|it| it.len() > 10), "{help}");
    }
}
