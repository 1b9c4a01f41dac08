//! The operations: parameters, bodies, responses and error reasons.

use proto::error::v1::Reason;
use serde_json::{Map, Value, json};

use super::parameters::{self, header};
use super::{component, problems, schema};

/// One operation. Most of its error reasons follow from its parameters and its body; see [`Operation::reasons`].
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    /// Media types and schema of the request body.
    body: Option<(&'static [&'static str], &'static str)>,
    answers: Vec<(u16, Value)>,
    fails: Vec<Reason>,
    is_public: bool,
}

const JSON: &str = "application/json";

/// All operations: those of tasks, of workers, and the others.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = tasks();
    all.extend(workers());
    all.extend(others());
    all
}

fn tasks() -> Vec<Operation> {
    let of = |method, path, id, summary| Operation::new(method, path, id, "tasks", summary);
    vec![
        of("GET", "/api/tasks", "listTasks", "Lists the tasks that the caller may see, newest first")
            .lists("TaskPage", parameters::of_tasks()),
        of("POST", "/api/tasks", "createTask", "Creates a task")
            .creates("NewTask")
            .answers(201, "Created, or created by an earlier request with this key", created("Task"))
            .fails(&[Reason::UpstreamFailed]),
        of("GET", "/api/tasks/{id}", "getTask", "Returns a task").one("Task").fails(&[Reason::TaskNotFound]),
        of("PATCH", "/api/tasks/{id}", "updateTask", "Changes a task by a merge patch")
            .patches("TaskPatch")
            .answers(200, "The task after the change", found("Task"))
            .fails(&[
                Reason::TaskNotFound,
                Reason::ChangeNotAllowed,
                Reason::IllegalStatus,
                Reason::UpstreamFailed,
            ]),
        of("DELETE", "/api/tasks/{id}", "deleteTask", "Deletes a task")
            .conditional()
            .answers(204, "Deleted", json!({}))
            .fails(&[Reason::TaskNotFound, Reason::DeleteNotAllowed]),
        of("GET", "/api/tasks/{id}/events", "listTaskEvents", "Lists the changes of a task, newest first")
            .lists("TaskEventPage", Vec::new())
            .fails(&[Reason::TaskNotFound]),
    ]
}

fn workers() -> Vec<Operation> {
    let of = |method, path, id, summary| Operation::new(method, path, id, "workers", summary);
    vec![
        of("GET", "/api/workers", "listWorkers", "Lists the workers, newest first")
            .lists("WorkerPage", parameters::of_workers()),
        of("POST", "/api/workers", "createWorker", "Creates a worker; for admins")
            .creates("NewWorker")
            .answers(201, "Created, or created by an earlier request with this key", created("Worker"))
            .fails(&[Reason::RoleRequired]),
        of(
            "POST",
            "/api/workers/import",
            "importWorker",
            "Registers an existing machine as a worker; for admins",
        )
        .creates("ExistingWorker")
        .answers(200, "A deleted worker was restored under its old id", created("Worker"))
        .answers(201, "Registered, or registered by an earlier request with this key", created("Worker"))
        .fails(&[Reason::RoleRequired, Reason::WorkerExists]),
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
    ]
}

fn others() -> Vec<Operation> {
    let document = json!({"content": {JSON: {"schema": {"type": "object"}}}});
    let page = |media_type: &str| json!({"content": {media_type: {"schema": {"type": "string"}}}});
    vec![
        Operation::new("GET", "/api/me", "getCaller", "caller", "Returns the identity of the caller")
            .answers(200, "The caller", content("Me")),
        Operation::new("GET", "/livez", "live", "health", "Liveness: the gateway is running")
            .answers(200, "The gateway is running", content("Live"))
            .public(),
        Operation::new("GET", "/readyz", "ready", "health", "Readiness, with the health of the services")
            .answers(200, "The gateway accepts requests", content("Ready"))
            .public(),
        Operation::new("GET", "/api/openapi.json", "getDescription", "description", "Returns this document")
            .answers(200, "OpenAPI 3.1", document)
            .public(),
        Operation::new("GET", "/api/docs", "getPage", "description", "Returns this document as a page")
            .answers(200, "The page", page("text/html"))
            .public(),
        Operation::new(
            "GET",
            "/api/docs.css",
            "getStyle",
            "description",
            "Returns the style sheet of the page",
        )
        .answers(200, "The style sheet", page("text/css"))
        .public(),
    ]
}

fn content(name: &str) -> Value {
    json!({"content": {JSON: {"schema": schema(name)}}})
}

/// A response with one resource and its `ETag`.
fn found(name: &str) -> Value {
    let mut answer = content(name);
    answer["headers"] = json!({"ETag": header("ETag")});
    answer
}

fn created(name: &str) -> Value {
    let mut answer = content(name);
    let names = ["ETag", "Location", "Idempotency-Replayed"];
    answer["headers"] = names.iter().map(|it| ((*it).to_owned(), header(it))).collect::<Map<_, _>>().into();
    answer
}

impl Operation {
    fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        tag: &'static str,
        summary: &'static str,
    ) -> Self {
        let (parameters, body) = (Vec::new(), None);
        let (answers, fails, is_public) = (Vec::new(), Vec::new(), false);
        Self { method, path, id, tag, summary, parameters, body, answers, fails, is_public }
    }

    /// Answers a page of a list and takes the page parameters and `filters`.
    fn lists(mut self, page: &'static str, filters: Vec<Value>) -> Self {
        self.parameters.extend(filters);
        self.parameters.extend(["page_size", "page_token"].map(|it| component("parameters", it)));
        self.fails.push(Reason::InvalidInput);
        self.answers(200, "A page", content(page))
    }

    /// Answers one resource, or 304 by `If-None-Match`.
    fn one(mut self, name: &'static str) -> Self {
        self.parameters.push(component("parameters", "If-None-Match"));
        self.fails.push(Reason::InvalidInput);
        let unchanged = json!({"headers": {"ETag": header("ETag")}});
        self.answers(200, "The resource", found(name)).answers(
            304,
            "The client has the current version",
            unchanged,
        )
    }

    fn creates(mut self, body: &'static str) -> Self {
        self.parameters.push(component("parameters", "Idempotency-Key"));
        self.body = Some((&[JSON], body));
        self.fails(&[Reason::InvalidInput, Reason::IdempotencyKeyReused])
    }

    fn patches(mut self, body: &'static str) -> Self {
        self.body = Some((&["application/merge-patch+json", JSON], body));
        self.conditional()
    }

    fn conditional(mut self) -> Self {
        self.parameters.push(component("parameters", "If-Match"));
        // For a list of tags, the gateway reads the resource first, which can time out.
        self.fails(&[Reason::InvalidInput, Reason::EtagMismatch, Reason::TimedOut])
    }

    fn answers(mut self, status: u16, description: &str, mut answer: Value) -> Self {
        answer["description"] = json!(description);
        self.answers.push((status, answer));
        self
    }

    fn fails(mut self, reasons: &[Reason]) -> Self {
        self.fails.extend(reasons);
        self
    }

    /// Marks an operation that needs no token and calls no service but for health checks.
    fn public(mut self) -> Self {
        self.is_public = true;
        self
    }

    /// Every error reason of the operation.
    fn reasons(&self) -> Vec<Reason> {
        let mut all = self.fails.clone();
        all.extend([
            Reason::HeaderTooLarge,
            Reason::InvalidInput,
            Reason::Internal,
            if self.method == "GET" { Reason::TimedOut } else { Reason::OutcomeUnknown },
        ]);
        if self.tag != "health" {
            all.extend([Reason::Overloaded, Reason::RateLimited]);
        }
        if self.path.contains('{') {
            all.push(Reason::NoSuchRoute);
        }
        if !self.is_public {
            all.extend([Reason::Unauthenticated, Reason::IssuerUnavailable]);
        }
        if matches!(self.tag, "tasks" | "workers") {
            all.extend([Reason::ServiceUnavailable, Reason::DatabaseUnavailable]);
        }
        if self.body.is_some() {
            all.extend(problems::OF_BODIES);
        }
        all
    }

    /// The Operation Object of OpenAPI.
    pub(super) fn describe(&self) -> Value {
        let mut parameters = self.parameters.clone();
        if self.path.contains('{') {
            parameters.insert(0, component("parameters", "id"));
        }
        let mut responses = problems::responses(&self.reasons());
        for (status, answer) in &self.answers {
            let mut answer = answer.clone();
            answer["headers"]["X-Trace-Id"] = header("X-Trace-Id");
            answer["headers"]["traceresponse"] = header("traceresponse");
            responses.insert(status.to_string(), answer);
        }
        let mut operation = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "responses": responses,
        });
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some((types, name)) = self.body {
            let content: Map<String, Value> =
                types.iter().map(|it| ((*it).to_owned(), json!({"schema": schema(name)}))).collect();
            operation["requestBody"] = json!({"required": true, "content": content});
        }
        if self.is_public {
            operation["security"] = json!([]);
        }
        operation
    }
}
