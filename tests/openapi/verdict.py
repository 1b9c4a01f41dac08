"""What is wrong with an answer, going by the description, and by what only the run itself knows: who has sent the
request, and whether what it is about is there."""

import jsonschema_rs
from schemathesis import checks
from schemathesis.core import NotSet
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation

# What a request may be refused for that is right by the description: what it is about is gone, has changed or is in the
# way, or its key was used.
STATES = ["404", "409", "412", "422"]
CONFIG = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", "304", *STATES]},
    "negative_data_rejection": {"expected-statuses": ["400", "401", "413", "415", *STATES]},
}
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
# Not among them, as `by_what_is_known` says more: ignored_auth (a stranger gets 401 whatever else is wrong, not just
# instead of 2xx), use_after_free and ensure_resource_availability (they know only what schemathesis' own engine made).
# Not among them, as they can say nothing here: missing_required_header (no operation requires one),
# object_level_authorization (the caller may see all), max_response_time (the machine may be busy).

# Where it takes more than a description to tell what is right: a token that was answered, the id and the name of what
# exists.
NOT_DESCRIBED = {"page_token", "worker_id", "action.worker_id", "action.confirm", "confirm"}
# Problems that a request may meet whatever the description says of it: of the provider, and because no page sends it.
OF_OTHERS = {"machine-not-found", "refresh-throttled", "cross-origin"}


class Verdict:
    """What is wrong, each thing once."""

    def __init__(self, description):
        self.found, self.broken = {}, 0
        problem = {"$ref": "#/components/schemas/Problem", "components": description["components"]}
        self.problem = jsonschema_rs.validator_for(problem)

    def judge(self, case, sent, target):
        """Keeps what is wrong with the answer to a case."""
        if sent.response is None:
            self.broken += 1
            self.keep(case, sent, "no answer", sent.broken)
            return
        for what, detail in self.by_description(case, sent):
            self.keep(case, sent, what, detail)
        for what in by_what_is_known(case, sent, target):
            self.keep(case, sent, what)

    def by_description(self, case, sent):
        excluded = [] if must_be_accepted(case, sent) else [checks.positive_data_acceptance]
        if problem(sent) in OF_OTHERS:
            excluded.append(checks.negative_data_rejection)
        # A body that may be left out is right if it is left out, which schemathesis takes for wrong.
        wrong = {it for it in ParameterLocation if case.meta.is_negative_at(it)}
        if not wrong or (wrong == {ParameterLocation.BODY} and isinstance(case.body, NotSet)):
            excluded.append(checks.negative_data_rejection)
        try:
            case.validate_response(sent.response, checks=CHECKS, excluded_checks=excluded, headers=dict(sent.headers))
        except FailureGroup as group:
            for failure in group.exceptions:
                yield failure.title, failure.message
        if not is_described(case, sent):
            yield "a reason that the response is not described with", problem(sent)
        # Also of those that are answers to no operation, like 405.
        if sent.status >= 400 and not self.is_problem(sent.response):
            yield "not a problem", f"content-type {sent.response.headers.get('content-type')}"

    def is_problem(self, response):
        if response.headers.get("content-type") != ["application/problem+json"]:
            return False
        problem = response.json()
        return self.problem.is_valid(problem) and problem["status"] == response.status_code

    def keep(self, case, sent, what, detail=""):
        made = case.meta.phase.data
        where = frozenset([made.parameter, *(it.parameter for it in made.mutations)])
        key = (case.operation.label, what, sent.status, where)
        if key not in self.found:
            answer = f"{sent.status} {sent.response.text[:300]}" if sent.response else ""
            lines = [f"{case.operation.label}: {what}", detail, answer, curl(case, sent)]
            self.found[key] = "\n".join(it for it in lines if it)


def by_what_is_known(case, sent, target):
    """What is wrong, going by who has sent it and what it is about."""
    status = sent.status
    if case.method.lower() != case.operation.method:
        return
    if sent.by_stranger and is_secured(case.operation):
        if status != 401:
            yield "a caller without a valid token is not told so"
        return
    if status in (401, 403, 429) and problem(sent) not in OF_OTHERS:
        yield "refused for who has sent it"
    if target and target.is_live and status == 404:
        yield "what is there is not found"
    if target and target.itself and not target.is_live and status < 400:
        yield "what was deleted is found"


def must_be_accepted(case, sent):
    """Whether a request that is right by the description is right."""
    if sent.by_stranger and is_secured(case.operation):
        return False
    if problem(sent) in OF_OTHERS:
        return False
    wrong = sent.response.json()["violations"] if sent.status == 400 else []
    return not wrong or any(it["field"] not in NOT_DESCRIBED for it in wrong)


def problem(sent):
    """The name of the problem that an answer tells of."""
    return sent.response.json()["type"].rpartition(":")[2] if sent.status >= 400 else None


def is_described(case, sent):
    """Whether the reason of a problem is among the examples of its response."""
    responses = case.operation.definition.raw["responses"]
    if sent.status < 400 or case.method.lower() != case.operation.method or str(sent.status) not in responses:
        return True
    examples = responses[str(sent.status)]["content"]["application/problem+json"]["examples"]
    return problem(sent).upper().replace("-", "_") in examples


def is_secured(operation):
    return bool(operation.definition.raw.get("security", operation.schema.raw_schema.get("security")))


def curl(case, sent):
    """A command that sends a case again, without the token."""
    token = "" if sent.by_stranger else ' -H "Authorization: Bearer $CCM_TOKEN"'
    headers = {name: value for name, value in sent.headers.items() if sent.by_stranger or name != "Authorization"}
    return case.as_curl_command(headers=headers) + token
