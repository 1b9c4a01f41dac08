//! `ccm.event.v1.EventService` over the event log, shared by all services. A service describes the subjects of its events
//! by implementing [`Subjects`].

mod end_status;
mod filter;
mod request;
mod response_stream;
mod snapshot_permits;
mod watch;
mod watch_span;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use access::grpc::caller;
use access::{Caller, Visibility};
use net::grpc::{deadline, status};
use net::server::Draining;
use platform::clock::{Clock, Micros};
use platform::violation::Violation;
use proto::event::v1::event_service_server::EventService;
use proto::event::v1::{
    self as wire, ListEventsRequest, ListEventsResponse, WatchEventsRequest, WatchSubject,
};
use telemetry::span::{in_current_context, set_on_current};
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub use response_stream::ResponseStream;

use crate::{EventLog, Snapshot, SubjectKind, storage_failed};
use filter::{Filter, VisibilityByKind};
use request::{Start, WatchQuery};
use snapshot_permits::SnapshotPermits;
use storage::{ListId, Page, PageToken, StorageError};
use watch::{EndConditions, Watch};
use watch_span::WatchSpan;

/// The key by which lists are sorted, newest first: the creation time in microseconds since 1970, and the id.
pub type ListKey = (i64, Uuid);

/// The subjects of one kind: the tasks, or the workers.
#[tonic::async_trait]
pub trait Subjects: Send + Sync + 'static {
    /// Returns the kind of these subjects.
    fn kind(&self) -> &'static SubjectKind;

    /// Makes the NOT_FOUND status for a subject that does not exist or that the caller may not see.
    fn not_found(&self) -> Status;

    /// Returns the rule that decides which of these subjects the caller may see.
    fn visibility_for(&self, caller: &Caller) -> Visibility;

    /// Returns at most `limit` visible subjects after the key `after`, newest first. The returned key is where the next
    /// page starts; `None` after the last page.
    async fn page(
        &self,
        snapshot: &mut Snapshot,
        visibility: &Visibility,
        after: Option<ListKey>,
        limit: i64,
    ) -> Result<(Vec<WatchSubject>, Option<ListKey>), StorageError>;

    /// Returns one subject; `None` if it does not exist or is not visible.
    async fn get(
        &self,
        snapshot: &mut Snapshot,
        visibility: &Visibility,
        id: Uuid,
    ) -> Result<Option<WatchSubject>, StorageError>;

    /// Removes the rows of at most `limit` subjects that were deleted before that time, and returns their number.
    async fn purge(&self, deleted_before: Micros, limit: i64) -> Result<usize, StorageError>;
}

/// The kinds of subjects that a service has, and how its errors name it.
#[derive(Clone)]
pub struct SubjectRegistry {
    /// Name of the service in error messages: `task-service`.
    pub service: &'static str,
    /// The subjects, one entry for each kind.
    pub subjects: Vec<Arc<dyn Subjects>>,
}

impl SubjectRegistry {
    fn visibility_for(&self, caller: &Caller) -> VisibilityByKind {
        VisibilityByKind(self.subjects.iter().map(|it| (it.kind().name, it.visibility_for(caller))).collect())
    }

    /// Returns the subjects of the requested kind, or the first ones if the request names none; `None` if the service has no
    /// such kind.
    fn of_kind(&self, kind: i32) -> Option<&Arc<dyn Subjects>> {
        let is_any = kind == i32::from(wire::SubjectKind::Unspecified);
        self.subjects.iter().find(|it| is_any || kind == i32::from(it.kind().wire))
    }

    fn failed(&self, error: StorageError) -> Status {
        storage_failed(self.service, error)
    }
}

/// Limits of the subscribers of a process.
#[derive(Clone, Copy, Debug)]
pub struct WatchLimits {
    /// Maximum number of concurrent WatchEvents streams.
    pub max_subscribers: usize,
    /// How long a subscriber may read nothing before its stream is ended.
    pub write_timeout: Duration,
}

/// The implementation of `ccm.event.v1.EventService`.
pub struct Events {
    log: EventLog,
    registry: SubjectRegistry,
    watch_permits: Arc<Semaphore>,
    write_timeout: Duration,
    snapshot_permits: Arc<SnapshotPermits>,
    clock: Clock,
}

impl Events {
    /// Serves the events of `log`.
    #[must_use]
    pub fn new(log: EventLog, registry: SubjectRegistry, limits: WatchLimits, clock: Clock) -> Self {
        Self {
            log,
            registry,
            watch_permits: Arc::new(Semaphore::new(limits.max_subscribers)),
            write_timeout: limits.write_timeout,
            snapshot_permits: SnapshotPermits::new(),
            clock,
        }
    }

    /// Returns the cursor after which a watch starts; `None` if the watch starts with a snapshot.
    async fn start_cursor(&self, start: Start) -> Result<Option<(Uuid, i64)>, Status> {
        if start == Start::Snapshot {
            return Ok(None);
        }
        let point = self.log.point().await.map_err(|it| self.registry.failed(it))?;
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
        let visibility = self.registry.visibility_for(&caller(&request)?);
        let mut request = request.into_inner();
        let (size, token) = (std::mem::take(&mut request.page_size), std::mem::take(&mut request.page_token));
        let page = Page::new(size, &token, ListId::of("ccm.event.v1.EventService/ListEvents", &request));
        let page = page.map_err(|it| status::invalid(vec![it.into()]))?;
        let Some(subjects) = self.registry.of_kind(request.subject_kind) else {
            let description = "must be a kind of subject of this service, or unset".to_owned();
            return Err(status::invalid(vec![Violation { field: "subject_kind".to_owned(), description }]));
        };
        let any = request.subject_kind() == wire::SubjectKind::Unspecified;
        let visible =
            |kind: &SubjectKind| visibility.of(kind).filter(|_| any || kind.wire == subjects.kind().wire);
        let id = Uuid::try_parse(&request.subject_id).map_err(|_| subjects.not_found())?;
        set_on_current(subjects.kind().id_attribute, &id);
        let found = self.log.history(id, page, visible).await.map_err(|it| self.registry.failed(it))?;
        let (events, next) = found.ok_or_else(|| subjects.not_found())?;
        Ok(Response::new(ListEventsResponse {
            events: events.into_iter().map(|it| it.event).collect(),
            next_page_token: next.map(PageToken::to_text).unwrap_or_default(),
        }))
    }

    type WatchEventsStream = ResponseStream;

    async fn watch_events(
        &self,
        request: Request<WatchEventsRequest>,
    ) -> Result<Response<Self::WatchEventsStream>, Status> {
        let caller = caller(&request)?;
        let end_conditions = EndConditions {
            connection: Draining::of(request.extensions()),
            deadline: deadline::current(),
            token_expires_at: caller.expires_at,
            clock: self.clock.clone(),
        };
        let query = WatchQuery::of(request.get_ref()).map_err(status::invalid)?;
        let permit =
            self.watch_permits.clone().try_acquire_owned().map_err(|_| end_status::too_many_subscribers())?;
        let after = self.start_cursor(query.start).await?;
        let watch = Watch {
            log: self.log.clone(),
            registry: self.registry.clone(),
            filter: Filter {
                visibility: self.registry.visibility_for(&caller),
                query,
                in_snapshot: HashSet::new(),
            },
            after,
            snapshot_permits: self.snapshot_permits.clone(),
            holder: SnapshotPermits::holder(&caller),
            span: WatchSpan::begin(),
        };
        let (sender, stream) = response_stream::channel(self.write_timeout, permit);
        tokio::spawn(in_current_context(watch.run(end_conditions, sender)));
        Ok(Response::new(stream))
    }
}
