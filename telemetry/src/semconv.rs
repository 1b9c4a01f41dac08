//! The names of all span attributes, in one place. Names of the OpenTelemetry semantic conventions come from their crate;
//! a name that the crate does not have yet is a constant here. docs/traces.md lists every attribute with its type, and
//! a full run of the tests compares the list with the spans that it received.

/// The schema URL of the instrumentation scope: the version of the semantic conventions that the spans follow.
pub const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.45.0";

pub use opentelemetry_semantic_conventions::attribute::{
    CLIENT_ADDRESS, DB_COLLECTION_NAME, DB_NAMESPACE, DB_OPERATION_NAME, DB_QUERY_SUMMARY, DB_QUERY_TEXT,
    DB_RESPONSE_STATUS_CODE, DB_SYSTEM_NAME, ERROR_TYPE, HTTP_REQUEST_METHOD, HTTP_REQUEST_METHOD_ORIGINAL,
    HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE, MESSAGING_DESTINATION_NAME, MESSAGING_OPERATION_NAME,
    MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM, NETWORK_PEER_ADDRESS, NETWORK_PEER_PORT,
    NETWORK_PROTOCOL_VERSION, RPC_METHOD, RPC_METHOD_ORIGINAL, RPC_SYSTEM_NAME, SERVER_ADDRESS, SERVER_PORT,
    SERVICE_PEER_NAME, URL_FULL, URL_PATH, URL_QUERY, URL_SCHEME, USER_AGENT_ORIGINAL,
};

pub use opentelemetry_semantic_conventions::attribute::{
    CPU_MODE, DB_CLIENT_CONNECTION_POOL_NAME, DB_CLIENT_CONNECTION_STATE,
};

/// The name of a component of the SDK: `batching_span_processor/0`.
pub const OTEL_COMPONENT_NAME: &str = "otel.component.name";
/// The type of a component of the SDK: `batching_span_processor`.
pub const OTEL_COMPONENT_TYPE: &str = "otel.component.type";
/// What the sampler decided: `DROP`, `RECORD_AND_SAMPLE`.
pub const OTEL_SAMPLING_RESULT: &str = "otel.span.sampling_result";
/// An event log: `tasks`, `workers`.
pub const CCM_LOG: &str = "ccm.log";
/// What an event stream is doing: `snapshot`, `replaying`, `live`.
pub const CCM_STREAM_PHASE: &str = "ccm.stream.phase";
/// Why a client was told to throw away what it knows: `unknown_id`, `history_gone`, `other_log`.
pub const CCM_STREAM_RESET_REASON: &str = "ccm.stream.reset.reason";
/// The limit that closed a connection: `share`, `total`, `refused_calls`.
pub const CCM_CONNECTION_LIMIT: &str = "ccm.connection.limit";
/// The limit on event streams that was reached: `too_many_streams`, `too_many_streams_of_caller`.
pub const CCM_STREAM_LIMIT: &str = "ccm.stream.limit";
/// What a person met in the page: `load_failed`, `stream_gap`, `stream_reset`, `reconnected`.
pub const CCM_PAGE_REPORT: &str = "ccm.page.report";
/// The view of the page that was shown: `tasks`, `task`, `sign_in`.
pub const CCM_PAGE_VIEW: &str = "ccm.page.view";
/// `traces`, `metrics`, `logs`.
pub const CCM_SIGNAL: &str = "ccm.signal";

/// The status code of a gRPC call, as text: `NOT_FOUND`. Semantic conventions 1.45; the crate still has the former name
/// `rpc.response.status_code`.
pub const RPC_STATUS_CODE: &str = "rpc.status_code";
/// The `service.name` of the process that is called. The semantic conventions have deprecated it, but Tempo's service graph
/// looks for this name; docs/semconv says more.
pub const PEER_SERVICE: &str = "peer.service";

/// The reason of an error: a name of `ccm.error.v1.Reason`.
pub const CCM_ERROR_REASON: &str = "ccm.error.reason";
/// How a request ended whose response was not read to its end: `cut_by_client`, `abandoned_by_client`, `failed`,
/// `panicked`.
pub const CCM_REQUEST_OUTCOME: &str = "ccm.request.outcome";
/// The id of the task that a request is about.
pub const CCM_TASK_ID: &str = "ccm.task.id";
/// How many changes a COMMIT has stored, if it is more than one.
pub const CCM_COMMIT_CHANGES: &str = "ccm.commit.changes";
/// Number of the call of worker-service in the run of an action, starting at 1.
pub const CCM_TASK_ATTEMPT: &str = "ccm.task.attempt";
/// How a run of an action ended, or where an execution left it: a status of a task.
pub const CCM_TASK_OUTCOME: &str = "ccm.task.outcome";
/// Number of the run of an action, starting at 1.
pub const CCM_TASK_RUN: &str = "ccm.task.run";
/// What an action does on its worker: `start`, `stop`, `terminate`.
pub const CCM_TASK_VERB: &str = "ccm.task.verb";
/// The id of the worker that a request is about.
pub const CCM_WORKER_ID: &str = "ccm.worker.id";
/// Events that a watch has sent.
pub const CCM_WATCH_EVENTS: &str = "ccm.watch.events";
/// Events that a watch has not sent, because they do not match its filter or are not visible.
pub const CCM_WATCH_SKIPPED: &str = "ccm.watch.skipped";
/// Subjects in the snapshot that a watch has sent.
pub const CCM_WATCH_SUBJECTS: &str = "ccm.watch.subjects";
/// The type of an event.
pub const CCM_EVENT_TYPE: &str = "ccm.event.type";
/// Clients of a gateway whose filters match an event and that may see it.
pub const CCM_STREAM_MATCHED: &str = "ccm.stream.matched";
/// Clients of a gateway whose connections have taken an event.
pub const CCM_STREAM_DELIVERED: &str = "ccm.stream.delivered";
/// Seconds from a change to the arrival of its event at a gateway.
pub const CCM_STREAM_LAG: &str = "ccm.stream.lag";
/// Why an event stream ended.
pub const CCM_STREAM_END: &str = "ccm.stream.end";
/// Events that an event stream has sent.
pub const CCM_STREAM_EVENTS: &str = "ccm.stream.events";
/// Bytes that an event stream has sent.
pub const CCM_STREAM_BYTES: &str = "ccm.stream.bytes";
/// How often a gRPC call was sent again.
pub const CCM_RESEND_COUNT: &str = "ccm.resend_count";
/// The generation of a worker's desired state that a turn works for.
pub const CCM_WORKER_GENERATION: &str = "ccm.worker.generation";
/// The cloud provider that is called: `simulated`.
pub const CCM_PROVIDER_NAME: &str = "ccm.provider.name";
/// What a provider is asked: `describe`, `create`, `start`, `stop`, `force_stop`, `terminate`, `tag`, `list`.
pub const CCM_PROVIDER_CALL: &str = "ccm.provider.call";
/// What is waited for after the span: `outcome`, `starting`, `stopping`, `shutting_down`, `not_yet_visible`, `missing`, `retry`,
/// `conflict`.
pub const CCM_WAIT_REASON: &str = "ccm.wait.reason";

/// For whom a task is: `human`, a person, or `action`, the system.
pub const CCM_TASK_KIND: &str = "ccm.task.kind";
/// How a call of worker-service for an action ended: `accepted`, `repeated`, `failed`, `not_stored`.
pub const CCM_ATTEMPT_OUTCOME: &str = "ccm.attempt.outcome";
/// What a live action waits for: `ready`, `claimed`, `paused`, `waiting`.
pub const CCM_QUEUE_STATE: &str = "ccm.queue.state";
/// The observed state of a worker.
pub const CCM_WORKER_STATE: &str = "ccm.worker.state";
/// The desired state of a worker: `running`, `stopped`, `terminated`.
pub const CCM_WORKER_DESIRED_STATE: &str = "ccm.worker.desired_state";
/// How a generation of a worker's desired state ended: `converged`, `failed`.
pub const CCM_CONVERGENCE_OUTCOME: &str = "ccm.convergence.outcome";
/// What a turn of the reconciler has led to: `converged`, `failed`, `called`, `waiting`, `provider_failed`, `not_stored`.
pub const CCM_RECONCILE_OUTCOME: &str = "ccm.reconcile.outcome";
