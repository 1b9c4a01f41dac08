//! The operations on workers.

use proto::error::v1::Reason;
use serde_json::json;

use super::{Operation, content, found, located};
use crate::description::parameters;

pub(super) fn operations() -> Vec<Operation> {
    let of = |method, path, id, summary| Operation::new(method, path, id, "workers", summary);
    vec![
        of("GET", "/api/workers", "listWorkers", "Lists the workers, newest first")
            .lists("WorkerPage", parameters::of_workers())
            .with_position(),
        of("POST", "/api/workers", "createWorker", "Creates a worker; for admins")
            .creates("NewWorker")
            .answers(201, "Created, or created by an earlier request with this key", located("Worker"))
            .fails(&[Reason::RoleRequired]),
        of(
            "POST",
            "/api/workers/import",
            "importWorker",
            "Registers an existing machine as a worker; for admins",
        )
        .creates("ExistingWorker")
        .answers(200, "A deleted worker was restored under its old id", located("Worker"))
        .answers(201, "Registered, or registered by an earlier request with this key", located("Worker"))
        .fails(&[
            Reason::RoleRequired,
            Reason::WorkerExists,
            Reason::MachineNotFound,
            Reason::ProviderUnavailable,
        ]),
        of("GET", "/api/workers/{id}", "getWorker", "Returns a worker")
            .one("Worker")
            .fails(&[Reason::WorkerNotFound]),
        of("PATCH", "/api/workers/{id}", "updateWorker", "Changes a worker by a merge patch; for admins")
            .patches("WorkerPatch")
            .answers(200, "The worker after the change", found("Worker"))
            .fails(&[Reason::WorkerNotFound, Reason::RoleRequired]),
        of(
            "DELETE",
            "/api/workers/{id}",
            "deleteWorker",
            "Deletes the record of a worker that has no machine; for admins",
        )
        .conditional()
        .answers(204, "Deleted", json!({}))
        .fails(&[Reason::WorkerNotFound, Reason::RoleRequired, Reason::WorkerIsLive]),
        of(
            "GET",
            "/api/workers/{id}/events",
            "listWorkerEvents",
            "Lists the changes of a worker, newest first",
        )
        .lists("WorkerEventPage", Vec::new())
        .fails(&[Reason::WorkerNotFound]),
        action(
            "/api/workers/{id}/start",
            "startWorker",
            "Asks for the machine of a worker to be started; for admins",
        )
        .creates("Asked")
        .body_is_optional(),
        action(
            "/api/workers/{id}/stop",
            "stopWorker",
            "Asks for the machine of a worker to be stopped; for admins",
        )
        .creates("Asked")
        .body_is_optional(),
        action(
            "/api/workers/{id}/terminate",
            "terminateWorker",
            "Asks for the machine of a worker to be terminated; for admins",
        )
        .creates("Termination"),
        of(
            "POST",
            "/api/workers/{id}/refresh",
            "refreshWorker",
            "Has the state of a worker's machine read soon; for admins and managers",
        )
        .answers(202, "Scheduled", content("Refresh"))
        .fails(&[Reason::WorkerNotFound, Reason::RoleRequired, Reason::RefreshThrottled]),
        of("GET", "/api/workers/{id}/explain", "explainWorker", "Explains what a worker waits for")
            .answers(200, "The explanation", content("Explanation"))
            .fails(&[Reason::WorkerNotFound]),
    ]
}

/// A request for an action on a worker.
fn action(path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new("POST", path, id, "workers", summary)
        .answers(200, "The worker is in this state already: a completed task", located("Task"))
        .answers(202, "The task that carries the action out, new or not", located("Task"))
        .fails(&[Reason::WorkerNotFound, Reason::RoleRequired, Reason::IllegalAction, Reason::UpstreamFailed])
}
