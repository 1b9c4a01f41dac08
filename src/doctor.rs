//! `ccm doctor`: says whether an installation is well. Each check is made by itself with a deadline of its own, all of them at
//! the same time, and says what it has seen and what to do. Nothing is left behind.

mod canary;
mod clocks;
mod database;
mod events;
mod finding;
mod gateway;
mod issuer;
mod listen;
mod open_files;
mod report;
mod signals;
mod stream;
mod telemetry;
mod token;
mod traces;
mod versions;

use std::future::Future;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use platform::clock::Clock;
use reqwest::Url;
use tokio::time::timeout;

use self::canary::Left;
use self::clocks::Reading;
use self::finding::{Check, Finding, Level};
use self::gateway::{Reached, Ready};
use self::signals::Signals;
use self::token::Known;
use crate::cli::doctor::Doctor;
use crate::client::{self, Exit, Failure};
use crate::console;

/// A check that takes longer has failed. With the two that go before it and the end, the command ends within a minute.
const DEADLINE: Duration = Duration::from_secs(36);
/// Of the checks that the others need: whether the gateway answers, and knows the caller.
const FIRST_DEADLINE: Duration = Duration::from_secs(8);

pub(crate) async fn run(settings: Doctor) -> anyhow::Result<()> {
    let base = client::base(&settings.connection)?;
    let http = client::http(&base)?;
    let mut signals = Signals::listen()?;
    let examination = Examination {
        settings,
        http,
        base,
        clock: Clock::system(),
        known: OnceLock::new(),
        readings: Mutex::default(),
        left: Left::default(),
    };
    let findings = tokio::select! {
        findings = examination.findings() => Some(findings),
        () = signals.next() => None,
    };
    let left = examination.clean_up(&mut signals).await;
    let Some(mut findings) = findings else { return Err(interrupted(left).into()) };
    findings.extend(left);
    findings.sort_by_key(|it| it.check);
    let is_json = examination.settings.json;
    console::print(&if is_json { report::json(&findings)? } else { report::text(&findings) })?;
    match report::count(&findings, Level::Problem) {
        0 => Ok(()),
        1 => Err(Failure::new(Exit::Unwell, "a problem was found").into()),
        number => Err(Failure::new(Exit::Unwell, format!("{number} problems were found")).into()),
    }
}

/// Tells of the task that is left, if there is one.
fn interrupted(left: Option<Finding>) -> Failure {
    let failure = Failure::new(Exit::General, "the checks were interrupted");
    match left {
        Some(left) => failure
            .with_hint([Some(left.seen), left.advice].into_iter().flatten().collect::<Vec<_>>().join("; ")),
        None => failure,
    }
}

/// What the checks have in common.
struct Examination {
    settings: Doctor,
    http: reqwest::Client,
    base: Url,
    clock: Clock,
    /// This command as a caller, once the gateway knows it.
    known: OnceLock<Known>,
    readings: Mutex<Vec<Reading>>,
    left: Left,
}

impl Examination {
    async fn findings(&self) -> Vec<Finding> {
        let (mut here, there) = tokio::join!(self.on_this_machine(), self.at_the_gateway());
        if let Some(known) = self.known.get() {
            self.compare(&mut here, known);
        }
        let readings = std::mem::take(&mut *self.readings.lock().unwrap_or_else(PoisonError::into_inner));
        [here, there, vec![clocks::judge(readings)]].concat()
    }

    /// The checks that need no gateway.
    async fn on_this_machine(&self) -> Vec<Finding> {
        let (installation, connection) = (&self.settings.installation, &self.settings.connection);
        let turn = tokio::sync::Mutex::new(());
        let database = |it: database::Database| {
            let turn = &turn;
            async move {
                let (reading, findings) = it.examine(&self.settings, &self.clock, turn).await;
                self.note(reading);
                findings
            }
        };
        let issuer = async {
            let (reading, finding) =
                issuer::examine(connection.oidc_issuer.as_ref(), &self.http, &self.clock).await;
            self.note(reading);
            vec![finding]
        };
        let listen = listen::examine(installation, &self.base, &self.http);
        let collector = async { vec![telemetry::collector().await] };
        let found = tokio::join!(
            within(Check::ListenAddresses, DEADLINE, listen),
            within(Check::Issuer, DEADLINE, issuer),
            within(Check::TaskDatabase, DEADLINE, database(database::TASKS)),
            within(Check::WorkerDatabase, DEADLINE, database(database::WORKERS)),
            within(Check::ProviderDatabase, DEADLINE, database(database::PROVIDER)),
            within(Check::Collector, DEADLINE, collector),
        );
        let open_files = vec![open_files::examine(installation.max_connections)];
        [found.0, found.1, found.2, found.3, found.4, found.5, open_files].concat()
    }

    /// The checks that go through the gateway, in as much as it answers and knows the caller.
    async fn at_the_gateway(&self) -> Vec<Finding> {
        let reach = gateway::reach(&self.http, &self.base, &self.clock);
        let (reached, mut findings) = first(Check::Gateway, reach).await;
        let Some(reached) = reached else {
            let others = [
                Check::Services,
                Check::Versions,
                Check::Token,
                Check::EventStream,
                Check::TaskEvents,
                Check::WorkerEvents,
                Check::Exports,
                Check::Traces,
            ];
            findings.extend(others.map(|it| Finding::needs(it, "the gateway does not answer")));
            return findings;
        };
        self.note(reached.clock.clone());
        let ((ready, of_services), (known, of_token)) = tokio::join!(
            first(Check::Services, gateway::ready(&self.http, &self.base)),
            first(Check::Token, token::ask(&self.settings)),
        );
        findings.extend(of_services);
        findings.extend(of_token);
        findings.extend(told(ready.as_ref()));
        let known = known.map(|it| self.known.get_or_init(|| it));
        findings.extend(self.as_a_caller(known, &reached, ready.as_ref()).await);
        findings
    }

    /// Completes what was found on this machine by what the gateway says.
    fn compare(&self, here: &mut [Finding], known: &Known) {
        for it in here {
            match it.check {
                Check::Issuer => {
                    let configured = self.settings.connection.oidc_issuer.as_ref();
                    issuer::compare(it, configured, known.me["issuer"].as_str().unwrap_or_default());
                }
                Check::Collector if it.level == Level::NotChecked && known.me["traces"] == true => {
                    *it = Finding::ok(Check::Collector, "there is none: `ccm up` keeps the traces");
                }
                _ => {}
            }
        }
    }

    async fn as_a_caller(
        &self,
        known: Option<&Known>,
        reached: &Reached,
        ready: Option<&Ready>,
    ) -> Vec<Finding> {
        let Some(known) = known else {
            let checks = [Check::EventStream, Check::TaskEvents, Check::WorkerEvents, Check::Traces];
            return checks
                .map(|it| Finding::needs(it, "the gateway accepts no token of this command"))
                .to_vec();
        };
        let events = async {
            let proxy = reached.proxy.as_deref();
            let (readings, findings) =
                events::examine(&known.client, proxy, ready, &self.left, &self.clock).await;
            self.note(readings);
            findings
        };
        let traces = async { vec![traces::examine(known, self.settings.tempo.as_deref(), &self.http).await] };
        let (events, traces) = tokio::join!(
            within(Check::EventStream, DEADLINE, events),
            within(Check::Traces, DEADLINE, traces),
        );
        [events, traces].concat()
    }

    fn note(&self, readings: impl IntoIterator<Item = Reading>) {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner).extend(readings);
    }

    /// Deletes what a check that was ended early has created; says what it was if it cannot be deleted, or at the next signal.
    async fn clean_up(&self, signals: &mut Signals) -> Option<Finding> {
        let (task, known) = (self.left.task()?, self.known.get()?);
        tokio::select! {
            deleted = task.clean_up(&known.client) => deleted.err(),
            () = signals.next() => Some(task.left_behind("the command was interrupted again")),
        }
    }
}

/// What the gateway says of itself and of the services.
fn told(ready: Option<&Ready>) -> Vec<Finding> {
    let Some(ready) = ready else {
        return [Check::Versions, Check::Exports]
            .map(|it| Finding::needs(it, "/readyz says nothing"))
            .to_vec();
    };
    let mut findings = telemetry::exports(ready);
    findings.push(versions::compare(ready));
    findings
}

/// The findings of a check, or that it took too long.
async fn within(
    check: Check,
    deadline: Duration,
    findings: impl Future<Output = Vec<Finding>>,
) -> Vec<Finding> {
    timeout(deadline, findings).await.unwrap_or_else(|_| vec![too_late(check, deadline)])
}

/// The same of a check that others need.
async fn first<T>(
    check: Check,
    found: impl Future<Output = (Option<T>, Vec<Finding>)>,
) -> (Option<T>, Vec<Finding>) {
    timeout(FIRST_DEADLINE, found).await.unwrap_or_else(|_| (None, vec![too_late(check, FIRST_DEADLINE)]))
}

fn too_late(check: Check, deadline: Duration) -> Finding {
    let seen = format!("the check did not end within {} s", deadline.as_secs());
    Finding::problem(check, seen, "look at the network, and at the logs of what the check asks")
}
