"""What both processes of the Python pair share: the command line, the tokens, and tracing as the packages' guides set it up."""

import argparse
import functools
import json
import os
import signal
import sys
import threading
import time

import jwt


def arguments(*names):
    """Returns the command line's options, of which `--traced` is a flag."""
    parser = argparse.ArgumentParser()
    for name in ("listen", "keys", *names):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--traced", action="store_true")
    return parser.parse_args()


def end_with_stdin():
    """Ends the process when standard input ends, as it does with the benchmark."""

    def wait():
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


class Refused(Exception):
    """The token is missing or not valid."""


class Verifier:
    """Verifies bearer tokens with the public keys of a file. A token's signature is verified once."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            keys = jwt.PyJWKSet.from_dict(json.load(file)).keys
        self.keys = {key.key_id: key.key for key in keys}
        self.decoded = functools.lru_cache(1024)(self._decoded)

    def _decoded(self, token):
        key = self.keys[jwt.get_unverified_header(token)["kid"]]
        issuer, audience = "urn:cml-cloud-manager:local", "cml-cloud-manager"
        return jwt.decode(token, key, algorithms=["EdDSA"], issuer=issuer, audience=audience)

    def claims(self, authorization):
        """Returns the claims of the token in the value of an Authorization header."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused
        try:
            claims = self.decoded(token)
        except (KeyError, jwt.PyJWTError) as error:
            raise Refused from error
        if claims["exp"] <= time.time():
            raise Refused
        return claims


def start_tracing():
    """Exports all spans by OTLP/gRPC, to where the OTEL_* variables say."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
