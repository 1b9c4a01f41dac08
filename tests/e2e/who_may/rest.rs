//! Over REST: the operations are those of openapi.json.

use hyper::Method;
use serde_json::{Value, json};

use super::Who::{self, Admin, Assignee, Creator, Manager, Service};
use super::{EVERYBODY, REFRESHES, SEES};
use crate::harness::{Answer, Client, Product};

/// Paths that everybody may read, known or not.
const PUBLIC: [&str; 6] =
    ["/livez", "/readyz", "/api/openapi.json", "/api/asyncapi.json", "/api/docs", "/api/sign-in"];
/// What the id in an operation's path or body is the id of; each request has one of its own.
#[derive(Clone, Copy)]
enum Subject {
    None,
    Task,
    /// The task of an action that can be retried.
    CancelledAction,
    Worker,
    StoppingWorker,
    TerminatedWorker,
}

/// An operation with a valid request, and who may make it.
struct Operation {
    name: &'static str,
    subject: Subject,
    /// By the subject's id.
    body: Option<fn(&str) -> Value>,
    /// The status of a request that may be made.
    done: u16,
    allowed: &'static [Who],
    /// Those who may not are answered 403; the others 404, for whom the subject does not exist.
    sees: &'static [Who],
}

const OPERATIONS: [Operation; 34] = [
    Operation {
        name: "POST /api/session",
        subject: Subject::None,
        body: None,
        done: 204,
        allowed: EVERYBODY,
        sees: EVERYBODY,
    },
    read("GET /api/me", Subject::None, EVERYBODY),
    Operation {
        name: "POST /api/page/reports",
        subject: Subject::None,
        body: Some(|_| json!({"view": "tasks"})),
        done: 204,
        allowed: EVERYBODY,
        sees: EVERYBODY,
    },
    // The product of the test keeps no traces, which is said to those only who might read them.
    Operation { done: 404, allowed: &[Admin, Service], ..read("GET /api/traces", Subject::None, EVERYBODY) },
    Operation {
        done: 404,
        allowed: &[Admin, Service],
        ..read("GET /api/traces/{id}", Subject::Task, EVERYBODY)
    },
    // What it tells whom is another question, which the tests of the stream answer.
    read("GET /api/events/stream", Subject::None, EVERYBODY),
    read("GET /api/tasks", Subject::None, EVERYBODY),
    read("GET /api/tasks/{id}", Subject::Task, SEES),
    read("GET /api/tasks/{id}/events", Subject::Task, SEES),
    read("GET /api/workers", Subject::None, EVERYBODY),
    read("GET /api/workers/{id}", Subject::Worker, EVERYBODY),
    read("GET /api/workers/{id}/events", Subject::Worker, EVERYBODY),
    read("GET /api/workers/{id}/explain", Subject::Worker, EVERYBODY),
    Operation {
        name: "POST /api/tasks",
        subject: Subject::None,
        body: Some(|_| json!({"title": "t"})),
        done: 201,
        allowed: EVERYBODY,
        sees: EVERYBODY,
    },
    patch(|_| json!({"title": "another"}), &[Admin, Service, Manager]),
    patch(|_| json!({"priority": "high"}), &[Admin, Service, Manager]),
    patch(|_| json!({"description": "another"}), &[Admin, Service, Manager, Assignee]),
    patch(|_| json!({"status": "completed"}), &[Admin, Service, Manager, Assignee]),
    patch(|_| json!({"assignee_id": "mia"}), &[Admin, Service, Manager]),
    patch(|_| json!({"department": "storage"}), &[Admin, Service]),
    Operation {
        name: "DELETE /api/tasks/{id}",
        subject: Subject::Task,
        body: None,
        done: 204,
        allowed: &[Admin, Service, Manager, Creator],
        sees: SEES,
    },
    Operation {
        name: "POST /api/tasks/{id}/cancel",
        subject: Subject::Task,
        body: None,
        done: 200,
        allowed: &[Admin, Service, Manager, Creator],
        sees: SEES,
    },
    // An action is cancelled by those who may ask for it; this one is cancelled already.
    Operation {
        name: "POST /api/tasks/{id}/cancel",
        subject: Subject::CancelledAction,
        body: None,
        done: 200,
        allowed: &[Admin],
        sees: &[Admin, Service, Manager],
    },
    Operation {
        name: "DELETE /api/tasks/{id}",
        subject: Subject::CancelledAction,
        body: None,
        done: 204,
        allowed: &[Admin, Service, Manager],
        sees: &[Admin, Service, Manager],
    },
    Operation {
        name: "POST /api/tasks/{id}/retry",
        subject: Subject::CancelledAction,
        body: None,
        done: 202,
        allowed: &[Admin],
        sees: &[Admin, Service, Manager],
    },
    of_admins(
        "POST /api/tasks",
        Subject::Worker,
        Some(|id| json!({"action": {"verb": "stop", "worker_id": id}})),
        201,
    ),
    of_admins("POST /api/workers/{id}/start", Subject::StoppingWorker, None, 202),
    of_admins("POST /api/workers/{id}/stop", Subject::Worker, Some(|_| json!({"reason": "night"})), 202),
    of_admins(
        "POST /api/workers/{id}/terminate",
        Subject::Worker,
        Some(|_| json!({"confirm": "lab 1"})),
        202,
    ),
    Operation {
        name: "POST /api/workers/{id}/refresh",
        subject: Subject::Worker,
        body: None,
        done: 202,
        allowed: REFRESHES,
        sees: EVERYBODY,
    },
    of_admins("POST /api/workers", Subject::None, Some(|_| machine(None)), 201),
    of_admins("POST /api/workers/import", Subject::None, Some(|_| machine(Some("i-sim-1"))), 201),
    of_admins("PATCH /api/workers/{id}", Subject::Worker, Some(|_| json!({"name": "lab 2"})), 200),
    of_admins("DELETE /api/workers/{id}", Subject::TerminatedWorker, None, 204),
];

const fn read(name: &'static str, subject: Subject, allowed: &'static [Who]) -> Operation {
    Operation { name, subject, body: None, done: 200, allowed, sees: allowed }
}

/// A change of a task that somebody is assigned to.
const fn patch(body: fn(&str) -> Value, allowed: &'static [Who]) -> Operation {
    let (name, subject) = ("PATCH /api/tasks/{id}", Subject::Task);
    Operation { name, subject, body: Some(body), done: 200, allowed, sees: SEES }
}

const fn of_admins(
    name: &'static str,
    subject: Subject,
    body: Option<fn(&str) -> Value>,
    done: u16,
) -> Operation {
    Operation { name, subject, body, done, allowed: &[Admin], sees: EVERYBODY }
}

fn machine(instance_id: Option<&str>) -> Value {
    let mut body = json!({"name": "lab 1", "region": "us-east-1", "instance_type": "m5.metal"});
    if let Some(id) = instance_id {
        body["instance_id"] = json!(id);
    }
    body
}

impl Operation {
    async fn ask(&self, product: &Product, client: &Client) -> Answer {
        let (method, path) = self.name.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let id = match self.subject {
            Subject::None => String::new(),
            Subject::Task => super::task(product).await,
            Subject::CancelledAction => super::cancelled_action(product).await,
            Subject::Worker => product.worker().await,
            Subject::StoppingWorker => super::stopping_worker(product).await,
            Subject::TerminatedWorker => product.terminated_worker().await,
        };
        let body = self.body.map(|it| it(&id).to_string());
        client.try_send(method, &path.replace("{id}", &id), body).await.unwrap()
    }
}

/// Every operation that the served description has, but those that are for everybody.
async fn operations(product: &Product) -> Vec<String> {
    let description = product.anonymous().get("/api/openapi.json").await.json;
    let mut operations = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("a description") {
        if PUBLIC.contains(&path.as_str()) {
            continue;
        }
        let methods = methods.as_object().unwrap().keys();
        // Whoever has no session any more can end it, too, and whoever has none yet can begin it.
        let named = methods.map(|it| format!("{} {path}", it.to_uppercase()));
        operations.extend(named.filter(|it| it != "DELETE /api/session" && it != "POST /api/session/code"));
    }
    operations
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_for_those_who_may_and_for_nobody_else() {
    let product = Product::start().await;
    let operations = operations(&product).await;
    assert!(operations.len() > 10, "{operations:?}");
    for name in operations {
        let known: Vec<_> = OPERATIONS.iter().filter(|it| it.name == name).collect();
        assert!(
            !known.is_empty(),
            "{name} is new: add it to OPERATIONS, with a valid request and who may make it"
        );
        for (operation, who) in known.into_iter().flat_map(|it| EVERYBODY.iter().map(move |who| (it, who))) {
            let answer = operation.ask(&product, &who.client(&product)).await;
            let expected = match who {
                it if operation.allowed.contains(it) => operation.done,
                it if operation.sees.contains(it) => 403,
                _ => 404,
            };
            let body = operation.body.map(|it| it("the id"));
            assert_eq!(answer.status.as_u16(), expected, "{name} {body:?} as {who:?}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_is_for_those_who_are_not_known() {
    let product = Product::start().await;
    let with = |token: String| product.anonymous().with("authorization", &format!("Bearer {token}"));
    for operation in &OPERATIONS {
        let unknown = [
            ("no token", product.anonymous()),
            ("an expired token", with(Admin.expired_token(&product))),
            ("no bearer token", product.anonymous().with("authorization", "Basic cm9vdDpyb290")),
        ];
        for (what, client) in unknown {
            let refused = operation.ask(&product, &client).await;
            assert_eq!(refused.status, 401, "{} with {what}: {refused:?}", operation.name);
            assert!(refused.header("www-authenticate").starts_with("Bearer"), "{refused:?}");
        }
    }
}
