"""REST to gRPC: FastAPI on uvicorn, with uvloop and httptools."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Literal

import grpc
import uvicorn
from ccm.task.v1 import task_pb2, task_service_pb2, task_service_pb2_grpc
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel

import common

STATUS = {
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
}
PRIORITIES = {"low": "LOW", "medium": "MEDIUM", "high": "HIGH"}


class NewTask(BaseModel):
    title: str
    description: str = ""
    priority: Literal["low", "medium", "high"] | None = None
    assignee_id: str | None = None
    department: str | None = None


class Task(BaseModel):
    id: str
    title: str
    description: str
    status: str
    priority: str
    assignee_id: str | None
    department: str | None
    worker_id: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int
    revision: int


class Tasks(BaseModel):
    items: list[Task]
    next_page_token: str


def name(enum, value, prefix):
    return enum.Name(value).removeprefix(prefix).lower()


def optional(message, field):
    return getattr(message, field) if message.HasField(field) else None


def task(message):
    return Task(
        id=message.id,
        title=message.title,
        description=message.description,
        status=name(task_pb2.TaskStatus, message.status, "TASK_STATUS_"),
        priority=name(task_pb2.TaskPriority, message.priority, "TASK_PRIORITY_"),
        assignee_id=optional(message, "assignee_id"),
        department=optional(message, "department"),
        worker_id=optional(message, "worker_id"),
        created_by=message.created_by,
        created_at=message.created_at.ToDatetime(UTC),
        updated_at=message.updated_at.ToDatetime(UTC),
        version=message.version,
        revision=message.revision,
    )


common.end_with_stdin()
options = common.arguments("service")
verifier = common.Verifier(options.keys)


@asynccontextmanager
async def lifespan(app):
    async with grpc.aio.insecure_channel(options.service) as channel:
        app.state.tasks = task_service_pb2_grpc.TaskServiceStub(channel)
        yield


if options.traced:
    from opentelemetry.instrumentation.grpc import GrpcAioInstrumentorClient

    common.start_tracing()
    GrpcAioInstrumentorClient().instrument()

app = FastAPI(lifespan=lifespan)

if options.traced:
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

    FastAPIInstrumentor.instrument_app(app)


async def metadata(authorization: Annotated[str | None, Header()] = None):
    """Verifies the token, and returns the metadata of the calls for this request."""
    try:
        verifier.claims(authorization)
    except common.Refused as error:
        raise HTTPException(401) from error
    return (("authorization", authorization),)


Metadata = Annotated[tuple, Depends(metadata)]


async def answer(call):
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise HTTPException(STATUS.get(error.code(), 500), error.details()) from error


@app.post("/api/tasks", status_code=201)
async def create(body: NewTask, sent: Metadata, request: Request, response: Response) -> Task:
    new = task_pb2.Task(
        title=body.title,
        description=body.description,
        priority=f"TASK_PRIORITY_{PRIORITIES[body.priority]}" if body.priority else None,
        assignee_id=body.assignee_id,
        department=body.department,
    )
    asked = task_service_pb2.CreateTaskRequest(task=new)
    made = task((await answer(request.app.state.tasks.CreateTask(asked, metadata=sent))).task)
    response.headers["location"] = f"/api/tasks/{made.id}"
    response.headers["etag"] = f'"{made.version}"'
    return made


@app.get("/api/tasks/{id}")
async def get_one(id: str, sent: Metadata, request: Request, response: Response) -> Task:
    asked = task_service_pb2.GetTaskRequest(id=id)
    found = task((await answer(request.app.state.tasks.GetTask(asked, metadata=sent))).task)
    response.headers["etag"] = f'"{found.version}"'
    return found


@app.get("/api/tasks")
async def list_tasks(sent: Metadata, request: Request, page_size: int = 0, page_token: str = "") -> Tasks:
    asked = task_service_pb2.ListTasksRequest(page_size=page_size, page_token=page_token)
    found = await answer(request.app.state.tasks.ListTasks(asked, metadata=sent))
    return Tasks(items=[task(it) for it in found.tasks], next_page_token=found.next_page_token)


host, _, port = options.listen.rpartition(":")
uvicorn.run(app, host=host, port=int(port), access_log=False, log_level="warning")
