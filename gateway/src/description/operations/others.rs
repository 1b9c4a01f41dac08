//! The operations that are not about a resource of a service.

use proto::error::v1::Reason;
use serde_json::json;

use super::super::component;
use super::super::parameters::{described_header, header, of_readiness};
use super::super::resources::types::{string, such_as};
use super::{Operation, content};

pub(super) fn operations() -> Vec<Operation> {
    let document = content("Description");
    let messages = document.clone();
    let mut tag = described_header(such_as("\"5d41402abc4b2a76\"", string("The hash of the page.")));
    tag["required"] = json!(true);
    let unchanged = json!({"headers": {"ETag": tag}});
    let page = json!({"headers": {"ETag": tag}, "content": {"text/html": {"schema": string("The page.")}}});
    vec![
        Operation::new("GET", "/api/me", "getCaller", "caller", "Returns the identity of the caller")
            .answers(200, "The caller", content("Me")),
        Operation::new(
            "POST",
            "/api/session",
            "beginSession",
            "caller",
            "Turns the token of the `Authorization` header into cookies that end with the token",
        )
        .answers(204, "The session has begun", json!({"headers": {"Set-Cookie": header("Set-Cookie")}}))
        .fails(&[Reason::SessionTooLarge])
        .by_header_only(),
        Operation::new(
            "DELETE",
            "/api/session",
            "endSession",
            "caller",
            "Clears the cookies of a session, whether its token is valid or not",
        )
        .answers(204, "The session has ended", json!({"headers": {"Set-Cookie": header("Set-Cookie")}}))
        .public(),
        Operation::new(
            "POST",
            "/api/page/reports",
            "reportPage",
            "page",
            "Counts what a person met in the page since the last report: numbers only, without ids or texts",
        )
        .takes_body("PageReport")
        .answers(204, "Counted", json!({})),
        Operation::new(
            "POST",
            "/api/session/code",
            "redeemCode",
            "caller",
            "Begins a session with a code of `ccm up`; only a page of the same origin may",
        )
        .takes_body("SignInCode")
        .answers(204, "The session has begun", json!({"headers": {"Set-Cookie": header("Set-Cookie")}}))
        .fails(&[Reason::SignInCodeRefused, Reason::NoSignInCodes, Reason::ServiceUnavailable])
        .public(),
        Operation::new("GET", "/api/sign-in", "getSignIn", "caller", "Returns the ways to sign in")
            .answers(200, "The ways to sign in", content("SignIn"))
            .public(),
        Operation::new("GET", "/livez", "live", "health", "Liveness: the gateway is running")
            .answers(200, "The gateway is running", content("Live"))
            .public(),
        Operation::new("GET", "/readyz", "ready", "health", "Readiness, with the health of the services")
            .answers(200, "The gateway accepts requests", content("Ready"))
            .takes(of_readiness())
            .fails(&[Reason::ServiceUnavailable])
            .public(),
        Operation::new("GET", "/api/openapi.json", "getDescription", "description", "Returns this document")
            .answers(200, "OpenAPI 3.1", document)
            .public(),
        Operation::new(
            "GET",
            "/api/asyncapi.json",
            "getStreamDescription",
            "description",
            "Returns the description of the event stream",
        )
        .answers(200, "AsyncAPI 3.0", messages)
        .public(),
        Operation::new("GET", "/api/docs", "getPage", "description", "Returns this document as a page")
            .takes(vec![component("parameters", "If-None-Match")])
            .answers(200, "The page", page)
            .answers(304, "The client has the page", unchanged)
            .public(),
    ]
}
