//! REST to gRPC.

use access::{Caller, Verifier};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use axum_tracing_opentelemetry::middleware::OtelAxumLayer;
use http::request::Parts;
use http::{StatusCode, header};
use platform::shutdown::Shutdown;
use proto::Timestamp;
use proto::task::v1::task_service_client::TaskServiceClient;
use proto::task::v1::{self as wire, CreateTaskRequest, GetTaskRequest, ListTasksRequest, TaskPriority};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic_tracing_opentelemetry::middleware::client::{OtelGrpcLayer, OtelGrpcService};
use tower::Layer as _;
use tower::util::{Either, option_layer};

use crate::Common;
use crate::stream::{self, Feed};
use crate::tls;

#[derive(Clone)]
pub(crate) struct Gateway {
    pub(crate) feed: Feed,
    verifier: Verifier,
    tasks: TaskServiceClient<Either<OtelGrpcService<Channel>, Channel>>,
}

pub(crate) async fn serve(
    common: &Common,
    (service, ca): (&str, Option<&std::path::Path>),
    event_bytes: Option<usize>,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let mut endpoint = Endpoint::from_shared(service.to_owned())?.tcp_nodelay(true);
    if let Some(ca) = ca {
        let ca = Certificate::from_pem(std::fs::read(ca)?);
        endpoint = endpoint.tls_config(ClientTlsConfig::new().ca_certificate(ca))?;
    }
    let channel = endpoint.connect_lazy();
    let channel = option_layer(common.traced.then_some(OtelGrpcLayer)).layer(channel);
    let gateway = Gateway {
        feed: Feed::new(event_bytes.unwrap_or_default()),
        verifier: common.verifier()?,
        tasks: TaskServiceClient::new(channel),
    };
    let mut routes = Router::new()
        .route("/api/tasks", get(list).post(create))
        .route("/api/tasks/{id}", get(get_one))
        .route("/api/events/stream", get(stream::open))
        .with_state(gateway);
    if common.traced {
        routes = routes.layer(OtelAxumLayer::default());
    }
    let listener = tokio::net::TcpListener::bind(common.listen).await?;
    if event_bytes.is_some() {
        return stream::serve(listener, routes, shutdown).await;
    }
    if let Some(acceptor) = tls::acceptor(common)? {
        let listener = tls::Listener { listener, acceptor };
        return tokio::select! {
            served = axum::serve(listener, routes) => Ok(served?),
            () = shutdown.cancelled() => Ok(()),
        };
    }
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    // Connections that are kept alive are not waited for.
    tokio::select! {
        served = axum::serve(listener, routes) => Ok(served?),
        () = shutdown.cancelled() => Ok(()),
    }
}

async fn create(
    State(mut gateway): State<Gateway>,
    Authenticated(caller): Authenticated,
    Json(body): Json<NewTask>,
) -> Result<Response, Failure> {
    let priority = match body.priority.as_deref() {
        None => TaskPriority::Unspecified,
        Some("low") => TaskPriority::Low,
        Some("medium") => TaskPriority::Medium,
        Some("high") => TaskPriority::High,
        Some(_) => return Err(Failure(StatusCode::BAD_REQUEST, "no such priority".to_owned())),
    };
    let task = wire::Task {
        title: body.title,
        description: body.description,
        priority: priority.into(),
        assignee_id: body.assignee_id,
        department: body.department,
        ..wire::Task::default()
    };
    let request = CreateTaskRequest { task: Some(task), ..CreateTaskRequest::default() };
    let answer = gateway.tasks.create_task(caller.request(request)).await?.into_inner();
    let task = Task::from(answer.task.unwrap_or_default());
    gateway.feed.tell(&task);
    let headers = [(header::LOCATION, format!("/api/tasks/{}", task.id)), (header::ETAG, etag(&task))];
    Ok((StatusCode::CREATED, headers, Json(task)).into_response())
}

async fn get_one(
    State(mut gateway): State<Gateway>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let answer = gateway.tasks.get_task(caller.request(GetTaskRequest { id })).await?.into_inner();
    let task = Task::from(answer.task.unwrap_or_default());
    Ok(([(header::ETAG, etag(&task))], Json(task)).into_response())
}

async fn list(
    State(mut gateway): State<Gateway>,
    Authenticated(caller): Authenticated,
    Query(page): Query<Page>,
) -> Result<Json<Tasks>, Failure> {
    let request = ListTasksRequest {
        page_size: page.page_size,
        page_token: page.page_token,
        ..ListTasksRequest::default()
    };
    let answer = gateway.tasks.list_tasks(caller.request(request)).await?.into_inner();
    let items = answer.tasks.into_iter().map(Task::from).collect();
    Ok(Json(Tasks { items, next_page_token: answer.next_page_token }))
}

pub(crate) struct Authenticated(pub(crate) Caller);

impl FromRequestParts<Gateway> for Authenticated {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let admission = gateway.verifier.verify(&parts.headers).await;
        Ok(Self(admission.map_err(tonic::Status::from)?))
    }
}

pub(crate) struct Failure(StatusCode, String);

impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        let code = match status.code() {
            tonic::Code::NotFound => StatusCode::NOT_FOUND,
            tonic::Code::InvalidArgument => StatusCode::BAD_REQUEST,
            tonic::Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self(code, status.message().to_owned())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

#[derive(Deserialize)]
struct NewTask {
    title: String,
    #[serde(default)]
    description: String,
    priority: Option<String>,
    assignee_id: Option<String>,
    department: Option<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Page {
    page_size: i32,
    page_token: String,
}

#[derive(Serialize)]
struct Tasks {
    items: Vec<Task>,
    next_page_token: String,
}

#[derive(Serialize)]
pub(crate) struct Task {
    pub(crate) id: String,
    title: String,
    description: String,
    status: &'static str,
    priority: &'static str,
    assignee_id: Option<String>,
    department: Option<String>,
    worker_id: Option<String>,
    pub(crate) created_by: String,
    pub(crate) created_at: String,
    updated_at: String,
    version: i64,
    pub(crate) revision: i64,
}

impl From<wire::Task> for Task {
    fn from(task: wire::Task) -> Self {
        let (status, priority) = (task.status(), task.priority());
        Self {
            id: task.id,
            title: task.title,
            description: task.description,
            status: if status == wire::TaskStatus::Pending { "pending" } else { "unknown" },
            priority: match priority {
                TaskPriority::Low => "low",
                TaskPriority::Medium => "medium",
                TaskPriority::High => "high",
                TaskPriority::Unspecified => "unknown",
            },
            assignee_id: task.assignee_id,
            department: task.department,
            worker_id: task.worker_id,
            created_by: task.created_by,
            created_at: rfc3339(task.created_at.as_ref()),
            updated_at: rfc3339(task.updated_at.as_ref()),
            version: task.version,
            revision: task.revision,
        }
    }
}

fn etag(task: &Task) -> String {
    format!("\"{}\"", task.version)
}

fn rfc3339(at: Option<&Timestamp>) -> String {
    let nanos = at.map(|it| i128::from(it.seconds) * 1_000_000_000 + i128::from(it.nanos));
    let at = nanos.and_then(|it| OffsetDateTime::from_unix_timestamp_nanos(it).ok());
    at.and_then(|it| it.format(&Rfc3339).ok()).unwrap_or_default()
}
