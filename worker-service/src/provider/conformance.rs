//! What the reconciler may rely on, as named cases that every provider passes. A provider joins with a [`Stage`] of its
//! own; a situation that it cannot be brought into is skipped.

use std::collections::BTreeMap;
use std::time::Duration;

use platform::clock::Clock;
use uuid::Uuid;

use super::{
    CallOrigin, Machine, MachineSpec, MachineState, PermanentReason, Provider, ProviderError, TagChange,
    WORKER_TAG,
};

mod changes;
mod creates;
mod lists;
mod simulated;
mod unasked;

/// A provider under test, and what brings about the situations of the cases.
#[tonic::async_trait]
pub(crate) trait Stage: Send + Sync {
    /// The provider, as two replicas of worker-service see it.
    fn replicas(&self) -> [&dyn Provider; 2];

    /// Lets time pass for the provider.
    async fn pass(&self, time: Duration);

    /// Returns the tags that bring a machine into a situation; `None` if that is not possible.
    fn tags_for(&self, situation: Situation) -> Option<Vec<(String, String)>>;

    fn provider(&self) -> &dyn Provider {
        self.replicas()[0]
    }
}

/// What a machine is to meet.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Situation {
    /// It is not found for a moment after its creation.
    NotFoundYet,
    /// The token of its creation is forgotten within two days.
    TokenForgotten,
    /// There is no room for it when it is created.
    NoCapacityOnCreate,
    /// There is no room for it when it is started again.
    NoCapacityOnStart,
    /// It does not stop until forced.
    StuckInStopping,
    /// The provider stops it within an hour.
    Retired,
    /// The provider terminates it within an hour.
    Interrupted,
    /// It disappears within an hour.
    Vanished,
    /// Lists show it twice.
    ListedTwice,
    /// The next list misses it.
    MissedOnce,
    /// So many calls come that the provider limits them.
    Throttled,
}

/// The steps of which the cases are made.
struct Actor<'a> {
    stage: &'a dyn Stage,
    worker_id: Uuid,
    origin: CallOrigin,
}

type Tags = Vec<(String, String)>;

impl<'a> Actor<'a> {
    fn on(stage: &'a dyn Stage) -> Self {
        let worker_id = Clock::system().new_id();
        Self { stage, worker_id, origin: CallOrigin { worker_id, fence: 1 } }
    }

    /// Returns a machine to create with the worker's id as its token.
    fn spec(&self, tags: &Tags) -> MachineSpec {
        MachineSpec {
            region: "us-east-1".to_owned(),
            instance_type: "m5.large".to_owned(),
            tags: self.tags(tags),
            client_token: self.worker_id.to_string(),
        }
    }

    /// Returns tags with that of the worker.
    fn tags(&self, tags: &Tags) -> BTreeMap<String, String> {
        let own = (WORKER_TAG.to_owned(), self.worker_id.to_string());
        tags.iter().cloned().chain([own]).collect()
    }

    async fn create(&self, tags: &Tags) -> Machine {
        self.stage.provider().create(&self.spec(tags), self.origin).await.unwrap()
    }

    /// Creates a machine and waits until it is found.
    async fn found(&self, tags: &Tags) -> Machine {
        let created = self.create(tags).await;
        self.until(&created.id, |_| true).await
    }

    /// Creates a machine and waits until it runs.
    async fn running(&self, tags: &Tags) -> Machine {
        let created = self.create(tags).await;
        self.until_state(&created.id, MachineState::Running).await
    }

    /// Creates a machine, stops it, and waits until it is stopped.
    async fn stopped(&self, tags: &Tags) -> Machine {
        let running = self.running(tags).await;
        self.stop(&running.id).await.unwrap();
        self.until_state(&running.id, MachineState::Stopped).await
    }

    async fn start(&self, id: &str) -> Result<Machine, ProviderError> {
        self.stage.provider().start(id, self.origin).await
    }

    async fn stop(&self, id: &str) -> Result<Machine, ProviderError> {
        self.stage.provider().stop(id, false, self.origin).await
    }

    async fn terminate(&self, id: &str) -> Result<Machine, ProviderError> {
        self.stage.provider().terminate(id, self.origin).await
    }

    async fn describe(&self, id: &str) -> Option<Machine> {
        self.stage.provider().describe(id).await.unwrap()
    }

    async fn until_state(&self, id: &str, state: MachineState) -> Machine {
        self.until(id, |it| it.state == state).await
    }

    /// Describes a machine again and again, for an hour at most, until it is as expected.
    async fn until(&self, id: &str, is_expected: impl Fn(&Machine) -> bool) -> Machine {
        let mut last = None;
        for _ in 0..3_600 {
            last = self.describe(id).await;
            if let Some(machine) = last.take_if(|it| is_expected(it)) {
                return machine;
            }
            self.stage.pass(Duration::from_secs(1)).await;
        }
        panic!("the machine did not become as expected: {last:?}");
    }

    /// Waits until the machine is gone, for two days at most.
    async fn until_gone(&self, id: &str) {
        for _ in 0..48 * 60 {
            if self.describe(id).await.is_none() {
                return;
            }
            self.stage.pass(Duration::from_mins(1)).await;
        }
        panic!("the machine is still there: {:?}", self.describe(id).await);
    }

    /// Lists all machines, page by page, and returns those of this worker.
    async fn list(&self) -> Vec<Machine> {
        let all = list(self.stage.provider()).await;
        all.into_iter().filter(|it| it.worker_id() == Some(self.worker_id)).collect()
    }
}

/// Returns the machines of all pages.
async fn list(provider: &dyn Provider) -> Vec<Machine> {
    let mut page = provider.list(None).await.unwrap();
    let mut machines = page.machines;
    while let Some(next) = page.next {
        page = provider.list(Some(&next)).await.unwrap();
        machines.append(&mut page.machines);
    }
    machines
}

#[track_caller]
fn assert_permanent<T: std::fmt::Debug>(outcome: Result<T, ProviderError>, expected: PermanentReason) {
    match outcome {
        Err(ProviderError::Permanent { reason, message }) => {
            assert_eq!(reason, expected, "{message}");
            assert!(!message.is_empty());
        }
        other => panic!("not permanent: {other:?}"),
    }
}
