"""Generates a client with openapi-python-client from the description that a running product serves, and does with it what a
client does. Arguments: the product's address, and a folder for what is generated. Environment: CCM_TOKEN, the token of an admin;
CCM_USER_TOKEN, one of a user. Ends with 1 and says what is wrong: a warning of the generator, an operation, an answer or a schema
that it has left out, or an answer that is not as its type says."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID, uuid4

PACKAGE = "ccm_client"
# Seconds for a worker to get where it should.
PATIENCE = 60


def generate(address, folder):
    """Generates the package, and checks that all of the description is in it. Answers the description."""
    folder.mkdir(parents=True, exist_ok=True)
    document = folder / "openapi.json"
    with urlopen(f"{address}/api/openapi.json") as answer:
        document.write_bytes(answer.read())
    programs = Path(sys.executable).parent
    # Of an earlier description.
    shutil.rmtree(folder / PACKAGE, ignore_errors=True)
    command = [programs / "openapi-python-client", "generate", "--path", document, "--output-path", folder / PACKAGE]
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}
    run = subprocess.run(
        [*command, "--meta", "none", "--fail-on-warning"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )
    said = [it for it in run.stdout.splitlines() if it and not it.startswith("Generating ")]
    assert run.returncode == 0 and not said, run.stdout
    description = json.loads(document.read_text())
    is_whole(description, folder / PACKAGE)
    return description


def is_whole(description, package):
    """Each operation has a module that reads each of its answers, and each object and each enum a class."""
    snake = lambda name: re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    for operations in description["paths"].values():
        for operation in operations.values():
            module = package / "api" / operation["tags"][0] / f"{snake(operation['operationId'])}.py"
            text = module.read_text()
            for status, response in operation["responses"].items():
                assert f"status_code == {status}" in text, f"{module}: {status} is left out"
                if "application/problem+json" in response.get("content", {}):
                    assert f"response_{status} = Problem.from_dict" in text, f"{module}: {status} is no Problem"
    exported = (package / "models" / "__init__.py").read_text()
    for name, schema in description["components"]["schemas"].items():
        if "properties" in schema or "enum" in schema:
            assert f'"{name}"' in exported, f"{name} is left out"
    # What stands within another schema gets a name like this, and a type of its own.
    made_up = re.findall(r'"(\w+(?:Type\d+|Item|Response\d+))"', exported)
    assert not made_up, made_up


def drive(server, admin_token, user_token):
    """Does with the generated client what a client does."""
    from ccm_client import AuthenticatedClient
    from ccm_client.api.caller import get_caller
    from ccm_client.models import Role

    admin, user, stranger = (
        AuthenticatedClient(base_url=server, token=token, raise_on_unexpected_status=True)
        for token in (admin_token, user_token, "x.y.z")
    )
    me = get_caller.sync(client=admin)
    assert (me.subject, me.roles) == ("root", [Role.ADMIN]), me
    is_problem(get_caller.sync_detailed(client=stranger), 401, "unauthenticated")
    tasks(admin)
    lists(admin)
    workers(admin, user)


def tasks(client):
    from ccm_client.api.tasks import cancel_task, create_task, delete_task, get_task, list_task_events, update_task
    from ccm_client.models import NewTask, Task, TaskBefore, TaskPatch, TaskPriority, TaskStatus

    key, body = uuid4().hex, NewTask(title="Replace the uplink", priority=TaskPriority.HIGH, assignee_id="bob")
    made = create_task.sync_detailed(client=client, body=body, idempotency_key=key)
    task = made.parsed
    assert isinstance(task, Task) and made.status_code == 201, made
    assert isinstance(task.id, UUID) and made.headers["location"] == f"/api/tasks/{task.id}", made
    again = create_task.sync_detailed(client=client, body=body, idempotency_key=key)
    assert again.headers["idempotency-replayed"] == "true" and again.parsed == task, again
    other = create_task.sync_detailed(client=client, body=NewTask(title="Another"), idempotency_key=key)
    is_problem(other, 422, "idempotency-key-reused")

    # What was read can be given to a create.
    same = create_task.sync(client=client, body=NewTask(title=task.title, priority=task.priority))
    assert same.priority is TaskPriority.HIGH, same
    assert get_task.sync(same.id, client=client) == same

    wrong = create_task.sync_detailed(client=client, body=NewTask(title=""))
    problem = is_problem(wrong, 400, "invalid-input")
    assert [it.field for it in problem.violations] == ["title"] and problem.detail.startswith("title "), problem
    is_problem(get_task.sync_detailed(uuid4(), client=client), 404, "task-not-found")

    tag = made.headers["etag"]
    patch = TaskPatch(status=TaskStatus.IN_PROGRESS, assignee_id=None)
    changed = update_task.sync_detailed(task.id, client=client, body=patch, if_match=tag)
    assert changed.status_code == 200 and changed.parsed.status is TaskStatus.IN_PROGRESS, changed
    assert changed.parsed.assignee_id is None and changed.headers["etag"] != tag, changed
    stale = update_task.sync_detailed(task.id, client=client, body=TaskPatch(title="Late"), if_match=tag)
    is_problem(stale, 412, "etag-mismatch")
    cancelled = cancel_task.sync(task.id, client=client, if_match=changed.headers["etag"])
    assert cancelled.status is TaskStatus.CANCELLED, cancelled
    late = update_task.sync_detailed(task.id, client=client, body=TaskPatch(status=TaskStatus.COMPLETED))
    is_problem(late, 409, "illegal-status")

    history = list_task_events.sync(task.id, client=client).items
    assert [it.type_ for it in history] == ["task.status.updated"] * 2 + ["task.created"], history
    before = history[1].before
    assert isinstance(before, TaskBefore) and before.assignee_id == "bob", history
    assert before.status is TaskStatus.PENDING and history[1].after == changed.parsed, history
    assert history[2].before is None and history[2].after.priority is TaskPriority.HIGH, history
    assert delete_task.sync_detailed(task.id, client=client).status_code == 204
    is_problem(get_task.sync_detailed(task.id, client=client), 404, "task-not-found")


def lists(client):
    from ccm_client.api.tasks import create_task, list_tasks
    from ccm_client.models import NewTask, TaskPriority

    name = uuid4().hex
    made = [create_task.sync(client=client, body=NewTask(title=f"{i}", department=name)).id for i in range(3)]
    seen, token = [], None
    while token is not None or not seen:
        more = {"page_token": token} if token else {}
        page = list_tasks.sync(
            client=client, department=name, priority=TaskPriority.MEDIUM, page_size=2, **more
        )
        seen += [it.id for it in page.items]
        token = page.next_page_token
    assert seen == made[::-1], (seen, made)
    problem = is_problem(list_tasks.sync_detailed(client=client, page_token="x"), 400, "invalid-input")
    assert problem.violations[0].field == "page_token", problem


def workers(client, user):
    from ccm_client.api.tasks import create_task, get_task, retry_task
    from ccm_client.api.workers import (
        create_worker,
        delete_worker,
        explain_worker,
        get_worker,
        list_workers,
        start_worker,
        stop_worker,
        terminate_worker,
    )
    from ccm_client.models import (
        Asked,
        NewTask,
        NewTaskAction,
        NewWorker,
        Tags,
        TaskKind,
        TaskPhase,
        TaskStatus,
        TaskVerb,
        Termination,
        WorkerConditionType,
        WorkerStatus,
    )

    body = NewWorker(name="lab 1", region="us-east-1", instance_type="m5.metal", tags=Tags.from_dict({"team": "red"}))
    is_problem(create_worker.sync_detailed(client=user, body=body), 403, "role-required")
    worker = create_worker.sync(client=client, body=body)
    # What was read can be given to a create.
    of_worker = {"region": worker.region, "instance_type": worker.instance_type, "provider": worker.provider}
    body = NewWorker(name="lab 2", tags=worker.tags, **of_worker)
    another = create_worker.sync(client=client, body=body)
    assert another.tags == worker.tags and another.tags["team"] == "red", another
    eventually(lambda: get_worker.sync(worker.id, client=client).status is WorkerStatus.RUNNING)
    running = list_workers.sync(client=client, status=WorkerStatus.RUNNING, tag="team=red", page_size=200).items
    assert worker.id in [it.id for it in running], running
    is_problem(delete_worker.sync_detailed(worker.id, client=client), 409, "worker-is-live")

    asked = stop_worker.sync_detailed(worker.id, client=client, body=Asked(reason="for the night"))
    stop = asked.parsed
    assert asked.status_code == 202 and stop.kind is TaskKind.ACTION, asked
    assert (stop.action.verb, stop.action.reason, stop.run.number) == (TaskVerb.STOP, "for the night", 1), stop
    conditions = explain_worker.sync(worker.id, client=client).conditions
    assert [it.type_ for it in conditions][0] is WorkerConditionType.READY, conditions
    # A start replaces it, so that it can be retried.
    assert start_worker.sync_detailed(worker.id, client=client).status_code == 202
    ended = (TaskStatus.CANCELLED, TaskStatus.FAILED)
    eventually(lambda: get_task.sync(stop.id, client=client).status in ended)
    assert get_task.sync(stop.id, client=client).run.last_error.reason == "ACTION_SUPERSEDED"
    retried = retry_task.sync_detailed(stop.id, client=client)
    assert retried.status_code == 202 and retried.parsed.run.number == 2, retried
    assert retried.parsed.run.phase in (TaskPhase.QUEUED, TaskPhase.APPLYING), retried

    unconfirmed = terminate_worker.sync_detailed(another.id, client=client, body=Termination(confirm="lab 1"))
    problem = is_problem(unconfirmed, 400, "invalid-input")
    assert problem.violations[0].field == "confirm" and problem.detail.startswith("confirm "), problem
    action = NewTaskAction(verb=TaskVerb.TERMINATE, worker_id=another.id, confirm=another.name)
    task = create_task.sync(client=client, body=NewTask(action=action))
    assert (task.action.verb, task.action.worker_id) == (TaskVerb.TERMINATE, another.id), task


def is_problem(answer, status, name):
    """The problem of an answer, which has this status and this reason."""
    from ccm_client.models import Problem

    problem = answer.parsed
    assert isinstance(problem, Problem), answer
    assert (answer.status_code, problem.status) == (status, status), answer
    assert problem.type_ == f"urn:cml-cloud-manager:problem:{name}", problem
    return problem


def eventually(is_so):
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s"
        time.sleep(0.1)


def main():
    address, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    description = generate(address, folder)
    sys.path.insert(0, str(folder))
    server = description["servers"][0]["url"]
    assert server == address, server
    drive(server, os.environ["CCM_TOKEN"], os.environ["CCM_USER_TOKEN"])


if __name__ == "__main__":
    main()
