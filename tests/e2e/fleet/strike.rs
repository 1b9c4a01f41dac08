//! Faults that strike where one guard alone keeps the services right: what is taken out there makes a random run fail. Other
//! faults meet these points by chance, which is too seldom for a short run.

use std::time::{Duration, Instant};

use platform::clock::Micros;
use storage::sqlx::types::Uuid;
use storage::{Database, Statement, Statements as _, Value};

use super::cluster::{Cluster, Fault, Kind};
use super::driver::Driver;
use super::fleet_of_workers;
use super::hold::{Hold, JOURNAL, RECONCILES, WORKERS};
use super::records::{all, open};
use super::{LEASE, now};
use crate::event_log::Random;
use crate::harness::Backend;

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strike {
    /// worker-service is killed when a machine was created and this is not stored. The guard: a machine is looked for by its
    /// tag.
    BetweenCreateAndStore,
    /// Processes of task-service are suspended while they call worker-service. Another process has made the calls again when
    /// they go on. The guard: the fence of an action.
    DuringCall,
    /// The same, but the other process is stopped during the calls that it has made again, and hands them back.
    HandBack,
    /// What a worker-service stores of its turns arrives when others have taken these turns. The guard: the fence of a turn.
    BeforeEndOfTurn,
}

impl Strike {
    /// Those that a run meets for certain. Without replicas there is nobody who takes a lease over.
    pub(super) fn of(backend: Backend) -> Vec<Self> {
        match backend {
            Backend::Sqlite => vec![Self::BetweenCreateAndStore],
            Backend::Postgres => {
                vec![Self::HandBack, Self::BetweenCreateAndStore, Self::DuringCall, Self::BeforeEndOfTurn]
            }
        }
    }
}

const CLAIMED: Statement = Statement {
    summary: "SELECT reconciles",
    sql: "SELECT count(*) AS n FROM reconciles WHERE worker_id = $1 AND lease_until > 0",
};

const CREATED: Statement = Statement {
    summary: "SELECT journal",
    sql: "SELECT count(*) AS n FROM journal WHERE worker_id = $1 AND call = 'create' AND result = 'ok'",
};

/// Whether the first turn of a worker has not ended.
const FIRST_TURN: Statement = Statement {
    summary: "SELECT reconciles",
    sql: "SELECT count(*) AS n FROM reconciles WHERE worker_id = $1 AND fence = 1 AND lease_until > 0",
};

/// How many processes are calling worker-service.
const CALLING: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT count(DISTINCT lease_owner) AS n FROM action_queue WHERE phase = 'applying'",
};

const CALLS: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT task_id, fence FROM action_queue WHERE phase = 'applying'",
};

/// Whether a later owner than the one with the fence `$2` is calling.
const REPEATED_SINCE: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT count(*) AS n FROM action_queue WHERE task_id = $1 AND phase = 'applying' AND fence > $2",
};

/// Whether an action was accepted from a later owner than the one with the fence `$2`.
const ACCEPTED_SINCE: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT count(*) AS n FROM action_queue WHERE task_id = $1 AND phase = 'applied' AND fence > $2",
};

/// Whether a later owner than the one with the fence `$2` has handed an action back during its call.
const HANDED_BACK_SINCE: Statement = Statement {
    summary: "SELECT action_queue",
    sql: "SELECT count(*) AS n FROM action_queue \
          WHERE task_id = $1 AND phase = 'queued' AND attempt > 0 AND lease_owner IS NULL AND fence > $2",
};

async fn number(on: &Database, statement: &Statement, values: Vec<Value>) -> i64 {
    let rows: Vec<(i64,)> = on.connection().await.unwrap().fetch_all(statement, values).await.unwrap();
    rows[0].0
}

/// Number of actions that are asked for so that processes call worker-service.
const ACTIONS: i64 = 8;

/// Waits until something holds, but not longer than this: a strike that misses is no failure.
async fn within(time: Duration, holds: impl AsyncFn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < time {
        if holds().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

impl Cluster {
    /// Returns whether it has struck: the point may have been missed.
    pub(super) async fn strike(&mut self, strike: Strike, driver: &Driver, random: &mut Random) -> bool {
        let from = now();
        let has_struck = match strike {
            Strike::BetweenCreateAndStore => self.kill_after_a_create(driver, from).await,
            Strike::DuringCall => self.suspend_callers(driver, random, from, ACCEPTED_SINCE).await,
            Strike::HandBack => self.suspend_callers(driver, random, from, HANDED_BACK_SINCE).await,
            Strike::BeforeEndOfTurn => self.delay_ends_of_turns(driver, random, from).await,
        };
        println!("{strike:?}: {}", if has_struck { "struck" } else { "missed" });
        has_struck
    }

    async fn kill_after_a_create(&mut self, driver: &Driver, from: Micros) -> bool {
        let provider_url = self.product.provider_database.url.clone();
        let (workers, provider) = (open(self.worker_database()).await, open(&provider_url).await);
        let before_the_call = Hold::on(&provider_url, &JOURNAL).await;
        let name = format!("worker after {} faults", self.faults.len());
        let id = fleet_of_workers::create_good(driver, &name).await;
        let is_claimed = async || number(&workers, &CLAIMED, vec![id.into()]).await > 0;
        within(Duration::from_secs(1), is_claimed).await;
        let before_the_end = Hold::on(self.worker_database(), &RECONCILES).await;
        before_the_call.release().await;
        self.note(Kind::Unanswered, 0, from);
        let is_created = async || number(&provider, &CREATED, vec![id.into()]).await > 0;
        let has_struck = within(Duration::from_secs(2), is_created).await;
        let all = self.of_service("worker-service");
        for index in &all {
            self.process(*index).kill().await;
        }
        before_the_end.release().await;
        for index in all {
            self.restart(index).await;
            self.note(Kind::Kill, index, from);
        }
        workers.close().await;
        provider.close().await;
        has_struck
    }

    /// Suspends all processes of task-service but one, and lets them go on when that one has led to `since` for one of their
    /// calls.
    async fn suspend_callers(
        &mut self,
        driver: &Driver,
        random: &mut Random,
        from: Micros,
        since: Statement,
    ) -> bool {
        let tasks = open(&self.product.task_database.url).await;
        // The provider does not answer, so that no action reaches its goal before the processes go on.
        let provider = Hold::on(&self.product.provider_database.url, &JOURNAL).await;
        let calls = Hold::on(self.worker_database(), &WORKERS).await;
        let asking = driver.ask_for_changes(ACTIONS, random);
        // At least one of them is among the two that are suspended.
        let are_two = async || number(&tasks, &CALLING, Vec::new()).await > 1;
        within(Duration::from_millis(1_200), are_two).await;
        let mut suspended = self.of_service("task-service");
        let other = suspended.remove(usize::try_from(random.below(suspended.len() as u64)).unwrap());
        for index in &suspended {
            self.process(*index).signal("STOP");
        }
        let made: Vec<(Uuid, i64)> = all(&tasks, &CALLS).await;
        calls.release().await;
        let is_any = async |since: &Statement| {
            for (task, fence) in &made {
                if number(&tasks, since, vec![(*task).into(), (*fence).into()]).await > 0 {
                    return true;
                }
            }
            false
        };
        let is_to_stop = since.sql == HANDED_BACK_SINCE.sql;
        // The leases begin to end a second before this.
        tokio::time::sleep(LEASE.saturating_sub(Duration::from_secs(1))).await;
        if is_to_stop {
            let calls = Hold::on(self.worker_database(), &WORKERS).await;
            within(Duration::from_secs(2), async || is_any(&REPEATED_SINCE).await).await;
            self.process(other).signal("TERM");
            self.process(other).ended().await;
            calls.release().await;
        }
        let has_struck = within(Duration::from_secs(3), async || is_any(&since).await).await;
        for index in suspended {
            self.process(index).signal("CONT");
            self.note(Kind::Suspend(LEASE), index, from);
        }
        // They store what was answered, or try to.
        tokio::time::sleep(Duration::from_millis(500)).await;
        provider.release().await;
        self.note(Kind::Unanswered, 0, from);
        if is_to_stop {
            self.restart(other).await;
            self.note(Kind::Stop, other, from);
        }
        tasks.close().await;
        asking.join_all().await;
        has_struck
    }

    async fn delay_ends_of_turns(&mut self, driver: &Driver, random: &mut Random, from: Micros) -> bool {
        let relay = self.relay.take().expect("a relay");
        let workers = open(&relay.direct).await;
        let calls = Hold::on(&self.product.provider_database.url, &JOURNAL).await;
        // The process behind the relay has the first turns of its new workers, because no other one can take them.
        let others = self.of_service("worker-service").split_off(1);
        for index in &others {
            self.process(*index).signal("STOP");
        }
        let ids = fleet_of_workers::create_at_first_replica(driver, &self.product).await;
        let taken = async || {
            let mut taken = 0;
            for id in &ids {
                taken += number(&workers, &FIRST_TURN, vec![(*id).into()]).await;
            }
            taken
        };
        let all_of_them = i64::try_from(ids.len()).unwrap();
        within(Duration::from_millis(800), async || taken().await == all_of_them).await;
        relay.block();
        for index in others {
            self.process(index).signal("CONT");
        }
        calls.release().await;
        self.note(Kind::Unanswered, 0, from);
        tokio::time::sleep(LEASE / 2).await;
        // The other processes have stored theirs.
        let has_struck = taken().await > 0;
        let rest = LEASE / 2 + Duration::from_millis(500 + random.below(1_500));
        tokio::time::sleep(rest).await;
        relay.unblock();
        self.relay = Some(relay);
        let first = self.of_service("worker-service")[0];
        self.note(Kind::Delay(LEASE / 2 + rest), first, from);
        workers.close().await;
        has_struck
    }

    fn note(&mut self, kind: Kind, index: usize, from: Micros) {
        let replica = self.replicas[index].clone();
        self.faults.push(Fault { kind, replica, from, until: now() });
    }
}
