//! An example of the problem of each reason.

use net::grpc::status::code_name;
use proto::error::v1::Reason;
use serde_json::{Map, Value, json};

use super::title;
use crate::error::problem_type;

/// The examples that responses refer to, by reason.
pub(in crate::description) fn examples() -> Map<String, Value> {
    let example = |(reason, meaning, detail): &(Reason, &str, &str)| {
        (reason.text().to_owned(), json!({"summary": meaning, "value": problem(*reason, detail)}))
    };
    ALL.iter().map(example).collect()
}

fn problem(reason: Reason, detail: &str) -> Value {
    let status = reason.http_status();
    let violations = match reason {
        Reason::InvalidInput => json!([{"field": "title", "description": "must not be empty"}]),
        Reason::MachineNotFound => json!([{"field": "instance_id", "description": NO_MACHINE}]),
        _ => json!([]),
    };
    json!({
        "type": problem_type(reason.text()),
        "title": title(status),
        "status": status,
        "detail": detail,
        "code": code_name(reason.code()),
        "violations": violations,
        "retryable": matches!(status, 429 | 503) || reason == Reason::TimedOut,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    })
}

const NO_MACHINE: &str = "is not the id of a machine of the provider";

/// What each reason means that an operation of REST answers, and a detail of it.
const ALL: &[(Reason, &str, &str)] = &[
    (
        Reason::InvalidInput,
        "Fields or parameters are invalid; `violations` has all of them",
        "title must not be empty",
    ),
    (Reason::Unauthenticated, "The token is missing or invalid", "the token has expired"),
    (
        Reason::IssuerUnavailable,
        "The token's key is unknown and the token issuer is unreachable; nothing was changed",
        "the token issuer is unreachable, so this token cannot be verified",
    ),
    (Reason::RoleRequired, "The caller lacks a role", "creating workers requires the role admin"),
    (
        Reason::ChangeNotAllowed,
        "The caller may see the task but not make this change",
        "only the creator, the assignee's manager and admins may change title",
    ),
    (
        Reason::DeleteNotAllowed,
        "The caller may see the task but not delete it",
        "only the creator and admins may delete the task",
    ),
    (
        Reason::EtagMismatch,
        "The resource has another version than `If-Match` names; nothing was changed",
        "the task has changed: its version is 2",
    ),
    (
        Reason::IdempotencyKeyReused,
        "The `Idempotency-Key` was used for a different request within the last 24 hours",
        "this idempotency key was used for another request within the last 24 hours",
    ),
    (
        Reason::TaskNotFound,
        "The task does not exist, or the caller may not see it",
        "the task does not exist",
    ),
    (Reason::WorkerNotFound, "The worker does not exist", "the worker does not exist"),
    (
        Reason::IllegalStatus,
        "The task cannot change from its current status to the requested one",
        "a cancelled task cannot become completed",
    ),
    (Reason::WorkerExists, "A worker with this machine already exists", "a worker with this machine exists"),
    (Reason::WorkerIsLive, "The worker may still have a machine", "the worker has to be terminated first"),
    (
        Reason::IllegalAction,
        "The worker cannot do this from where it is",
        "a terminated worker cannot be started",
    ),
    (Reason::ActionIsLive, "The action has not ended", "the action is being carried out"),
    (
        Reason::RefreshThrottled,
        "The worker was refreshed within the last ten seconds, or its provider fails",
        "the worker was refreshed a moment ago",
    ),
    (
        Reason::MachineNotFound,
        "The provider has no such machine",
        "instance_id is not the id of a machine of the provider",
    ),
    (
        Reason::ProviderUnavailable,
        "The provider cannot be asked at the moment; nothing was changed",
        "the provider is unavailable",
    ),
    (
        Reason::ServiceUnavailable,
        "A service does not respond; nothing was changed",
        "task-service is unreachable",
    ),
    (
        Reason::DatabaseUnavailable,
        "The database of a service is unavailable; nothing was changed",
        "task-service has no database",
    ),
    (
        Reason::TimedOut,
        "A service did not answer a read before the timeout",
        "task-service did not answer before the deadline",
    ),
    (
        Reason::OutcomeUnknown,
        "The change may or may not have been made",
        "task-service did not answer before the deadline; the outcome is unknown",
    ),
    (Reason::UpstreamFailed, "A service had an unexpected response from another one", "internal error"),
    (Reason::Internal, "An internal error", "internal error"),
    (Reason::NoSuchRoute, "The path does not exist", "the path /api/tasks/%FF does not exist"),
    (
        Reason::UnsupportedMediaType,
        "The resource does not take this content type",
        "the content type must be application/json",
    ),
    (
        Reason::InvalidJson,
        "The body is not a JSON object",
        "the body is not a JSON object: expected value at line 1 column 1",
    ),
    (
        Reason::TargetTooLong,
        "The target alone exceeds the limit",
        "the request target exceeds the limit of 32768 bytes",
    ),
    (
        Reason::UnsupportedTransferCoding,
        "The transfer coding of the body is not chunked alone",
        "the only transfer coding that is supported is chunked, and only once",
    ),
    (
        Reason::HeaderTooLarge,
        "Target and header fields together exceed the limit",
        "target and header fields exceed the limit",
    ),
    (Reason::BodyIncomplete, "The body ended early", "the body ended early"),
    (
        Reason::BodyTimeout,
        "The body did not arrive in time",
        "the body did not arrive before the request timeout",
    ),
    (Reason::BodyTooLarge, "The body exceeds the limit", "the body exceeds the body limit"),
    (
        Reason::Overloaded,
        "The gateway has reached its limit of requests; nothing was changed",
        "the gateway is overloaded",
    ),
    (
        Reason::RateLimited,
        "The caller exceeds its rate limit, or its share; nothing was changed",
        "too many requests",
    ),
    (
        Reason::CrossOrigin,
        "A change with a session cookie was not asked for by a page of the gateway's own origin",
        "a change with a session cookie must come from a page of the same origin; send an Authorization header instead",
    ),
    (
        Reason::SessionTooLarge,
        "The token does not fit into the cookies of a session",
        "the token is too large for a session",
    ),
    (
        Reason::TracesNotKept,
        "This gateway cannot show traces",
        "this gateway keeps no traces: `ccm up` keeps them, and in production a collector receives them",
    ),
    (
        Reason::TraceNotFound,
        "No trace that is kept has this id, or is about this task or worker",
        "no trace with this id is kept",
    ),
    (
        Reason::SignInCodeRefused,
        "The code is unknown, was used already or has expired",
        "the code has expired",
    ),
    (
        Reason::NoSignInCodes,
        "This gateway takes no codes to sign in with",
        "this gateway takes no codes: sign in at the token issuer",
    ),
];
