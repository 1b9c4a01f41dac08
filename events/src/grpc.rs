//! `ccm.event.v1.EventService` over the event log, shared by all services. A service describes the subjects of its events
//! by implementing [`Subjects`].

mod end_status;
mod filter;
mod request;
mod response_stream;
mod snapshot;
mod watch;
mod watch_span;

use std::sync::Arc;
use std::time::Duration;

use access::Visibility;
use access::grpc::caller;
use net::grpc::{deadline, status};
use net::places::{Full, Places};
use net::server::{Draining, is_from_process};
use platform::clock::{Clock, Micros};
use platform::violation::Violation;
use proto::event::v1::event_service_server::EventService;
use proto::event::v1::{
    self as wire, ListEventsRequest, ListEventsResponse, WatchEventsRequest, WatchSubject,
};
use telemetry::span::{in_current_context, set_on_current};
use tonic::{Request, Response, Status};
use uuid::Uuid;

pub use response_stream::ResponseStream;

use crate::turns::Turns;
use crate::{EventLog, Snapshot, SubjectKind, Subscriber, metrics, storage_failed};
use filter::Filter;
use request::{Start, WatchQuery};
use snapshot::{MAX_READING, SnapshotProgress};
use storage::{ListId, Page, PageToken, StorageError};
use watch::{Begin, EndConditions, Watch};
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
    /// Maximum number of concurrent WatchEvents streams, and again as many of services.
    pub max_subscribers: usize,
    /// The share of one caller that is no service; 0 sets none.
    pub max_per_caller: usize,
    /// How long a subscriber may read nothing before its stream is ended.
    pub write_timeout: Duration,
}

/// The implementation of `ccm.event.v1.EventService`.
pub struct Events {
    log: EventLog,
    registry: SubjectRegistry,
    watches: Places<Subscriber>,
    /// Those of services, such as the feed of a gateway, and what a gateway reads for its users: nobody else can take their places.
    watches_of_services: Places<Subscriber>,
    write_timeout: Duration,
    /// Turns at reading where a watch begins, and a page of a snapshot.
    reading: Turns,
    clock: Clock,
}

impl Events {
    /// Serves the events of `log`.
    #[must_use]
    pub fn new(log: EventLog, registry: SubjectRegistry, limits: WatchLimits, clock: Clock) -> Self {
        let watches = Places::new(limits.max_subscribers, limits.max_per_caller);
        let watches_of_services = Places::new(limits.max_subscribers, limits.max_per_caller);
        metrics::observe_watches([watches.clone(), watches_of_services.clone()]);
        Self {
            log,
            registry,
            watches,
            watches_of_services,
            write_timeout: limits.write_timeout,
            reading: Turns::new(MAX_READING),
            clock,
        }
    }

    /// Finds out where a watch begins, and that the log can be read from there.
    async fn begin(
        &self,
        start: Start,
        until: Option<i64>,
        subscriber: &Subscriber,
    ) -> Result<Begin, Status> {
        if start == Start::Snapshot {
            return Ok(Begin::Snapshot(None));
        }
        let point = {
            let _turn = self.reading.take(subscriber).await;
            self.log.point().await.map_err(|it| self.registry.failed(it))?
        };
        let resumes = |log_id, position| {
            let is_known = log_id == point.log_id && position <= point.head && position + 1 >= point.oldest;
            if is_known { Ok(()) } else { Err(end_status::history_gone()) }
        };
        let (log_id, position) = match start {
            Start::Earliest => (point.log_id, point.oldest - 1),
            Start::Now | Start::Snapshot => (point.log_id, point.head),
            Start::After { log_id, position } => (log_id, position),
            Start::WithinSnapshot { log_id, position, kind, after } => {
                resumes(log_id, position)?;
                let kind = self.registry.subjects.iter().position(|it| it.kind().wire == kind);
                let kind = kind.ok_or_else(|| {
                    let description = "must be a kind of subject of this service".to_owned();
                    status::invalid(vec![Violation {
                        field: "snapshot_after.subject_kind".to_owned(),
                        description,
                    }])
                })?;
                return Ok(Begin::Snapshot(Some(SnapshotProgress { log_id, position, kind, after })));
            }
        };
        resumes(log_id, position)?;
        if until.is_some_and(|it| it < position || it > point.head) {
            let description =
                "must be between the point at which the stream begins and the end of the log".to_owned();
            return Err(status::invalid(vec![Violation { field: "until".to_owned(), description }]));
        }
        Ok(Begin::After { log_id, position })
    }
}

#[tonic::async_trait]
impl EventService for Events {
    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let caller = caller(&request)?;
        let mut request = request.into_inner();
        let (size, token) = (std::mem::take(&mut request.page_size), std::mem::take(&mut request.page_token));
        let page = Page::new(size, &token, ListId::of("ccm.event.v1.EventService/ListEvents", &request));
        let page = page.map_err(|it| status::invalid(vec![it.into()]))?;
        let Some(subjects) = self.registry.of_kind(request.subject_kind) else {
            let description = "must be a kind of subject of this service, or unset".to_owned();
            return Err(status::invalid(vec![Violation { field: "subject_kind".to_owned(), description }]));
        };
        let any = request.subject_kind() == wire::SubjectKind::Unspecified;
        let includes = |kind: &SubjectKind| any || kind.wire == subjects.kind().wire;
        let id = Uuid::try_parse(&request.subject_id).map_err(|_| subjects.not_found())?;
        set_on_current(subjects.kind().id_attribute, &id);
        let found = self
            .log
            .history(id, page, caller.visibility(), includes)
            .await
            .map_err(|it| self.registry.failed(it))?;
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
            token_accepted_until: caller.accepted_until,
            clock: self.clock.clone(),
        };
        let query = WatchQuery::of(request.get_ref()).map_err(status::invalid)?;
        let subscriber = Subscriber::of(&caller);
        let place = if subscriber.is_service() {
            self.watches_of_services.take_unshared(1)
        } else if is_from_process(request.extensions()) {
            self.watches_of_services.take(&subscriber, 1)
        } else {
            self.watches.take(&subscriber, 1)
        };
        let place = place.map_err(|full| match full {
            Full::Total => end_status::too_many_subscribers(),
            Full::Share => end_status::too_many_watches_of_caller(),
        })?;
        let until = query.until;
        let begin = self.begin(query.start, until, &subscriber).await?;
        let watch = Watch {
            log: self.log.clone(),
            registry: self.registry.clone(),
            filter: Filter { visibility: caller.visibility().clone(), query },
            begin,
            until,
            reading: self.reading.clone(),
            subscriber,
            span: WatchSpan::begin(),
        };
        let (sender, stream) = response_stream::channel(self.write_timeout, place);
        tokio::spawn(in_current_context(watch.run(end_conditions, sender)));
        Ok(Response::new(stream))
    }
}

#[cfg(test)]
mod tests;
