"""The product's tables and statements, with the product's durability and numbers of connections."""

import asyncio
import os
import time
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosqlite
import asyncpg

# The repository's folder; set before connect().
MIGRATIONS = None

COLUMNS = """id, title, description, status, priority, assignee_id, department, worker_id, created_by,
    created_at, updated_at, version, revision"""
GET = f"SELECT {COLUMNS} FROM tasks WHERE id = $1 AND deleted_at IS NULL"
LIST = f"""SELECT {COLUMNS} FROM tasks
    WHERE deleted_at IS NULL AND revision > 0 AND (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3"""
INSERT = f"""INSERT INTO tasks ({COLUMNS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"""
INSERT_EVENT = """INSERT INTO events (id, type, subject_kind, subject_id, revision, occurred_at, actor,
    existed_before, exists_after, department_after, assignee_id_after, created_by_after, resource)
    VALUES ($1, 'task.created', 'task', $2, $3, $4, $5, false, true, $6, $7, $8, $9)"""


def new_id():
    """Returns a UUID of version 7."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | (7 << 76)
    return uuid.UUID(int=value & ~(0x3 << 62) | (0x2 << 62))


def schema(database):
    names = [
        f"events/migrations/{database}/0001_event_log.sql",
        f"events/migrations/{database}/0003_event_positions.sql",
        f"task-service/migrations/{database}/1000_tasks.sql",
        f"task-service/migrations/{database}/1001_filters.sql",
    ]
    return "\n".join((Path(MIGRATIONS) / name).read_text(encoding="utf-8") for name in names)


def event(row, resource):
    return (new_id(), row[0], row[12], row[10], row[8], row[6], row[5], row[8], resource)


async def connect(url):
    """Opens the database of a URL, and makes its tables."""
    if url.startswith("sqlite:"):
        return await Sqlite.open(url.removeprefix("sqlite:"))
    return await Postgres.open(url)


class Postgres:
    @classmethod
    async def open(cls, url):
        parts = urlsplit(url)
        user, _, directory = parts.netloc.partition("@")
        it = cls()
        it.pool = await asyncpg.create_pool(
            host=unquote(directory), user=user, database=parts.path.lstrip("/"), min_size=1, max_size=16
        )
        async with it.pool.acquire() as connection:
            await connection.execute(schema("postgres"))
        return it

    async def get(self, id):
        return await self.pool.fetchrow(GET, id)

    async def list(self, after, limit):
        return await self.pool.fetch(LIST, *after, limit)

    async def insert(self, row, resource):
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(INSERT, *row)
            await connection.execute(INSERT_EVENT, *event(row, resource))


def stored(value):
    return value.bytes if isinstance(value, uuid.UUID) else value


def read(row):
    return row and (uuid.UUID(bytes=row[0]), *row[1:7], row[7] and uuid.UUID(bytes=row[7]), *row[8:])


class Sqlite:
    @classmethod
    async def open(cls, path):
        it = cls()
        it.writer = await cls.connection(path)
        await it.writer.executescript(schema("sqlite"))
        it.writing = asyncio.Lock()
        it.readers = asyncio.Queue()
        for _ in range(4):
            it.readers.put_nowait(await cls.connection(path))
        return it

    @staticmethod
    async def connection(path):
        connection = await aiosqlite.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
            await connection.execute(f"PRAGMA {pragma}")
        return connection

    @asynccontextmanager
    async def reader(self):
        connection = await self.readers.get()
        try:
            yield connection
        finally:
            self.readers.put_nowait(connection)

    async def get(self, id):
        async with self.reader() as connection, connection.execute(sqlite(GET), (id.bytes,)) as rows:
            return read(await rows.fetchone())

    async def list(self, after, limit):
        values = (after[0], after[1].bytes, limit)
        async with self.reader() as connection, connection.execute(sqlite(LIST), values) as rows:
            return [read(row) for row in await rows.fetchall()]

    async def insert(self, row, resource):
        async with self.writing:
            await self.writer.execute("BEGIN IMMEDIATE")
            try:
                await self.writer.execute(sqlite(INSERT), [stored(it) for it in row])
                await self.writer.execute(sqlite(INSERT_EVENT), [stored(it) for it in event(row, resource)])
            except BaseException:
                await self.writer.execute("ROLLBACK")
                raise
            await self.writer.execute("COMMIT")


def sqlite(statement):
    """Names the placeholders as SQLite numbers them."""
    return statement.replace("$", "?")
