//! gRPC to SQL.

use access::Verifier;
use platform::clock::Clock;
use platform::shutdown::Shutdown;
use proto::task::v1::task_service_server::{TaskService, TaskServiceServer};
use proto::task::v1::{
    CancelTaskRequest, CancelTaskResponse, CreateTaskRequest, CreateTaskResponse, DeleteTaskRequest,
    DeleteTaskResponse, GetTaskRequest, GetTaskResponse, ListTasksRequest, ListTasksResponse,
    RetryTaskRequest, RetryTaskResponse, Task, TaskKind, TaskPriority, TaskStatus, UpdateTaskRequest,
    UpdateTaskResponse,
};
use proto::timestamp;
use tonic::metadata::MetadataMap;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_tracing_opentelemetry::middleware::server::OtelGrpcLayer;
use tower::util::option_layer;
use uuid::Uuid;

use crate::Common;
use crate::store::{Row, Store};
use crate::tls;

pub(crate) async fn serve(common: &Common, database: &str, shutdown: Shutdown) -> anyhow::Result<()> {
    let store = Store::open(database).await?;
    let tasks = Tasks { store, verifier: common.verifier()?, clock: Clock::system() };
    let listener = tokio::net::TcpListener::bind(common.listen).await?;
    let mut server = Server::builder();
    if let Some(identity) = tls::identity(common)? {
        server = server.tls_config(ServerTlsConfig::new().identity(identity))?;
    }
    let served = server
        .layer(option_layer(common.traced.then(OtelGrpcLayer::default)))
        .add_service(TaskServiceServer::new(tasks))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
    tokio::select! {
        served = served => Ok(served?),
        () = shutdown.cancelled() => Ok(()),
    }
}

struct Tasks {
    store: Store,
    verifier: Verifier,
    clock: Clock,
}

impl Tasks {
    async fn caller(&self, metadata: &MetadataMap) -> Result<access::Caller, Status> {
        let headers = metadata.clone().into_headers();
        let admission = self.verifier.verify(&headers).await;
        Ok(admission?)
    }
}

#[tonic::async_trait]
impl TaskService for Tasks {
    async fn create_task(
        &self,
        request: Request<CreateTaskRequest>,
    ) -> Result<Response<CreateTaskResponse>, Status> {
        let caller = self.caller(request.metadata()).await?;
        let asked = request.into_inner().task.unwrap_or_default();
        if asked.title.trim().is_empty() || asked.title.chars().count() > 200 {
            return Err(Status::invalid_argument("the title must have 1 to 200 characters"));
        }
        let now = self.clock.now().0;
        let row = Row {
            id: self.clock.new_id(),
            status: "pending".to_owned(),
            priority: match asked.priority() {
                TaskPriority::Low => "low",
                TaskPriority::High => "high",
                TaskPriority::Medium | TaskPriority::Unspecified => "medium",
            }
            .to_owned(),
            title: asked.title,
            description: asked.description,
            assignee_id: asked.assignee_id,
            department: asked.department.or_else(|| caller.department.clone()),
            worker_id: None,
            created_by: caller.sub.to_string(),
            created_at: now,
            updated_at: now,
            version: 1,
            revision: 1,
        };
        let task = answer(row.clone());
        let resource = serde_json::to_value(&task).map_err(failed)?;
        self.store.insert(row, self.clock.new_id(), resource).await.map_err(failed)?;
        Ok(Response::new(CreateTaskResponse { task: Some(task), replayed: false, existing: false }))
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Result<Response<GetTaskResponse>, Status> {
        self.caller(request.metadata()).await?;
        let id = Uuid::try_parse(&request.get_ref().id).map_err(|_| Status::not_found("no such task"))?;
        let row = self.store.get(id).await.map_err(failed)?;
        let row = row.ok_or_else(|| Status::not_found("no such task"))?;
        Ok(Response::new(GetTaskResponse { task: Some(answer(row)) }))
    }

    async fn list_tasks(
        &self,
        request: Request<ListTasksRequest>,
    ) -> Result<Response<ListTasksResponse>, Status> {
        self.caller(request.metadata()).await?;
        let request = request.into_inner();
        let size = if request.page_size == 0 { 50 } else { request.page_size.clamp(1, 200) };
        let after = match request.page_token.split_once('_') {
            None => (i64::MAX, Uuid::max()),
            Some((at, id)) => {
                let wrong = || Status::invalid_argument("no page token of ours");
                (at.parse().map_err(|_| wrong())?, Uuid::try_parse(id).map_err(|_| wrong())?)
            }
        };
        // One more tells whether there is another page.
        let mut rows = self.store.list(after, i64::from(size) + 1).await.map_err(failed)?;
        let size = usize::try_from(size).unwrap_or_default();
        let more = rows.len() > size;
        rows.truncate(size);
        let last = rows.last().filter(|_| more);
        let next_page_token = last.map(|it| format!("{}_{}", it.created_at, it.id)).unwrap_or_default();
        let tasks = rows.into_iter().map(answer).collect();
        Ok(Response::new(ListTasksResponse { tasks, next_page_token }))
    }

    async fn update_task(
        &self,
        _: Request<UpdateTaskRequest>,
    ) -> Result<Response<UpdateTaskResponse>, Status> {
        Err(Status::unimplemented("this is not measured"))
    }

    async fn delete_task(
        &self,
        _: Request<DeleteTaskRequest>,
    ) -> Result<Response<DeleteTaskResponse>, Status> {
        Err(Status::unimplemented("this is not measured"))
    }

    async fn cancel_task(
        &self,
        _: Request<CancelTaskRequest>,
    ) -> Result<Response<CancelTaskResponse>, Status> {
        Err(Status::unimplemented("this is not measured"))
    }

    async fn retry_task(&self, _: Request<RetryTaskRequest>) -> Result<Response<RetryTaskResponse>, Status> {
        Err(Status::unimplemented("this is not measured"))
    }
}

fn answer(row: Row) -> Task {
    let priority = match row.priority.as_str() {
        "low" => TaskPriority::Low,
        "high" => TaskPriority::High,
        _ => TaskPriority::Medium,
    };
    Task {
        id: row.id.to_string(),
        title: row.title,
        description: row.description,
        status: TaskStatus::Pending.into(),
        priority: priority.into(),
        assignee_id: row.assignee_id,
        department: row.department,
        worker_id: row.worker_id.map(|it| it.to_string()),
        created_by: row.created_by,
        kind: TaskKind::Human.into(),
        created_at: Some(timestamp(row.created_at)),
        updated_at: Some(timestamp(row.updated_at)),
        version: row.version,
        revision: row.revision,
        action: None,
        run: None,
    }
}

fn failed(error: impl std::fmt::Display) -> Status {
    Status::internal(error.to_string())
}
