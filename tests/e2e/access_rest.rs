//! Who may do what over REST: every operation of openapi.json, as everybody, against the table of who may. An operation
//! that is missing here fails the test.

use access::Role;
use hyper::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Product};

/// Paths that everybody may read, known or not.
const PUBLIC: [&str; 5] = ["/livez", "/readyz", "/api/openapi.json", "/api/docs", "/api/docs.css"];
const DEPARTMENT: &str = "network";

/// Those who call. The task at hand belongs to the department "network", was created by Cleo and is assigned to Abe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Admin,
    Service,
    Manager,
    ManagerElsewhere,
    ManagerOfNone,
    Assignee,
    Creator,
    Stranger,
}

use Who::{Admin, Assignee, Creator, Manager, ManagerElsewhere, ManagerOfNone, Service, Stranger};

const EVERYBODY: &[Who] =
    &[Admin, Service, Manager, ManagerElsewhere, ManagerOfNone, Assignee, Creator, Stranger];
/// Who sees the task.
const SEES: &[Who] = &[Admin, Service, Manager, Assignee, Creator];

impl Who {
    fn grant(self) -> (&'static str, &'static [Role], Option<&'static str>) {
        match self {
            Admin => ("root", &[Role::Admin], None),
            Service => ("gateway", &[Role::Service], None),
            Manager => ("mia", &[Role::Manager], Some(DEPARTMENT)),
            ManagerElsewhere => ("max", &[Role::Manager], Some("storage")),
            ManagerOfNone => ("moe", &[Role::Manager], None),
            // A department is a manager's; a user's widens nothing.
            Assignee => ("abe", &[Role::User], None),
            Creator => ("cleo", &[], None),
            Stranger => ("eve", &[Role::User], Some(DEPARTMENT)),
        }
    }

    fn client(self, product: &Product) -> Client {
        let (subject, roles, department) = self.grant();
        product.caller(subject, roles, department)
    }

    fn expired(self, product: &Product) -> Client {
        let (subject, roles, department) = self.grant();
        let token = product.expired_token(subject, roles, department);
        product.anonymous().with("authorization", &format!("Bearer {token}"))
    }
}

/// What the id in an operation's path is the id of.
#[derive(Clone, Copy)]
enum Subject {
    None,
    /// A task of its own for each request.
    Task,
    /// A worker of its own for each request.
    Worker,
}

/// An operation with a valid request, and who may make it.
struct Operation {
    name: &'static str,
    subject: Subject,
    body: Option<fn() -> Value>,
    /// The status of a request that may be made.
    done: u16,
    allowed: &'static [Who],
    /// Those who may not are answered 403; the others 404, for whom the subject does not exist.
    sees: &'static [Who],
}

const OPERATIONS: [Operation; 13] = [
    read("GET /api/me", Subject::None, EVERYBODY),
    read("GET /api/tasks", Subject::None, EVERYBODY),
    read("GET /api/tasks/{id}", Subject::Task, SEES),
    read("GET /api/tasks/{id}/events", Subject::Task, SEES),
    read("GET /api/workers", Subject::None, EVERYBODY),
    read("GET /api/workers/{id}", Subject::Worker, EVERYBODY),
    Operation {
        name: "POST /api/tasks",
        subject: Subject::None,
        body: Some(|| json!({"title": "t"})),
        done: 201,
        allowed: EVERYBODY,
        sees: EVERYBODY,
    },
    Operation {
        name: "PATCH /api/tasks/{id}",
        subject: Subject::Task,
        body: Some(|| json!({"title": "another"})),
        done: 200,
        allowed: &[Admin, Service, Manager],
        sees: SEES,
    },
    Operation {
        name: "DELETE /api/tasks/{id}",
        subject: Subject::Task,
        body: None,
        done: 204,
        allowed: &[Admin, Service, Manager, Creator],
        sees: SEES,
    },
    of_admins("POST /api/workers", Subject::None, Some(|| machine(None)), 201),
    of_admins("POST /api/workers/import", Subject::None, Some(|| machine(Some("i-1"))), 201),
    of_admins("PATCH /api/workers/{id}", Subject::Worker, Some(|| json!({"name": "lab 2"})), 200),
    of_admins("DELETE /api/workers/{id}", Subject::Worker, None, 204),
];

const fn read(name: &'static str, subject: Subject, allowed: &'static [Who]) -> Operation {
    Operation { name, subject, body: None, done: 200, allowed, sees: allowed }
}

const fn of_admins(
    name: &'static str,
    subject: Subject,
    body: Option<fn() -> Value>,
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
            Subject::Task => {
                let body = json!({"title": "t", "assignee_id": Assignee.grant().0, "department": DEPARTMENT});
                Creator.client(product).post("/api/tasks", &body).await.text("id").to_owned()
            }
            Subject::Worker => product.worker().await,
        };
        let body = self.body.map(|it| it().to_string());
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
        operations.extend(methods.map(|it| format!("{} {path}", it.to_uppercase())));
    }
    operations
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_for_those_who_may_and_for_nobody_else() {
    let product = Product::start().await;
    let operations = operations(&product).await;
    assert!(operations.len() > 10, "{operations:?}");
    for name in operations {
        let operation = OPERATIONS.iter().find(|it| it.name == name);
        let operation = operation.unwrap_or_else(|| {
            panic!("{name} is new: add it to OPERATIONS, with a valid request and who may make it")
        });
        for who in EVERYBODY {
            let answer = operation.ask(&product, &who.client(&product)).await;
            let expected = match who {
                it if operation.allowed.contains(it) => operation.done,
                it if operation.sees.contains(it) => 403,
                _ => 404,
            };
            assert_eq!(answer.status.as_u16(), expected, "{name} as {who:?}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_is_for_those_who_are_not_known() {
    let product = Product::start().await;
    for operation in &OPERATIONS {
        let unknown = [
            ("no token", product.anonymous()),
            ("an expired token", Admin.expired(&product)),
            ("no bearer token", product.anonymous().with("authorization", "Basic cm9vdDpyb290")),
        ];
        for (what, client) in unknown {
            let refused = operation.ask(&product, &client).await;
            assert_eq!(refused.status, 401, "{} with {what}: {refused:?}", operation.name);
            assert!(refused.header("www-authenticate").starts_with("Bearer"), "{refused:?}");
        }
    }
}
