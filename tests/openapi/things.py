"""The tasks, workers and whatever else the product keeps that a run has made. A description says what an id looks like
and not which ones there are: cases get theirs here."""

import time
from dataclasses import dataclass, field
from uuid import uuid4

from schemathesis.core.parameters import ParameterLocation

# Of the values that a case may have real, so many get real.
REAL = 0.9
# Of the ids that get real, so many are of things that were deleted.
GONE = 0.08
# Of the reads with a condition, so many are of what the caller has already.
KNOWN = 0.3
# Machines that the simulated provider has: whatever is behind the prefix, each for one worker.
MACHINE = "i-sim-"
TASKS, WORKERS = "/api/tasks", "/api/workers"
# What is done to a thing once: most of its cases get a new one.
ONCE = ["/cancel", "/retry", "/start", "/stop", "/terminate", "/refresh"]
# So many workers are terminated at a time. That takes some seconds, and minutes on a busy machine; the deadline is in seconds.
BATCH = 25
PATIENCE = 600
# Of the requests with a key, so many repeat an earlier one.
REPEATED = 0.15


@dataclass
class Kind:
    """The things of one collection, by id, as they were answered last."""

    live: dict = field(default_factory=dict)
    gone: dict = field(default_factory=dict)


@dataclass
class Target:
    """The thing that a case is about."""

    kind: Kind
    id: str
    is_live: bool
    # Whether it is about the thing itself and not about what is kept of it, like its history.
    itself: bool


class Things:
    """What a run has made."""

    def __init__(self, random, sender):
        self.random, self.sender = random, sender
        # By path of the collection, and by operation the cases that made things.
        self.kinds, self.created = {TASKS: Kind(), WORKERS: Kind()}, {}
        # Workers without a machine that can be deleted.
        self.terminated = []

    def put_into(self, case):
        """Puts real ids, tags, keys, filters and tokens into most of the cases, and only where what was generated is
        right: what is wrong with a case stays wrong. Answers the thing that the case is about, if there is one."""
        target = self.put_id(case)
        if is_right(case, ParameterLocation.BODY) and isinstance(case.body, dict):
            self.put_ids_into(case.body)
            self.put_names_into(case.body, target)
        if is_right(case, ParameterLocation.HEADER):
            self.put_tag(case, target)
            target = self.put_key(case, target)
        if is_right(case, ParameterLocation.QUERY):
            self.put_values(case)
            self.put_token(case)
        return target

    def put_id(self, case):
        collection, _, rest = case.operation.path.partition("/{id}")
        if "id" not in case.path_parameters or not is_right(case, ParameterLocation.PATH) or not self.happens(REAL):
            return None
        kind = self.kinds.setdefault(collection, Kind())
        is_live = not (kind.gone and self.happens(GONE))
        is_done_once = case.method == "DELETE" or rest in ONCE
        if is_live and (not kind.live or is_done_once and self.happens(REAL)):
            id = self.make_for(case.method, collection, rest)
            if id is None:
                return None
        else:
            id = self.random.choice(self.usual(case, kind) if is_live else list(kind.gone))
        case.path_parameters["id"] = id
        return Target(kind, id, is_live, itself=not rest)

    def usual(self, case, kind):
        """The ids of what most cases are about: a patch mostly of a task of a person, as little of an action changes."""
        of_people = [id for id, it in kind.live.items() if not it.get("action")]
        return of_people if case.method == "PATCH" and of_people and self.happens(REAL) else list(kind.live)

    def put_ids_into(self, body):
        """A member like `worker_id` names a thing of `/api/workers`, also within an action."""
        for name in [it for it, value in body.items() if isinstance(value, str) and self.happens(REAL)]:
            kind = self.kinds.get(f"/api/{name.removesuffix('_id')}s")
            if name == "instance_id":
                body[name] = MACHINE + uuid4().hex
            elif name.endswith("_id") and kind and kind.live:
                # A worker that is terminated takes part in little.
                usable = [id for id, it in kind.live.items() if it.get("desired_status") != "terminated"]
                body[name] = self.random.choice(usable or list(kind.live))
        if isinstance(body.get("action"), dict):
            self.put_ids_into(body["action"])

    def put_names_into(self, body, target):
        """A termination is confirmed by the name of its worker, in the path or in the action."""
        action = body.get("action")
        if isinstance(action, dict):
            asked, id = action, action.get("worker_id")
        else:
            asked, id = body, target and target.id
        worker = self.kinds[WORKERS].live.get(id) if isinstance(id, str) else None
        if worker and isinstance(asked.get("confirm"), str) and self.happens(REAL):
            asked["confirm"] = worker["name"]

    def put_tag(self, case, target):
        """The tag that the thing has; a read mostly gets one that it will have, since 304 shows little."""
        for name in ("If-Match", "If-None-Match"):
            if name in case.headers and target and target.is_live and self.happens(REAL):
                is_later = name == "If-None-Match" and not self.happens(KNOWN)
                case.headers[name] = f'"{target.kind.live[target.id]["version"] + is_later}"'

    def put_values(self, case):
        """A filter gets the value that a thing of the list has."""
        kind = self.kinds.get(case.operation.path)
        if kind and kind.live and self.happens(REAL):
            thing = self.random.choice(list(kind.live.values()))
            for name in case.query:
                if isinstance(thing.get(name), str):
                    case.query[name] = thing[name]

    def put_token(self, case):
        """A page goes on behind the first one of the same list, if there is more."""
        if "page_token" in case.query and self.happens(REAL):
            del case.query["page_token"]
            query = {**case.query, "page_size": 1}
            first = case.operation.Case(path_parameters=case.path_parameters, query=query)
            answer = self.sender.ask(first)
            token = answer.json()["next_page_token"] if answer.status_code == 200 else None
            if token:
                case.query["page_token"] = token

    def put_key(self, case, target):
        """A new key, or what was done with one once more; what is generated repeats keys and not their requests. Answers
        the thing that the case is about then."""
        name = "Idempotency-Key"
        if name not in case.headers or not self.happens(REAL):
            return target
        earlier = [it for it in self.created.get(case.operation.label, []) if name in it.headers]
        if earlier and is_right(case, ParameterLocation.BODY) and self.happens(REPEATED):
            one = self.random.choice(earlier)
            case.headers[name], case.body, case.media_type = one.headers[name], one.body, one.media_type
            if target and is_right(case, ParameterLocation.PATH):
                target.id = case.path_parameters["id"] = one.path_parameters["id"]
                target.is_live = target.id in target.kind.live
        else:
            case.headers[name] = uuid4().hex
        return target

    def make_for(self, method, collection, rest):
        """Makes a thing that the operation can be done to, and answers its id; `None` when no case has made one yet."""
        if rest == "/retry":
            return self.replaced_action()
        if method == "DELETE" and collection == WORKERS:
            return self.terminated_worker()
        return self.make(collection)

    def replaced_action(self):
        """The task of a stop that a start has replaced."""
        worker = self.make(WORKERS)
        if worker is None:
            return None
        stop = self.sender.plain("POST", f"{WORKERS}/{worker}/stop").json()
        self.sender.plain("POST", f"{WORKERS}/{worker}/start")
        if "id" not in stop:
            return None
        self.kinds[TASKS].live[stop["id"]] = self.sender.plain("GET", f"{TASKS}/{stop['id']}").json()
        return stop["id"]

    def terminated_worker(self):
        """A worker whose machine is terminated, so that it can be deleted."""
        # A case may have deleted some of them.
        self.terminated = [it for it in self.terminated if it in self.kinds[WORKERS].live]
        if not self.terminated:
            made = [it for it in (self.make(WORKERS) for _ in range(BATCH)) if it]
            live = self.kinds[WORKERS].live
            for id in made:
                self.sender.plain("POST", f"{WORKERS}/{id}/terminate", {"confirm": live[id]["name"]})
                live[id]["desired_status"] = "terminated"
            deadline = time.monotonic() + PATIENCE
            for id in made:
                while self.sender.plain("GET", f"{WORKERS}/{id}").json()["status"] != "terminated":
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"{WORKERS}/{id} is not terminated within {PATIENCE} s")
                    time.sleep(0.2)
            self.terminated = made
        return self.terminated.pop() if self.terminated else None

    def can_make(self, collection):
        """Whether a case has made a thing that can be had again; of what is no collection, nothing is made."""
        return collection not in self.kinds or bool(self.of_people(collection))

    def of_people(self, collection):
        """The cases that have made things. The task of an action is not to be had twice."""
        return [it for it in self.created.get(f"POST {collection}", []) if not it.body.get("action")]

    def make(self, collection):
        """Makes one more thing, as an earlier case has made one, and answers its id; `None` when no case has."""
        earlier = self.of_people(collection)
        if not earlier:
            return None
        one = self.random.choice(earlier)
        again = one.operation.Case(body=one.body, media_type=one.media_type)
        answer = self.sender.ask(again)
        self.learn(again, answer, None)
        return answer.json().get("id")

    def learn(self, case, response, target):
        """Keeps what an answer says about things."""
        if response is None or not 200 <= response.status_code < 300:
            return
        if target and case.operation.path.endswith("/terminate") and target.is_live:
            target.kind.live[target.id]["desired_status"] = "terminated"
        if location := response.headers.get("location"):
            collection, _, id = location[0].rpartition("/")
            kind = self.kinds.setdefault(collection, Kind())
            if "idempotency-replayed" not in response.headers:
                kind.live[id] = response.json()
                kind.gone.pop(id, None)
                if case.meta and case.meta.generation.mode.is_positive:
                    self.created.setdefault(case.operation.label, []).append(case)
        elif target and target.is_live and target.itself and case.method == "DELETE":
            target.kind.gone[target.id] = target.kind.live.pop(target.id)
        elif target and target.is_live and response.content and response.json().get("id") == target.id:
            target.kind.live[target.id] = response.json()

    def happens(self, share):
        return self.random.random() < share


def is_right(case, location):
    """Whether a case has what is described there."""
    return not case.meta.is_negative_at(location)
