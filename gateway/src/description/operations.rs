//! The operations: parameters, bodies, responses and error reasons.

mod events;
mod more;
mod others;
mod tasks;
mod traces;
mod workers;

use proto::error::v1::Reason;
use serde_json::{Map, Value, json};

use super::parameters::header;
use super::{component, problems, schema};

/// One operation. Most of its error reasons follow from its parameters and its body; see [`Operation::reasons`].
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    body: Option<Body>,
    answers: Vec<(u16, Value)>,
    fails: Vec<Reason>,
    is_public: bool,
    is_by_header_only: bool,
}

/// A request body.
struct Body {
    media_types: &'static [&'static str],
    schema: &'static str,
    is_required: bool,
}

const JSON: &str = "application/json";

/// All operations: those of tasks, of workers, the event stream, traces, and the others.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = tasks::operations();
    all.extend(workers::operations());
    all.extend(events::operations());
    all.extend(traces::operations());
    all.extend(others::operations());
    all
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

/// A response with one resource, its `Location` and its `ETag`.
fn located(name: &str) -> Value {
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
        let (answers, fails) = (Vec::new(), Vec::new());
        let (is_public, is_by_header_only) = (false, false);
        Self {
            method,
            path,
            id,
            tag,
            summary,
            parameters,
            body,
            answers,
            fails,
            is_public,
            is_by_header_only,
        }
    }

    fn takes(mut self, parameters: Vec<Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Answers a page of a list and takes the page parameters and `filters`.
    fn lists(mut self, page: &'static str, filters: Vec<Value>) -> Self {
        self.parameters.extend(filters);
        self.parameters.extend(["page_size", "page_token"].map(|it| component("parameters", it)));
        self.fails.push(Reason::InvalidInput);
        self.answers(200, "A page", content(page))
    }

    /// Answers with where the event logs were when the list was read.
    fn with_position(mut self) -> Self {
        for (_, answer) in &mut self.answers {
            answer["headers"]["X-Event-Position"] = header("X-Event-Position");
        }
        self
    }

    /// Answers one resource, or 304 by `If-None-Match`.
    fn one(mut self, name: &'static str) -> Self {
        self.parameters.extend(["If-Match", "If-None-Match"].map(|it| component("parameters", it)));
        self.fails.push(Reason::InvalidInput);
        let unchanged = json!({"headers": {"ETag": header("ETag")}});
        self.answers(200, "The resource", found(name)).answers(
            304,
            "The client has the current version",
            unchanged,
        )
    }

    /// Takes a JSON body and an idempotency key.
    fn creates(mut self, schema: &'static str) -> Self {
        self.parameters.push(component("parameters", "Idempotency-Key"));
        self.body = Some(Body { media_types: &[JSON], schema, is_required: true });
        self.fails(&[Reason::InvalidInput, Reason::IdempotencyKeyReused])
    }

    /// Takes a JSON body.
    fn takes_body(mut self, schema: &'static str) -> Self {
        self.body = Some(Body { media_types: &[JSON], schema, is_required: true });
        self
    }

    /// Allows the request to have no body.
    fn body_is_optional(mut self) -> Self {
        self.body = self.body.map(|it| Body { is_required: false, ..it });
        self
    }

    fn patches(mut self, schema: &'static str) -> Self {
        let media_types = &["application/merge-patch+json", JSON];
        self.body = Some(Body { media_types, schema, is_required: true });
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

    /// Marks an operation that a session cookie does not authenticate.
    fn by_header_only(mut self) -> Self {
        self.is_by_header_only = true;
        self
    }

    /// Every error reason of the operation.
    fn reasons(&self) -> Vec<Reason> {
        let mut all = self.fails.clone();
        all.extend([
            Reason::HeaderTooLarge,
            Reason::TargetTooLong,
            Reason::InvalidInput,
            Reason::Internal,
            if self.method == "GET" { Reason::TimedOut } else { Reason::OutcomeUnknown },
        ]);
        if self.tag != "health" {
            all.extend([Reason::Overloaded, Reason::RateLimited]);
        }
        // Every read goes by `If-Match`; it is a parameter of those with an `ETag`.
        all.push(if self.method == "GET" { Reason::EtagMismatch } else { Reason::CrossOrigin });
        if self.path.contains('{') {
            all.push(Reason::NoSuchRoute);
        }
        if !self.is_public {
            all.extend([Reason::Unauthenticated, Reason::IssuerUnavailable]);
        }
        if matches!(self.tag, "tasks" | "workers") {
            all.extend([Reason::ServiceUnavailable, Reason::DatabaseUnavailable, Reason::UpstreamFailed]);
        }
        if self.body.is_some() {
            all.extend(problems::OF_BODIES);
        }
        all
    }

    /// The Operation Object of OpenAPI. `schemas` are those of bodies, by name.
    pub(super) fn describe(&self, schemas: &Value) -> Value {
        let mut parameters = self.parameters.clone();
        let has_id = parameters.iter().any(|it| it["in"] == "path");
        if self.path.contains('{') && !has_id {
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
            "description": more::of(self.id),
            "responses": responses,
        });
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        if let Some(body) = &self.body {
            let content = |it: &&str| ((*it).to_owned(), json!({"schema": schema(body.schema)}));
            let content: Map<String, Value> = body.media_types.iter().map(content).collect();
            let description = &schemas[body.schema]["description"];
            operation["requestBody"] =
                json!({"description": description, "required": body.is_required, "content": content});
        }
        if self.is_public {
            operation["security"] = json!([]);
        }
        if self.is_by_header_only {
            operation["security"] = json!([{"bearer": []}]);
        }
        operation
    }
}
