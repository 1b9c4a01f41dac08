//! Learns how parked actions have ended: at the start and periodically of all of them, and when something happens to a
//! worker, of its action. Events are hints; what GetOutcomes answers is the truth.

use access::Caller;
use platform::periodic::Periodic;
use platform::shutdown::Shutdown;
use storage::StorageError;
use tonic::Code;

use super::hints::Hint;
use super::{Dispatcher, FIRST};
use crate::store::queue::{Guard, Live};

/// Number of outcomes that one call asks for.
const BATCH: i64 = 500;

impl Dispatcher {
    /// Learns outcomes until `stop`.
    pub(super) async fn learn_outcomes(&self, stop: &Shutdown) {
        let periodic = Periodic::every(self.settings.outcome_poll, "asking for outcomes");
        periodic.run_woken(stop, || self.hints.given(), || self.learn(stop)).await;
    }

    async fn learn(&self, stop: &Shutdown) -> Result<(), StorageError> {
        let Some(process) = (self.process)() else { return Ok(()) };
        let workers = match self.hints.take() {
            Hint::All => return self.learn_all(&process, stop).await,
            Hint::Workers(workers) => workers,
        };
        let mut parked = Vec::new();
        for worker in workers {
            parked.extend(self.store.parked_of(worker).await?);
        }
        self.ask(&parked, &process).await?;
        Ok(())
    }

    pub(super) async fn learn_all(&self, process: &Caller, stop: &Shutdown) -> Result<(), StorageError> {
        let mut after = FIRST;
        loop {
            let parked = self.store.parked(after, BATCH).await?;
            let is_answered = self.ask(&parked, process).await?;
            let is_full = i64::try_from(parked.len()).is_ok_and(|it| it >= BATCH);
            match parked.last() {
                Some(last) if is_answered && is_full && !stop.is_cancelled() => after = last.task_id,
                _ => return Ok(()),
            }
        }
    }

    /// Asks for the outcomes of parked actions and ends those that have one, except for those that an execution of this
    /// process asks for. Returns false if there was no answer.
    async fn ask(&self, parked: &[Live], process: &Caller) -> Result<bool, StorageError> {
        let parked: Vec<Live> =
            parked.iter().filter(|it| !self.hints.put_off(it.worker_id)).cloned().collect();
        if parked.is_empty() {
            return Ok(true);
        }
        let outcomes = match self.client.outcomes(&parked, process).await {
            Ok(outcomes) => outcomes,
            // The client has logged it, and worker-service is asked again.
            Err(status) if matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded) => {
                return Ok(false);
            }
            Err(status) => {
                let code = net::grpc::status::code_name(status.code());
                tracing::warn!(
                    code,
                    text = status.message(),
                    "worker-service tells no outcomes; asking again"
                );
                return Ok(false);
            }
        };
        for (live, outcome) in parked.iter().zip(outcomes) {
            if let (Some(outcome), Some(generation)) = (outcome, live.generation) {
                let guard = Guard::Parked(generation);
                let ended =
                    self.complete(live, guard, process, |task, now| task.finished(outcome, now)).await;
                self.passed_over(live, ended)?;
            }
        }
        Ok(true)
    }
}
