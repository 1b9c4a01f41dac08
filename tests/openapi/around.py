"""What a request has beside what its operation is described to take: a token, a trailing slash, headers that come from
anywhere, a body that no schema speaks of. An operation must bear all of it."""

from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import requests
from schemathesis import Response

# Of the cases, so many get each.
STRANGERS = 0.03
SLASHES = 0.1
HEADERS = 0.3
BODIES = 0.04

# Seconds; the product itself gives up earlier.
TIMEOUT = 30

NO_TOKENS = [None, "", "Bearer", "Bearer x.y.z", "bearer null", "Basic cm9vdDpyb290", "Bearer " + "e" * 1000]
NAMES = [
    "accept",
    "accept-language",
    "baggage",
    "ccm-on-behalf-of",
    "cookie",
    "forwarded",
    "grpc-timeout",
    "origin",
    "range",
    "te",
    "traceparent",
    "tracestate",
    "x-forwarded-for",
    "x-http-method-override",
    "x-request-id",
]
VALUES = [
    "",
    "*",
    "-1",
    "null",
    "DELETE",
    "bytes=0-0",
    'a=b, c=d;e="f',
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-0000000000000000-00",
    "\u00e9\u00ff",
    "%00%ff'--<>",
    "a=" * 300,
]
# None of these is an object that an operation takes; the first is no body at all, which some take.
NO_OBJECTS = [
    b"",
    b" ",
    b"\x00",
    b"{",
    b"{}{}",
    b'{"a": 1, "a": 1}',
    b"\xef\xbb\xbf[]",
    '{"name": "a", "title": "a"}'.encode("utf-16"),
    b'{"name": "\xff", "title": "\xff"}',
    b'{"name": "\\ud800", "title": "\\ud800"}',
    b'{"name": NaN, "title": NaN}',
    b'{"name": 1e999, "title": 1e999}',
    b'{"name": ' + b"9" * 5000 + b"}",
    b'{"name": ' + b"[" * 20_000 + b"}",
    b'{"name": ' * 3_000,
]


@dataclass
class Sent:
    """A case as it was sent, and what became of it."""

    headers: dict
    by_stranger: bool
    response: Response | None = None
    broken: str = ""

    @property
    def status(self):
        """0 without an answer."""
        return self.response.status_code if self.response else 0


class Sender:
    """Sends requests over one session."""

    def __init__(self, random, address, token):
        self.random, self.address, self.session = random, address, requests.Session()
        # Neither a proxy nor the tokens of this machine.
        self.session.trust_env = False
        # What begins a session would be sent along with what strangers send.
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.ours = {"Authorization": f"Bearer {token}"}
        self.before = "nothing"

    def send(self, case):
        """Sends a case, with what comes around it."""
        happens, any_of = (lambda share: self.random.random() < share), self.random.choice
        headers, by_stranger = dict(self.ours), happens(STRANGERS)
        if by_stranger:
            token = any_of(NO_TOKENS)
            headers = {} if token is None else {"Authorization": token}
        while happens(HEADERS):
            headers[any_of(NAMES)] = any_of(VALUES)
        if happens(SLASHES):
            case.path += "/"
        if case.media_type and happens(BODIES):
            is_required = case.operation.definition.raw["requestBody"]["required"]
            case.body = any_of(NO_OBJECTS if is_required else NO_OBJECTS[1:])
        sent = Sent(headers, by_stranger)
        try:
            sent.response = self.call(case, headers)
        except requests.RequestException as error:
            sent.broken = f"{error}; the request before: {self.before}"
        return sent

    def ask(self, case):
        """The answer to a request that is no case."""
        return self.call(case, self.ours)

    def plain(self, method, path, body=None):
        """The answer to a request that is made by hand."""
        return self.session.request(method, self.address + path, json=body, headers=self.ours, timeout=TIMEOUT)

    def call(self, case, headers):
        # Not `case.call`, which sends once more what a connection broke on.
        request = case.as_transport_kwargs(headers=dict(headers))
        answer = self.session.request(**request, allow_redirects=False, timeout=TIMEOUT)
        self.before = f"{answer.request.method} {answer.request.path_url} {answer.status_code}"
        return Response.from_any(answer)
