//! What the summaries of the operations leave out.

/// What there is to say of an operation beyond its summary, by its id.
pub(super) fn of(operation: &str) -> Option<&'static str> {
    ALL.iter().find(|it| it.0 == operation).map(|it| it.1)
}

const ALL: [(&str, &str); 34] = [
    (
        "listTasks",
        "Admins see all tasks, managers also those of their department, everybody those that are assigned to or were created by \
         them. Without `kind`, actions that have ended are left out. The order is fixed: by `created_at`, then by `id`.",
    ),
    (
        "createTask",
        "A task of a person needs a `title`. A task with an `action` is carried out by the system, and needs the role admin; one \
         that asks for what a live action of the worker does already is not created.",
    ),
    ("getTask", "A task that the caller may not see is not found."),
    (
        "updateTask",
        "A change that the caller may not make is refused as a whole. With `If-Match`, nothing is changed if the task has changed.",
    ),
    (
        "deleteTask",
        "Its history can be read for some time. The task of an action cannot be deleted before it has ended.",
    ),
    (
        "cancelTask",
        "An action can be cancelled until worker-service is asked; from then on, another action has to be asked for. A cancelled \
         task is returned as it is.",
    ),
    ("retryTask", "A termination has to be confirmed again by the name of the worker."),
    ("listTaskEvents", "The history of a deleted task can be read by those who could see it."),
    ("listWorkers", "Every caller sees all workers. The order is fixed: by `created_at`, then by `id`."),
    ("createWorker", "Its machine is created and started at once; `status` tells how far that is."),
    ("importWorker", "The machine is one that the provider has and no worker."),
    ("getWorker", "`status` is what was observed, `desired_status` what is desired."),
    ("updateWorker", "A patch of `tags` changes the tags that it names, and no others."),
    ("deleteWorker", "A worker has to be terminated before. Its history can still be read."),
    ("listWorkerEvents", "Every caller sees the histories of all workers, those of deleted ones included."),
    ("startWorker", "The action is a task of kind action; a later action on the worker replaces it."),
    (
        "stopWorker",
        "The action is a task of kind action; a later action on the worker replaces it. The disk is kept.",
    ),
    ("terminateWorker", "This cannot be undone, so the body confirms it by the name of the worker."),
    ("refreshWorker", "At most once in ten seconds for each worker."),
    ("explainWorker", "Every caller may ask. The sentences are for people, the conditions for programs."),
    (
        "streamEvents",
        "docs/stream.md says what a stream promises; `/api/asyncapi.json` describes its messages.",
    ),
    ("listTraces", "Only under `ccm up` without a collector. The request is not traced itself."),
    ("getTraces", "An id of which nothing has arrived is waited for, one second at most."),
    ("getCaller", "Tells also what the token lacks, in words."),
    ("beginSession", "For pages in browsers, whose scripts should not keep a token: docs/rest.md."),
    ("endSession", "The token itself remains valid until it ends."),
    ("reportPage", "The page of the gateway sends it about once a minute, if there is something to report."),
    ("redeemCode", "A code is taken once, within five minutes of being printed."),
    ("getSignIn", "For pages; needs no token."),
    ("live", "Calls no service; needs no token."),
    ("ready", "A service that is down does not change the status; needs no token."),
    (
        "getDescription",
        "Its server is the origin at which the client has reached the gateway. Needs no token.",
    ),
    ("getStreamDescription", "OpenAPI cannot say which messages a stream has. Needs no token."),
    ("getPage", "Swagger UI, served by the gateway itself. Needs no token."),
];
