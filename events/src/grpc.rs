//! `ccm.event.v1.EventService` over the event log, the same in every service. What differs stands in [`Subjects`].

mod end_status;
mod filter;
mod request;
mod response_stream;
mod snapshot_permits;
mod watch;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use access::grpc::caller;
use access::{Caller, Visibility};
use net::grpc::{deadline, status};
use net::server::Draining;
use platform::clock::{Clock, Micros};
use proto::event::v1::event_service_server::EventService;
use proto::event::v1::{ListEventsRequest, ListEventsResponse, WatchEventsRequest, WatchSubject};
use telemetry::span::in_current_context;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub use response_stream::Inbox;

use crate::{EventLog, Snapshot, SubjectKind, storage_failed};
use filter::{Filter, Seen};
use request::{Asked, Start};
use snapshot_permits::Turns;
use storage::{ListId, Page, PageToken, StorageError};
use watch::{Until, Watch};

/// A row's place among all, newest first: when it was created, and its id.
pub type Place = (i64, Uuid);

/// The subjects of one kind, of which a service tells.
#[tonic::async_trait]
pub trait Subjects: Send + Sync + 'static {
    /// Their kind.
    fn kind(&self) -> &'static SubjectKind;

    /// Which of them exist for a caller.
    fn seen_by(&self, caller: &Caller) -> Visibility;

    /// The next ones that are seen behind a place, at most `limit`, and where to go on when there may be more.
    async fn page(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        after: Option<Place>,
        limit: i64,
    ) -> Result<(Vec<WatchSubject>, Option<Place>), StorageError>;

    /// One of them, if there is such a one and it is seen.
    async fn one(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        id: Uuid,
    ) -> Result<Option<WatchSubject>, StorageError>;

    /// Deletes at most `limit` of them for good that were marked as deleted before then, and tells how many.
    async fn purge(&self, deleted_before: Micros, limit: i64) -> Result<usize, StorageError>;
}

/// What the service is to its callers.
#[derive(Clone)]
pub struct Teller {
    /// Its name, for errors.
    pub service: &'static str,
    /// What it has.
    pub subjects: Vec<Arc<dyn Subjects>>,
    /// NOT_FOUND: no subject of this id, or none that the caller may see.
    pub not_found: fn() -> Status,
}

impl Teller {
    /// What exists for a caller.
    fn seen_by(&self, caller: &Caller) -> Seen {
        Seen(self.subjects.iter().map(|it| (it.kind().name, it.seen_by(caller))).collect())
    }

    fn failed(&self, error: StorageError) -> Status {
        storage_failed(self.service, error)
    }
}

/// How much watchers may take.
#[derive(Clone, Copy, Debug)]
pub struct WatchLimits {
    /// How many watch at once.
    pub watchers: usize,
    /// How long a reader may take nothing.
    pub patience: Duration,
}

/// The service.
pub struct Events {
    log: EventLog,
    teller: Teller,
    places: Arc<Semaphore>,
    patience: Duration,
    turns: Arc<Turns>,
    clock: Clock,
}

impl Events {
    /// Tells what `log` has.
    #[must_use]
    pub fn new(log: EventLog, teller: Teller, limits: WatchLimits, clock: Clock) -> Self {
        Self {
            log,
            teller,
            places: Arc::new(Semaphore::new(limits.watchers)),
            patience: limits.patience,
            turns: Turns::new(),
            clock,
        }
    }

    /// Behind which point a watch begins; `None`: behind its snapshot.
    async fn place_of(&self, start: Start) -> Result<Option<(Uuid, i64)>, Status> {
        if start == Start::Snapshot {
            return Ok(None);
        }
        let point = self.log.point().await.map_err(|it| self.teller.failed(it))?;
        let position = match start {
            Start::Earliest => point.oldest - 1,
            Start::Now | Start::Snapshot => point.head,
            Start::After { log_id, position } => {
                if log_id != point.log_id || position > point.head || position + 1 < point.oldest {
                    return Err(end_status::history_gone());
                }
                position
            }
        };
        Ok(Some((point.log_id, position)))
    }
}

#[tonic::async_trait]
impl EventService for Events {
    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let seen = self.teller.seen_by(&caller(&request)?);
        let mut request = request.into_inner();
        let (size, token) = (std::mem::take(&mut request.page_size), std::mem::take(&mut request.page_token));
        let page = Page::new(size, &token, ListId::of("ccm.event.v1.EventService/ListEvents", &request));
        let page = page.map_err(|it| status::invalid(vec![it.into()]))?;
        let id = Uuid::try_parse(&request.subject_id).map_err(|_| (self.teller.not_found)())?;
        let found =
            self.log.history(id, page, |kind| seen.of(kind)).await.map_err(|it| self.teller.failed(it))?;
        let (events, next) = found.ok_or_else(self.teller.not_found)?;
        Ok(Response::new(ListEventsResponse {
            events: events.into_iter().map(|it| it.event).collect(),
            next_page_token: next.map(PageToken::to_text).unwrap_or_default(),
        }))
    }

    type WatchEventsStream = Inbox;

    async fn watch_events(
        &self,
        request: Request<WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let caller = caller(&request)?;
        let until = Until {
            connection: Draining::of(request.extensions()),
            deadline: deadline::current(),
            token_ends: caller.expires_at,
            clock: self.clock.clone(),
        };
        let asked = Asked::of(request.get_ref()).map_err(status::invalid)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| end_status::too_many())?;
        let after = self.place_of(asked.start).await?;
        let watch = Watch {
            log: self.log.clone(),
            teller: self.teller.clone(),
            filter: Filter { seen: self.teller.seen_by(&caller), asked, told_already: HashSet::new() },
            after,
            turns: self.turns.clone(),
            person: Turns::person(&caller),
        };
        let (outbox, inbox) = response_stream::way(self.patience, place);
        tokio::spawn(in_current_context(watch.run(until, outbox)));
        Ok(Response::new(inbox))
    }
}
