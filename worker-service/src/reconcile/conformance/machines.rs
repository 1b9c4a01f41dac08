//! Machines that others have a hand in: imports, and tags that are not the worker's.

use std::collections::BTreeMap;
use std::time::Duration;

use access::Role;
use access::testing::caller;
use platform::clock::Micros;
use platform::violation::Violations;
use proto::worker::v1::{ImportWorkerRequest, ImportWorkerResponse};
use storage::testing::Fresh;
use tonic::Status;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::Stage;
use crate::event::{self, Actor};
use crate::grpc::Workers;
use crate::provider::{Machine, MachineSpec, Provider as _};
use crate::reconcile::sweep::Found;
use crate::reconcile::{conditions, decide};
use crate::worker::{self, DesiredState, ObservedState, Worker};

storage::conformance!(
    a_machine_that_was_created_for_a_worker_cannot_be_imported_as_another_one,
    a_worker_whose_machine_was_taken_fails_with_the_reason_and_its_next_generation_gets_another,
    an_import_keeps_the_tags_that_others_gave_the_machine,
    tags_that_the_provider_adds_cause_no_call,
    a_tag_that_a_worker_has_no_more_leaves_its_machine_and_others_stay,
);

impl Stage {
    async fn import(&self, instance_id: &str) -> Result<ImportWorkerResponse, Status> {
        let reconciler = &self.reconciler;
        let workers = Workers {
            store: reconciler.store.clone(),
            providers: reconciler.providers.clone(),
            clock: self.clock.clone(),
        };
        let worker = proto::worker::v1::Worker {
            name: "imported".to_owned(),
            region: "us-east-1".to_owned(),
            instance_type: "m5.large".to_owned(),
            instance_id: Some(instance_id.to_owned()),
            ..Default::default()
        };
        let request = ImportWorkerRequest { worker: Some(worker), ..Default::default() };
        workers.import(request, caller("root", &[Role::Admin], None)).await
    }

    /// Creates the machine of a worker as a turn does that is not stored.
    async fn created_by_a_crashed_turn(&self, worker: &Worker) -> Machine {
        let spec = MachineSpec {
            region: worker.region.clone(),
            instance_type: worker.instance_type.clone(),
            tags: decide::wanted_tags(worker),
            client_token: format!("{}.1", worker.id),
        };
        self.provider.create(&spec, Stage::origin(worker.id)).await.unwrap()
    }

    async fn machine(&self, id: &str) -> Machine {
        self.provider.describe(id).await.unwrap().unwrap()
    }

    /// Gives a machine these tags, as somebody else does.
    async fn tag(&self, machine: &str, tags: &[(&str, &str)]) {
        let change = tags_of(tags).into();
        self.provider.tag(machine, &change, Stage::origin(Uuid::nil())).await.unwrap();
    }

    async fn number_of_tag_calls(&self) -> usize {
        self.provider.journal().await.unwrap().iter().filter(|it| it.call == "tag").count()
    }
}

fn tags_of(tags: &[(&str, &str)]) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn id_of(imported: &ImportWorkerResponse) -> Uuid {
    imported.worker.as_ref().unwrap().id.parse().unwrap()
}

async fn a_machine_that_was_created_for_a_worker_cannot_be_imported_as_another_one(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let worker = stage.create(&[]).await;
    let machine = stage.created_by_a_crashed_turn(&worker).await;
    let refused = stage.import(&machine.id).await.unwrap_err();
    assert_eq!(refused.get_details_error_info().unwrap().reason, "WORKER_EXISTS");
    assert!(refused.message().contains(&worker.id.to_string()), "{refused:?}");
    assert_eq!(stage.settled(worker.id).await.instance_id, Some(machine.id));
}

async fn a_worker_whose_machine_was_taken_fails_with_the_reason_and_its_next_generation_gets_another(
    fresh: Fresh,
) {
    let stage = Stage::open(&fresh).await;
    let worker = stage.create(&[]).await;
    let machine = stage.created_by_a_crashed_turn(&worker).await;
    // The import does not see the tag yet.
    let other = stage.clock.new_id();
    stage.tag(&machine.id, &[("ccm:worker-id", &other.to_string())]).await;
    let imported = id_of(&stage.import(&machine.id).await.unwrap());
    stage.tag(&machine.id, &[("ccm:worker-id", &worker.id.to_string())]).await;

    let failed = stage.settled(worker.id).await;
    let failure = failed.failure.clone().unwrap();
    assert_eq!((failure.reason.as_str(), failed.instance_id.as_deref()), ("MACHINE_TAKEN", None));
    let (book, _) = stage.store().book(worker.id).await.unwrap().unwrap();
    let [_, _, stalled] = conditions::conditions(&failed, &book);
    assert_eq!(stalled.status, conditions::Status::True);
    assert!(stalled.message.contains(&machine.id), "{stalled:?}");

    let up = stage.settled(imported).await;
    assert_eq!(up.instance_id.as_deref(), Some(machine.id.as_str()));
    stage.desire(worker.id, DesiredState::Running, 1).await.unwrap();
    let again = stage.settled(worker.id).await;
    assert_eq!(again.observed.state, ObservedState::Running);
    assert!(again.instance_id.is_some() && again.instance_id != up.instance_id);
}

async fn an_import_keeps_the_tags_that_others_gave_the_machine(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    stage.tag("i-sim-lab1", &[("cost-center", "4711"), ("Name", "old")]).await;
    let worker = id_of(&stage.import("i-sim-lab1").await.unwrap());
    stage.settled(worker).await;
    let expected =
        tags_of(&[("cost-center", "4711"), ("Name", "imported"), ("ccm:worker-id", &worker.to_string())]);
    assert_eq!(stage.machine("i-sim-lab1").await.tags, expected);
}

async fn tags_that_the_provider_adds_cause_no_call(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[]).await.id;
    let up = stage.settled(id).await;
    stage.tag(up.instance_id.as_deref().unwrap(), &[("aws:cloudformation:stack-name", "lab")]).await;
    let before = stage.number_of_tag_calls().await;
    for _ in 0..3 {
        assert_eq!(stage.sweep().await, Found::default());
        stage.store().wake(vec![id]).await.unwrap();
        stage.reconciler.take_turns().await.unwrap();
    }
    assert_eq!(stage.number_of_tag_calls().await, before);
}

async fn a_tag_that_a_worker_has_no_more_leaves_its_machine_and_others_stay(fresh: Fresh) {
    let stage = Stage::open(&fresh).await;
    let id = stage.create(&[("team", "lab"), ("rack", "7")]).await.id;
    let machine = stage.settled(id).await.instance_id.unwrap();
    stage.tag(&machine, &[("backup", "daily")]).await;
    let retag = |before: &Worker| {
        let change = worker::Change { tags: Some(tags_of(&[("rack", "8")])), ..Default::default() };
        let after = before.changed(change, Violations::default(), Micros(9)).unwrap().unwrap();
        let event = event::updated(Uuid::from_u128(5), before, &after, &Actor::process_for(before));
        Ok(Some((after, event)))
    };
    stage.store().change(id, retag).await.unwrap();
    for _ in 0..3 {
        stage.reconciler.take_turns().await.unwrap();
        stage.clock.advance(Duration::from_secs(1));
        stage.store().wake(vec![id]).await.unwrap();
    }
    let expected =
        tags_of(&[("rack", "8"), ("backup", "daily"), ("Name", "lab 1"), ("ccm:worker-id", &id.to_string())]);
    assert_eq!(stage.machine(&machine).await.tags, expected);
    // From now on, the key is anybody's.
    stage.tag(&machine, &[("team", "others")]).await;
    stage.reconciler.take_turns().await.unwrap();
    assert_eq!(stage.machine(&machine).await.tags["team"], "others");
}
