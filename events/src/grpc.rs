//! `ccm.event.v1.EventService` over the event log, the same in both services. What differs stands in [`Subjects`].

mod ending;
mod filter;
mod outbox;
mod request;
mod turns;
mod watch;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use access::grpc::caller;
use access::{Caller, Visibility};
use net::grpc::accept::Ending;
use net::grpc::{deadline, status};
use platform::clock::{Clock, Micros};
use proto::event::v1::event_service_server::EventService;
use proto::event::v1::{ListEventsRequest, ListEventsResponse, WatchEventsRequest, WatchSubject};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};
use tracing::Instrument as _;
use uuid::Uuid;

pub use outbox::Inbox;

use crate::{EventLog, Snapshot, storage_failed};
use filter::Filter;
use request::{Asked, Start};
use storage::{ListId, Page, PageToken, StorageError};
use turns::Turns;
use watch::{Until, Watch};

/// A row's place among all, newest first: when it was created, and its id.
pub type Place = (i64, Uuid);

/// What a service's events are about.
pub trait Subjects: Send + Sync + 'static {
    /// Name of the service, for errors.
    const SERVICE: &'static str;

    /// Which subjects exist for a caller.
    fn seen_by(caller: &Caller) -> Visibility;

    /// NOT_FOUND: none, or none that the caller may see.
    fn not_found() -> Status;

    /// The next subjects that are seen behind a place, at most `limit`, and where to go on when there may be more.
    fn page(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        after: Option<Place>,
        limit: i64,
    ) -> impl Future<Output = Result<(Vec<WatchSubject>, Option<Place>), StorageError>> + Send;

    /// One subject, if it is seen.
    fn one(
        &self,
        snapshot: &mut Snapshot,
        seen: &Visibility,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<WatchSubject>, StorageError>> + Send;

    /// Really deletes at most `limit` subjects that were deleted before then, and tells how many.
    fn purge(
        &self,
        deleted_before: Micros,
        limit: i64,
    ) -> impl Future<Output = Result<usize, StorageError>> + Send;
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
pub struct Events<S> {
    log: EventLog,
    subjects: Arc<S>,
    places: Arc<Semaphore>,
    patience: Duration,
    turns: Arc<Turns>,
    clock: Clock,
}

impl<S: Subjects> Events<S> {
    /// Tells what `log` has of `subjects`.
    #[must_use]
    pub fn new(log: EventLog, subjects: S, limits: WatchLimits, clock: Clock) -> Self {
        Self {
            log,
            subjects: Arc::new(subjects),
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
        let point = self.log.point().await.map_err(|it| storage_failed(S::SERVICE, it))?;
        let position = match start {
            Start::Earliest => point.oldest - 1,
            Start::Now | Start::Snapshot => point.head,
            Start::After { log_id, position } => {
                if log_id != point.log_id || position > point.head || position + 1 < point.oldest {
                    return Err(ending::history_gone());
                }
                position
            }
        };
        Ok(Some((point.log_id, position)))
    }
}

#[tonic::async_trait]
impl<S: Subjects> EventService for Events<S> {
    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let seen = S::seen_by(&caller(&request)?);
        let mut request = request.into_inner();
        let (size, token) = (std::mem::take(&mut request.page_size), std::mem::take(&mut request.page_token));
        let page = Page::new(size, &token, ListId::of("ccm.event.v1.EventService/ListEvents", &request));
        let page = page.map_err(|it| status::invalid(vec![it.into()]))?;
        let id = Uuid::try_parse(&request.subject_id).map_err(|_| S::not_found())?;
        let found = self.log.history(id, page, &seen).await.map_err(|it| storage_failed(S::SERVICE, it))?;
        let (events, next) = found.ok_or_else(S::not_found)?;
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
            connection: Ending::of(request.extensions()),
            deadline: deadline::current(),
            token_ends: caller.expires_at,
            clock: self.clock.clone(),
        };
        let asked = Asked::of(request.get_ref()).map_err(status::invalid)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| ending::too_many())?;
        let after = self.place_of(asked.start).await?;
        let watch = Watch {
            log: self.log.clone(),
            subjects: self.subjects.clone(),
            filter: Filter { seen: S::seen_by(&caller), asked, told_already: HashSet::new() },
            after,
            turns: self.turns.clone(),
            person: Turns::person(&caller),
        };
        let (outbox, inbox) = outbox::way(self.patience, place);
        tokio::spawn(watch.run(until, outbox).in_current_span());
        Ok(Response::new(inbox))
    }
}
