//! One turn of one worker.

use std::time::{Duration, Instant};

use platform::clock::random_share;
use storage::StorageError;
use telemetry::propagation::current_trace_id;
use telemetry::semconv;
use telemetry::span::{Interval, Span, SpanBuilder, SpanKind, Timestamp, set_on_current, untraced};

use super::Reconciler;
use super::book::{Book, Call};
use super::decide::{Seen, Step, decide, tag_change, wanted_tags};
use super::settle::{Done, Turn, settle};
use crate::event::{self, Actor};
use crate::metrics::{self, TurnOutcome};
use crate::provider::{CallOrigin, Machine, MachineSpec, MachineState, ProviderError};
use crate::store::{Claim, Due};
use crate::worker::{DesiredState, OutcomeResult, Worker};

/// Longest time that a provider call may take, as a share of the lease of its turn.
const CALL_TIMEOUT: f64 = 8.0 / 30.0;
/// No call is made when less than this share of the lease is left: it could still run when another replica takes the turn.
const SAFE_LEASE: f64 = 12.0 / 30.0;

/// A claimed turn, and when it was claimed at the latest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claimed {
    pub(super) claim: Claim,
    pub(super) at: Instant,
}

impl Claimed {
    /// Whether a call can be made and stored within the lease.
    fn is_safe(&self, lease: Duration) -> bool {
        self.at.elapsed() + lease.mul_f64(SAFE_LEASE) < lease
    }
}

/// What a turn has seen and decided.
struct Looked {
    seen: Option<Seen>,
    done: Done,
    interval: Interval,
}

impl Reconciler {
    /// Takes a turn: one look, at most one call, one transaction.
    pub(super) async fn turn(&self, claimed: Claimed) -> Result<TurnOutcome, StorageError> {
        let started = Timestamp::now();
        let claim = claimed.claim;
        let Some(due) = untraced(self.store.due(claim.worker_id)).await? else {
            untraced(self.store.rest(claim)).await?;
            return Ok(TurnOutcome::Waiting);
        };
        let looked = self.look(&due).await;
        let now = self.clock.now();
        let turn = Turn {
            generation: due.worker.desired.generation,
            seen: looked.seen,
            done: looked.done,
            now,
            share: random_share(),
        };
        let call = match &turn.done {
            Done::Stepped(Step::Call(call)) => Some(*call),
            _ => None,
        };
        let changes = settle(&due.worker, &due.book, turn.clone()).worker != due.worker;
        let failed = matches!(turn.done, Done::LookFailed { .. });
        if call.is_none() && !changes && !failed {
            // The machine is as it was: a turn of polling, which belongs to no trace.
            return untraced(self.end(claim, turn, due)).await;
        }
        let age = now - due.generation.set_at;
        let span = SpanBuilder::deferred(SpanKind::Consumer, &due.generation.cause, age).started_at(started);
        let span = span.start(|it| {
            it.name("reconcile");
            it.set(semconv::MESSAGING_SYSTEM, "ccm");
            it.set(semconv::MESSAGING_DESTINATION_NAME, "reconciles");
            it.set(semconv::MESSAGING_OPERATION_NAME, "reconcile");
            it.set(semconv::MESSAGING_OPERATION_TYPE, "process");
            it.set(semconv::CCM_WORKER_ID, due.worker.id.to_string());
            it.set(semconv::CCM_WORKER_GENERATION, due.worker.desired.generation);
        });
        span.run(self.act(claimed, turn, call, due, looked.interval)).await
    }

    /// Makes the call of a turn, if any, and ends the turn.
    async fn act(
        &self,
        claimed: Claimed,
        mut turn: Turn,
        call: Option<Call>,
        due: Due,
        look: Interval,
    ) -> Result<TurnOutcome, StorageError> {
        let name = due.worker.provider.into_str();
        let describe = provider_span(name, "describe", Some(look));
        if let Done::LookFailed { error, trace_id } = &mut turn.done {
            fail(&describe, error);
            *trace_id = current_trace_id();
        }
        describe.end_with(look);
        if let Some(call) = call {
            if !claimed.is_safe(self.settings.lease) {
                tracing::warn!(worker_id = %due.worker.id, "the lease of a turn is nearly over; nothing was called");
                self.store.hand_back(vec![claimed.claim]).await?;
                return Ok(TurnOutcome::NotStored);
            }
            let span = provider_span(name, call.into_str(), None);
            let machine = match &turn.seen {
                Some(Seen::Machine(machine)) => Some(machine.clone()),
                _ => None,
            };
            let called = self.call(call, &due, machine, claimed.claim.fence);
            let result = span.run(called).await;
            let trace_id = current_trace_id();
            if let Err(error) = &result {
                fail(&span, error);
            }
            span.end();
            turn.now = self.clock.now();
            turn.done = Done::Called { call, result, trace_id };
        }
        self.end(claimed.claim, turn, due).await
    }

    /// Looks at the machine and decides the step.
    async fn look(&self, due: &Due) -> Looked {
        let (worker, book) = (&due.worker, &due.book);
        let mut interval = Interval::begin();
        let now = self.clock.now();
        if let Some(at) = book.next_retry.filter(|it| *it > now) {
            // Whatever woke the worker: the provider is left alone until then.
            let wait = Step::Wait { reason: book.pause_reason(), poll: at - now };
            return Looked { seen: None, done: Done::Stepped(wait), interval };
        }
        let seen = self.within(untraced(self.seen(worker))).await;
        interval.end();
        match seen {
            Ok(seen) => {
                let step = decide(worker, book, &seen, self.clock.now(), self.settings.force_stop_after);
                Looked { seen: Some(seen), done: Done::Stepped(step), interval }
            }
            Err(error) => Looked { seen: None, done: Done::LookFailed { error, trace_id: None }, interval },
        }
    }

    /// Returns what the provider shows of the worker's machine. A worker without a machine may have one that was created just
    /// before a crash, and whose token the provider may have forgotten: it is found by its tag.
    async fn seen(&self, worker: &Worker) -> Result<Seen, ProviderError> {
        let provider = self.providers.of(worker.provider);
        if let Some(id) = &worker.instance_id {
            return Ok(provider.describe(id).await?.map_or(Seen::Missing, Seen::Machine));
        }
        let found = provider.find(worker.id).await?;
        // A machine that is shutting down is one that the worker has lost, unless it is to be terminated.
        let is_wanted = |it: &Machine| match it.state {
            MachineState::Terminated => false,
            MachineState::ShuttingDown => worker.desired.state == DesiredState::Terminated,
            _ => true,
        };
        Ok(found.into_iter().find(is_wanted).map_or(Seen::Nothing, Seen::Machine))
    }

    async fn call(
        &self,
        call: Call,
        due: &Due,
        machine: Option<Machine>,
        fence: i64,
    ) -> Result<Option<Machine>, ProviderError> {
        let worker = &due.worker;
        let provider = self.providers.of(worker.provider);
        let origin = CallOrigin { worker_id: worker.id, fence };
        let id = machine.as_ref().map(|it| it.id.clone()).or_else(|| worker.instance_id.clone());
        let id = id.unwrap_or_default();
        self.within(async {
            match call {
                Call::Create => {
                    let spec = MachineSpec {
                        region: worker.region.clone(),
                        instance_type: worker.instance_type.clone(),
                        tags: wanted_tags(worker),
                        client_token: format!("{}.{}", worker.id, worker.incarnation),
                    };
                    provider.create(&spec, origin).await.map(Some)
                }
                Call::Start => provider.start(&id, origin).await.map(Some),
                Call::Stop => provider.stop(&id, false, origin).await.map(Some),
                Call::ForceStop => provider.stop(&id, true, origin).await.map(Some),
                Call::Terminate => provider.terminate(&id, origin).await.map(Some),
                Call::Tag => {
                    let change = machine.and_then(|it| tag_change(worker, &due.book.removed_tags, &it));
                    provider.tag(&id, &change.unwrap_or_default(), origin).await.map(|()| None)
                }
            }
        })
        .await
    }

    /// Ends a provider call that takes too long: its outcome is unknown, and the next look shows it.
    async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let timeout = self.settings.lease.mul_f64(CALL_TIMEOUT);
        let late = || ProviderError::Transient(format!("no answer within {:.0} s", timeout.as_secs_f64()));
        tokio::time::timeout(timeout, call).await.unwrap_or_else(|_| Err(late()))
    }

    async fn end(&self, claim: Claim, turn: Turn, due: Due) -> Result<TurnOutcome, StorageError> {
        let without_end = outcome_of(&turn.done);
        let settled = settle(&due.worker, &due.book, turn.clone());
        let taken = settled.worker.instance_id.clone().filter(|_| due.worker.instance_id.is_none());
        if let Some(waiting) = settled.book.waiting {
            set_on_current(semconv::CCM_WAIT_REASON, &waiting.reason.into_str());
        }
        let event_id = self.clock.new_id();
        let event = move |before: &Worker, after: &Worker| {
            event::updated(event_id, before, after, &Actor::process_for(after))
        };
        let (generation, now, share) = (turn.generation, turn.now, turn.share);
        let ended = self.store.end_turn(claim, |worker, book| settle(worker, book, turn), event).await;
        let ended = match (ended, taken) {
            (Err(error), Some(machine)) if error.is_unique_violation() => {
                let done = Done::MachineTaken { machine };
                let failed = Turn { generation, seen: None, done, now, share };
                self.store.end_turn(claim, |worker, book| settle(worker, book, failed), event).await?
            }
            (ended, _) => ended?,
        };
        let Some((before, after)) = ended else {
            tracing::debug!(worker_id = %claim.worker_id, "the lease of a turn was lost; nothing was stored");
            return Ok(TurnOutcome::NotStored);
        };
        report(&before, &after, &due.book);
        let ended = after.outcome.filter(|_| before.outcome.is_none()).map(|it| it.result);
        Ok(match ended {
            Some(OutcomeResult::Converged) => TurnOutcome::Converged,
            Some(OutcomeResult::Failed) => TurnOutcome::Failed,
            Some(OutcomeResult::Superseded) | None => without_end,
        })
    }
}

/// What a turn has led to that ends no generation.
fn outcome_of(done: &Done) -> TurnOutcome {
    match done {
        Done::LookFailed { .. } | Done::Called { result: Err(_), .. } => TurnOutcome::ProviderFailed,
        Done::Called { result: Ok(_), .. } => TurnOutcome::Called,
        Done::Stepped(_) | Done::MachineTaken { .. } => TurnOutcome::Waiting,
    }
}

/// Logs and counts what a turn has changed.
fn report(before: &Worker, after: &Worker, book: &Book) {
    let worker_id = after.id;
    if before.observed.state != after.observed.state {
        let (from, to) = (before.observed.state.into_str(), after.observed.state.into_str());
        tracing::info!(%worker_id, from, to, generation = after.desired.generation, "a worker changed its state");
    }
    if let (None, Some(outcome)) = (&before.outcome, &after.outcome) {
        let after_that = outcome.at - after.desired.set_at;
        metrics::generation_ended(after.desired.state, outcome.result, after_that);
    }
    if let (None, Some(failure)) = (&before.failure, &after.failure) {
        let failures = book.failures;
        tracing::warn!(%worker_id, failures, reason = failure.reason, message = failure.message, "a worker failed");
    }
}

/// The client span of a provider call, which may have begun already.
fn provider_span(provider: &'static str, call: &'static str, begun: Option<Interval>) -> Span {
    let builder = SpanBuilder::new(SpanKind::Client);
    let builder = match begun {
        Some(interval) => builder.started_with(interval),
        None => builder,
    };
    builder.start(|it| {
        it.name(format!("{provider} {call}"));
        it.set(semconv::CCM_PROVIDER_NAME, provider);
        it.set(semconv::CCM_PROVIDER_CALL, call);
        it.set(semconv::PEER_SERVICE, provider);
        it.set(semconv::SERVICE_PEER_NAME, provider);
    })
}

fn fail(span: &Span, error: &ProviderError) {
    span.record(|it| {
        if let ProviderError::Permanent { reason, .. } = error {
            it.set(semconv::CCM_ERROR_REASON, reason.into_str());
        }
        let text = match error {
            ProviderError::Throttled { .. } => "the provider throttles calls",
            ProviderError::Transient(_) => "the call may succeed later",
            ProviderError::Conflict { .. } => "not possible in the state of the machine",
            ProviderError::Permanent { .. } => "the call will never succeed",
        };
        it.fail(error.class(), text);
    });
}
