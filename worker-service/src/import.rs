//! The use case ImportWorker: registers an existing machine of the provider.

use access::Caller;
use net::grpc::status::{self, Reason};
use platform::violation::{Violation, Violations};
use proto::worker::v1::{ImportWorkerRequest, ImportWorkerResponse};
use service::request_key::{self, Earlier, RequestKey};
use tonic::Status;

use crate::error::WorkerError;
use crate::event::Actor;
use crate::grpc::{Workers, failed};
use crate::store::ImportRecord;
use crate::worker::Worker;
use crate::{convert, event};

/// The method name in idempotency keys of ImportWorker.
const IMPORT_WORKER: &str = "ccm.worker.v1.WorkerService/ImportWorker";

fn answered(worker: &Worker, restored: bool) -> ImportWorkerResponse {
    ImportWorkerResponse { worker: Some(convert::worker(worker)), replayed: false, restored }
}

fn replayed(earlier: Earlier) -> Result<ImportWorkerResponse, Status> {
    Ok(ImportWorkerResponse { replayed: true, ..earlier.answer()? })
}

impl Workers {
    /// Creates a worker for the machine, or restores the deleted worker of this machine.
    pub(crate) async fn import(
        &self,
        mut request: ImportWorkerRequest,
        caller: Caller,
    ) -> Result<ImportWorkerResponse, Status> {
        let (now, event_id) = (self.clock.now(), self.clock.new_id());
        let mut violations = Violations::default();
        let request_id = std::mem::take(&mut request.request_id);
        let dry = request.validate_only;
        let key = RequestKey::checked(&caller, IMPORT_WORKER, &request_id, &request, dry, &mut violations);
        let earlier = request_key::recall(self.store.database(), key.as_ref()).await;
        if let Some(earlier) = earlier.map_err(failed)? {
            return replayed(earlier);
        }
        let draft = convert::draft(request.worker.unwrap_or_default(), &mut violations);
        let checked = draft.check_import(violations).map_err(status::invalid)?;
        let new = Worker::create(self.clock.new_id(), checked, &caller.sub, now);
        let new = self.existing(new.wanted_by(caller.on_behalf_of.as_deref())).await?;
        if request.validate_only {
            let Some(known) = self.store.of_machine(&new).await.map_err(failed)? else {
                return Ok(answered(&new, false));
            };
            return Ok(answered(&known.restored(new).ok_or(WorkerError::Exists)?, true));
        }
        let record = move |worker: &Worker, restored: bool| {
            let event = if restored { event::restored } else { event::created };
            ImportRecord {
                event: event(event_id, worker, &Actor::from(&caller)),
                answer: answered(worker, restored),
            }
        };
        self.store.import(key, new, record).await?.answer(replayed)
    }

    /// Asks the provider for the machine of an import, and returns the worker with the desired state that the machine is in.
    /// Fails if the machine was created for another worker.
    async fn existing(&self, worker: Worker) -> Result<Worker, Status> {
        let id = worker.instance_id.clone().unwrap_or_default();
        let provider = self.providers.of(worker.provider);
        let found = telemetry::span::untraced(provider.describe(&id)).await;
        let machine = found.map_err(|error| {
            tracing::warn!(%error, "the provider cannot be asked about a machine to import");
            WorkerError::ProviderUnavailable
        })?;
        let Some(machine) = machine else {
            let description =
                format!("must be the id of a machine that exists at the provider: {id} does not");
            let violation = Violation { field: "worker.instance_id".to_owned(), description };
            return Err(status::invalid_because(Reason::MachineNotFound, vec![violation]));
        };
        if let Some(owner) = machine.worker_id()
            && let Some(owner) = self.store.get_any(owner).await.map_err(failed)?
            && owner.deleted_at.is_none()
            && owner.instance_id.as_ref() != Some(&id)
        {
            return Err(WorkerError::Owned(owner.id).into());
        }
        Ok(worker.imported(machine.state.settles_as()))
    }
}
