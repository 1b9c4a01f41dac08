//! The JSON representation of a worker, and the fields that requests can write.

use std::collections::BTreeMap;

use proto::ContractEnum as _;
use proto::event::v1::event::Resource;
use proto::worker::v1 as wire;
use proto::worker::v1::WorkerProvider;
use serde::Serialize;

use crate::api::history::Recorded;
use crate::api::{Identified, Versioned, rfc3339, rfc3339_or_null};
use crate::input::{Fields, FromFields, PatchFields};
use crate::names::rest_name;

/// The JSON representation of a worker: `status` is the last observed state, `desired_status` the desired state.
#[derive(Serialize)]
pub(crate) struct Worker {
    pub(super) id: String,
    name: String,
    region: String,
    instance_type: String,
    provider: &'static str,
    /// Id of the machine at the provider; `null` while there is no machine.
    instance_id: Option<String>,
    tags: BTreeMap<String, String>,
    status: &'static str,
    status_since: String,
    /// Address of the machine; `null` while it has none.
    address: Option<String>,
    /// How much of the machine is used; `null` unless it runs.
    utilization: Option<Utilization>,
    desired_status: &'static str,
    desired_reason: Option<String>,
    desired_by: String,
    desired_at: String,
    /// Number of changes of the desired state.
    generation: i64,
    /// Whether the current generation has not ended.
    reconciling: bool,
    /// When the observed state last reached the desired one; `null`: never.
    converged_at: Option<String>,
    /// How the current generation ended; `null` while the worker is being reconciled.
    outcome: Option<Outcome>,
    created_by: String,
    created_at: String,
    updated_at: String,
    version: i64,
    revision: i64,
}

/// How much of a machine is used, as shares from 0 to 1.
#[derive(Serialize)]
pub(crate) struct Utilization {
    cpu: f64,
    memory: f64,
    storage: f64,
    /// When the provider reported it.
    time: String,
    #[serde(skip)]
    micros: i64,
}

/// How a generation of the desired state ended.
#[derive(Serialize)]
struct Outcome {
    generation: i64,
    result: &'static str,
    time: String,
    reason: Option<String>,
    message: Option<String>,
}

impl FromFields for wire::Worker {
    fn from_fields(fields: &mut Fields) -> Self {
        Self {
            name: fields.text("name").unwrap_or_default(),
            region: fields.text("region").unwrap_or_default(),
            instance_type: fields.text("instance_type").unwrap_or_default(),
            provider: fields.choice("provider", WorkerProvider::values()).unwrap_or_default().into(),
            tags: fields.texts("tags"),
            ..Self::default()
        }
    }
}

/// A worker to register for an existing machine.
pub(crate) struct ExistingWorker(pub(super) wire::Worker);

impl FromFields for ExistingWorker {
    fn from_fields(fields: &mut Fields) -> Self {
        Self(wire::Worker { instance_id: fields.text("instance_id"), ..wire::Worker::from_fields(fields) })
    }
}

/// The fields of a worker that a patch can change.
pub(crate) struct WorkerPatch(pub(super) wire::Worker);

impl FromFields for WorkerPatch {
    fn from_fields(fields: &mut Fields) -> Self {
        let (name, tags) = (fields.text("name").unwrap_or_default(), fields.texts("tags"));
        Self(wire::Worker { name, tags, ..wire::Worker::default() })
    }
}

impl PatchFields for WorkerPatch {
    const WRITABLE: &'static [&'static str] = &["name"];
    const OBJECTS: &'static [&'static str] = &["tags"];
    const READ_ONLY: &'static [&'static str] = &[
        "id",
        "region",
        "instance_type",
        "provider",
        "instance_id",
        "status",
        "status_since",
        "address",
        "utilization",
        "desired_status",
        "desired_reason",
        "desired_by",
        "desired_at",
        "generation",
        "reconciling",
        "converged_at",
        "outcome",
        "created_by",
        "created_at",
        "updated_at",
        "version",
        "revision",
    ];
}

impl From<wire::Worker> for Worker {
    fn from(worker: wire::Worker) -> Self {
        let provider = rest_name(worker.provider());
        let (desired, observed) = (worker.desired.unwrap_or_default(), worker.observed.unwrap_or_default());
        Self {
            provider,
            instance_id: worker.instance_id,
            status: rest_name(observed.state()),
            status_since: rfc3339(observed.since),
            address: observed.address,
            utilization: observed.utilization.map(Utilization::from),
            desired_status: rest_name(desired.state()),
            desired_reason: desired.reason,
            desired_by: desired.set_by,
            desired_at: rfc3339(desired.set_at),
            generation: desired.generation,
            reconciling: worker.outcome.is_none(),
            converged_at: rfc3339_or_null(worker.converged_at),
            outcome: worker.outcome.map(Outcome::from),
            created_at: rfc3339(worker.created_at),
            updated_at: rfc3339(worker.updated_at),
            id: worker.id,
            name: worker.name,
            region: worker.region,
            instance_type: worker.instance_type,
            tags: worker.tags,
            created_by: worker.created_by,
            version: worker.version,
            revision: worker.revision,
        }
    }
}

impl From<wire::WorkerUtilization> for Utilization {
    fn from(utilization: wire::WorkerUtilization) -> Self {
        let wire::WorkerUtilization { cpu, memory, storage, time } = utilization;
        Self { cpu, memory, storage, time: rfc3339(time), micros: proto::micros(&time.unwrap_or_default()) }
    }
}

impl From<wire::WorkerOutcome> for Outcome {
    fn from(outcome: wire::WorkerOutcome) -> Self {
        Self {
            generation: outcome.generation,
            result: rest_name(outcome.result()),
            time: rfc3339(outcome.time),
            reason: outcome.reason,
            message: outcome.message,
        }
    }
}

impl Identified for wire::Worker {
    const NAME: &'static str = "worker";

    fn has_id(&self) -> bool {
        !self.id.is_empty()
    }
}

impl Recorded for Worker {
    type Message = wire::Worker;

    fn recorded(resource: Resource) -> Option<wire::Worker> {
        if let Resource::Worker(worker) = resource { Some(worker) } else { None }
    }

    fn members(field: &str) -> Vec<&str> {
        match field {
            "desired" => {
                vec!["desired_status", "desired_reason", "desired_by", "desired_at", "generation"]
            }
            "observed" => vec!["status", "status_since", "address"],
            "outcome" => vec!["reconciling", "outcome"],
            same => vec![same],
        }
    }
}

impl Versioned for Worker {
    fn version(&self) -> i64 {
        self.version
    }

    fn revision(&self) -> i64 {
        self.revision
    }

    fn changed_apart(&self) -> Option<i64> {
        self.utilization.as_ref().map(|it| it.micros)
    }
}
