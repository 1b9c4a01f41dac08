"""Sends requests that schemathesis makes, right and wrong ones, to every operation that a running product describes,
and holds each answer against that description. Argument: the product's address; it runs with CCM_CALLER_RATE=0.
Environment: CCM_TOKEN, the token of an admin; CCM_FUZZ_CASES, how many cases over all operations, 5000 when unset;
CCM_SEED, which repeats the choices of a run. Ends with 1 when anything is wrong, and prints each such thing once."""

import os
import sys
from collections import Counter
from itertools import count
from random import Random, SystemRandom

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Unsatisfiable
from requests.structures import CaseInsensitiveDict
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

import verdict
from around import Sender
from things import Things

# Of the cases of each operation, so many must be answered 2xx.
MUST_BE_DONE = 0.3
# POST /api/tasks has 0.39 on average over seeds, with a standard deviation of 0.04: one run in fifty has less than 0.3.
SELDOM_DONE = {"POST /api/tasks": 0.2}
# The product that is asked is not run by `ccm up`, which keeps traces and codes, and no page sends the requests.
NEVER_DONE = ("/api/traces", "/api/session/code")
# Of the cases of an operation, so many are wrong, and at most so many are on the boundaries of what is described.
WRONG = 0.35
BOUNDARY = 0.3
# So many right cases come first of all where things are made.
FIRST = 5
# A product that is gone is not asked any further.
MAX_BROKEN = 20
# The event stream does not end by itself, so there is no whole answer to judge; tests/e2e reads it.
ENDLESS = ["/api/events/stream"]


class Operation:
    """An operation, and how its cases were answered."""

    def __init__(self, described, wanted):
        self.described, self.label, self.wanted = described, described.label, wanted
        self.statuses, self.wrong = Counter(), 0
        self.takes_anything = bool(described.body) or any(True for _ in described.iter_parameters())

    @property
    def cases(self):
        return sum(self.statuses.values())

    @property
    def share(self):
        """The share of the cases that were answered 2xx."""
        return sum(n for status, n in self.statuses.items() if 200 <= status < 300) / max(self.cases, 1)

    def line(self):
        statuses = " ".join(f"{status or 'none'}:{n}" for status, n in sorted(self.statuses.items()))
        return f"{self.label:<36}{self.cases:>6}{self.share:>6.0%}  {statuses}"


class Run:
    """A run over all operations."""

    def __init__(self, address, token, number):
        config = {
            "generation": {"with-security-parameters": False},
            "checks": verdict.CONFIG,
            "output": {"sanitization": {"enabled": False}},
        }
        self.number, self.random = number, Random(number)
        self.sender = Sender(self.random, address, token)
        description = self.sender.session.get(f"{address}/api/openapi.json").json()
        self.schema = schemathesis.openapi.from_dict(description, config=schemathesis.Config.from_dict(config))
        self.schema.config.update(base_url=address)
        self.schema.validate()
        self.things = Things(self.random, self.sender)
        self.verdict = verdict.Verdict(description)

    def operations(self, cases):
        """Every operation with its part of the cases; those first that delete things, so that others meet those too."""
        described = [it.ok() for it in self.schema.get_all_operations()]
        described = [it for it in described if it.path not in ENDLESS]
        described.sort(key=lambda it: it.method != "delete")
        return [Operation(it, (cases + i) // len(described)) for i, it in enumerate(described)]

    def on_boundaries(self, operation):
        """Sends cases like the longest text, one that is longer by one, and a method that is not described."""
        config = self.schema.config.generation_for(operation=operation.described)
        modes = list(GenerationMode)
        cases = self.schema.iter_coverage_cases(operation.described, generation_modes=modes, generation_config=config)
        cases, most = list(cases), int(operation.wanted * BOUNDARY)
        for case in cases if len(cases) <= most else self.random.sample(cases, most):
            without_wrong_seed(case)
            self.send(operation, case)

    def at_random(self, operation):
        """Sends random cases, until the operation has all of its cases."""
        if operation.takes_anything:
            wrong = int(operation.wanted * WRONG) - operation.wrong
            self.generate(operation, GenerationMode.NEGATIVE, operation.cases + wrong)
        self.generate(operation, GenerationMode.POSITIVE, operation.wanted)

    def generate(self, operation, mode, until):
        """Sends random cases until there are so many; where all were sent that there can be, they are sent again."""
        for part in count():
            before = operation.cases
            if before >= until:
                break

            @seed(f"{self.number} {operation.label} {mode.value} {until} {part}")
            @settings(
                max_examples=until - before,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
            )
            @given(operation.described.as_strategy(mode))
            def send(case):
                self.send(operation, case)

            try:
                send()
            except Unsatisfiable:
                break

    def send(self, operation, case):
        """Sends a case with real things in it, and judges the answer."""
        target = self.things.put_into(case)
        sent = self.sender.send(case)
        operation.statuses[sent.status] += 1
        operation.wrong += case.meta.generation.mode.is_negative
        self.verdict.judge(case, sent, target)
        self.things.learn(case, sent.response, target)
        if self.verdict.broken >= MAX_BROKEN:
            sys.exit("\n\n".join(self.verdict.found.values()))


def without_wrong_seed(case):
    """Where schemathesis finds no right value for a header, its boundary cases of everything else have a wrong one, and those
    that it takes for right an empty one."""
    of_headers = case.meta.phase.data.parameter_location is ParameterLocation.HEADER
    if case.meta.is_negative_at(ParameterLocation.HEADER) and not of_headers:
        case.headers = CaseInsensitiveDict()
    elif not case.meta.is_negative_at(ParameterLocation.HEADER):
        case.headers = CaseInsensitiveDict({name: value for name, value in case.headers.items() if value != ""})


def main():
    address, token = sys.argv[1].rstrip("/"), os.environ["CCM_TOKEN"]
    cases = int(os.environ.get("CCM_FUZZ_CASES") or 5000)
    number = os.environ.get("CCM_SEED")
    if not number:
        number = SystemRandom().randrange(2**32)
        print(f"CCM_SEED={number}", flush=True)
    # What hypothesis keeps goes where the packages are, not where the run was started.
    set_hypothesis_home_dir(f"{sys.prefix}/hypothesis")
    run = Run(address, token, int(number))
    operations = run.operations(cases)
    # Things first, then what is done with them.
    for operation in sorted(operations, key=lambda it: "{" in it.described.path):
        if operation.described.method == "post":
            run.generate(operation, GenerationMode.POSITIVE, FIRST)
            # The first ones of each round are the simplest, and much alike.
            while not run.things.can_make(operation.described.path) and operation.cases < operation.wanted // 2:
                run.generate(operation, GenerationMode.POSITIVE, operation.cases + 2 * FIRST)
    for operation in operations:
        run.on_boundaries(operation)
    for operation in operations:
        run.at_random(operation)

    wrong = list(run.verdict.found.values())
    for it in operations:
        if it.cases < it.wanted:
            wrong.append(f"{it.label}: {it.cases} cases instead of {it.wanted}")
        if it.share < SELDOM_DONE.get(it.label, MUST_BE_DONE) and not it.described.path.startswith(NEVER_DONE):
            wrong.append(f"{it.label}: only {it.share:.0%} of the cases were answered 2xx")
    for it in operations:
        print(it.line())
    print(f"{sum(it.cases for it in operations)} cases, seed {number}")
    if wrong:
        print("\n" + "\n\n".join(wrong))
        sys.exit(1)


if __name__ == "__main__":
    main()
