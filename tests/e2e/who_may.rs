//! Who may do what: every operation, as everybody, against the table of who may. The operations are those that the product
//! itself tells of; one that is missing in the tables here fails the test.

mod grpc;
mod rest;

use access::Role;
use serde_json::json;

use crate::harness::{Client, Product};

/// Of the task at hand.
const DEPARTMENT: &str = "network";

/// Those who call. The task at hand belongs to the department "network", was created by Cleo and is assigned to Abe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
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
/// Who may have the state of a machine read.
const REFRESHES: &[Who] = &[Admin, Manager, ManagerElsewhere, ManagerOfNone];

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

    fn token(self, product: &Product) -> String {
        let (subject, roles, department) = self.grant();
        product.token(subject, roles, department)
    }

    fn expired_token(self, product: &Product) -> String {
        let (subject, roles, department) = self.grant();
        product.expired_token(subject, roles, department)
    }

    fn client(self, product: &Product) -> Client {
        let (subject, roles, department) = self.grant();
        product.caller(subject, roles, department)
    }
}

/// A new task as it is at hand: its id.
async fn task(product: &Product) -> String {
    let body = json!({"title": "t", "assignee_id": Assignee.grant().0, "department": DEPARTMENT});
    Creator.client(product).post("/api/tasks", &body).await.text("id").to_owned()
}

/// The task of a stop that can be retried, because a later start has replaced it, if it had not failed: its id. It belongs to
/// the department "network".
async fn cancelled_action(product: &Product) -> String {
    let (admin, worker) = (Admin.client(product), product.worker().await);
    let stop = json!({"action": {"verb": "stop", "worker_id": worker}, "department": DEPARTMENT});
    let stop = admin.post("/api/tasks", &stop).await;
    assert_eq!(admin.post(&format!("/api/workers/{worker}/start"), &json!({})).await.status, 202);
    let task = admin.get(stop.header("location")).await;
    assert!(["cancelled", "failed"].contains(&task.text("status")), "{task:?}");
    stop.text("id").to_owned()
}

/// A worker whose machine is being stopped: its id.
async fn stopping_worker(product: &Product) -> String {
    let worker = product.worker().await;
    let stop = Admin.client(product).post(&format!("/api/workers/{worker}/stop"), &json!({})).await;
    assert_eq!(stop.status, 202, "{stop:?}");
    worker
}
