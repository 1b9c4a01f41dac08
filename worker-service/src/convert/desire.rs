//! Converts a request for a desired state.

use platform::violation::{Lines, Violations};
use proto::worker::v1 as wire;

use crate::worker::{Desire, DesiredState, REASON_LENGTH};

/// The highest number of an action: 2^53. No worker gets there by counting.
const MAX_ACTION_SEQ: i64 = 1 << 53;
/// Maximum length of a request id.
const REQUEST_ID_LENGTH: usize = 255;

/// Converts a request; `set_by` is the person who sets the state. `None` if the state cannot be read, which is a violation.
pub(crate) fn desire(
    request: &wire::SetDesiredStateRequest,
    set_by: &str,
    violations: &mut Violations,
) -> Option<Desire> {
    let state = match wire::WorkerDesiredState::try_from(request.state) {
        Ok(wire::WorkerDesiredState::Running) => Some(DesiredState::Running),
        Ok(wire::WorkerDesiredState::Stopped) => Some(DesiredState::Stopped),
        Ok(wire::WorkerDesiredState::Terminated) => Some(DesiredState::Terminated),
        Ok(wire::WorkerDesiredState::Unspecified) | Err(_) => {
            violations.add("state", "must be one of running, stopped, terminated");
            None
        }
    };
    if !(1..=MAX_ACTION_SEQ).contains(&request.action_seq) {
        violations.add("action_seq", format!("must be 1 to {MAX_ACTION_SEQ}"));
    }
    let id = &request.request_id;
    if id.is_empty() || id.len() > REQUEST_ID_LENGTH || !id.bytes().all(|it| it.is_ascii_graphic()) {
        violations.add("request_id", format!("must be 1 to {REQUEST_ID_LENGTH} visible ASCII characters"));
    }
    if let Some(reason) = &request.reason {
        violations.text("reason", reason, 1..=REASON_LENGTH, Lines::One);
    }
    let (set_by, reason) = (set_by.to_owned(), request.reason.clone());
    state.map(|state| Desire { state, action_seq: request.action_seq, set_by, reason })
}
