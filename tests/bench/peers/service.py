"""gRPC to SQL: grpc.aio with uvloop, asyncpg or aiosqlite, on the product's tables."""

import asyncio
import json
import signal
import time
import uuid

import grpc
import uvloop
from ccm.task.v1 import task_pb2, task_service_pb2, task_service_pb2_grpc
from google.protobuf.json_format import MessageToDict

import common
import store

PRIORITIES = {
    "low": task_pb2.TASK_PRIORITY_LOW,
    "medium": task_pb2.TASK_PRIORITY_MEDIUM,
    "high": task_pb2.TASK_PRIORITY_HIGH,
}
NAMES = {number: name for name, number in PRIORITIES.items()}
FIRST = (2**63 - 1, uuid.UUID(int=2**128 - 1))


def task(row):
    message = task_pb2.Task(
        id=str(row[0]),
        title=row[1],
        description=row[2],
        status=task_pb2.TASK_STATUS_PENDING,
        priority=PRIORITIES[row[4]],
        assignee_id=row[5],
        department=row[6],
        worker_id=row[7] and str(row[7]),
        created_by=row[8],
        kind=task_pb2.TASK_KIND_HUMAN,
        version=row[11],
        revision=row[12],
    )
    message.created_at.FromMicroseconds(row[9])
    message.updated_at.FromMicroseconds(row[10])
    return message


class Tasks(task_service_pb2_grpc.TaskServiceServicer):
    def __init__(self, database, verifier):
        self.database = database
        self.verifier = verifier

    async def caller(self, context):
        sent = dict(context.invocation_metadata())
        try:
            return self.verifier.claims(sent.get("authorization"))
        except common.Refused:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "no valid token")

    async def CreateTask(self, request, context):
        caller = await self.caller(context)
        asked = request.task
        if not 1 <= len(asked.title.strip()) <= 200:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the title must have 1 to 200 characters")
        now = time.time_ns() // 1000
        row = (
            store.new_id(),
            asked.title,
            asked.description,
            "pending",
            NAMES.get(asked.priority, "medium"),
            asked.assignee_id if asked.HasField("assignee_id") else None,
            asked.department if asked.HasField("department") else caller.get("department"),
            None,
            caller["sub"],
            now,
            now,
            1,
            1,
        )
        made = task(row)
        resource = json.dumps(MessageToDict(made, preserving_proto_field_name=True))
        await self.database.insert(row, resource)
        return task_service_pb2.CreateTaskResponse(task=made)

    async def GetTask(self, request, context):
        await self.caller(context)
        try:
            row = await self.database.get(uuid.UUID(request.id))
        except ValueError:
            row = None
        if row is None:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such task")
        return task_service_pb2.GetTaskResponse(task=task(row))

    async def ListTasks(self, request, context):
        await self.caller(context)
        size = min(max(request.page_size or 50, 1), 200)
        after = FIRST
        if request.page_token:
            at, _, last = request.page_token.partition("_")
            after = (int(at), uuid.UUID(last))
        rows = await self.database.list(after, size + 1)
        more, rows = len(rows) > size, rows[:size]
        token = f"{rows[-1][9]}_{rows[-1][0]}" if more else ""
        return task_service_pb2.ListTasksResponse(tasks=[task(it) for it in rows], next_page_token=token)


async def main(options):
    database = await store.connect(options.database)
    server = grpc.aio.server()
    tasks = Tasks(database, common.Verifier(options.keys))
    task_service_pb2_grpc.add_TaskServiceServicer_to_server(tasks, server)
    server.add_insecure_port(options.listen)
    await server.start()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await server.stop(1)


common.end_with_stdin()
options = common.arguments("database", "migrations")
if options.traced:
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
    from opentelemetry.instrumentation.grpc import GrpcAioInstrumentorServer
    from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor

    common.start_tracing()
    GrpcAioInstrumentorServer().instrument()
    AsyncPGInstrumentor().instrument()
    SQLite3Instrumentor().instrument()
store.MIGRATIONS = options.migrations
uvloop.run(main(options))
