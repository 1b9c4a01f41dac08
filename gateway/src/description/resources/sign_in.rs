//! The schemas of what a page needs to sign somebody in.

use serde_json::{Value, json};

use super::types::{described, flag, nullable, request_object, response_object, string, such_as, words};
use crate::description::schema;

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let modes = "How the issuer answers an authorization request.";
    vec![
        ("SignIn", sign_in()),
        ("SignInIssuer", issuer()),
        (
            "SignInMethod",
            words(
                "A way to sign in: `token`: `POST /api/session`; `code`: `POST /api/session/code`; `issuer`: at the token issuer.",
                ["token", "code", "issuer"],
            ),
        ),
        ("SignInResponseMode", words(modes, ["fragment", "query"])),
        ("SignInCode", code()),
    ]
}

fn url(description: &str, example: &str) -> Value {
    such_as(example, json!({"type": "string", "format": "uri", "description": description}))
}

fn issuer() -> Value {
    response_object(
        "How the page signs people in at the issuer (authorization code with PKCE). Endpoints are `null` until the issuer has answered.",
        &json!({
            "issuer": url("The URL of the issuer.", "https://id.example"),
            "client_id": such_as("page", string("`client_id` of the page.")),
            "scope": such_as("openid", string("`scope` of the authorization requests.")),
            "reachable": flag("Whether the issuer answered the gateway the last time it was asked."),
            "authorization_endpoint": nullable(url("Where people sign in.", "https://id.example/authorize")),
            "token_endpoint": nullable(url("Where the page redeems codes.", "https://id.example/token")),
            "end_session_endpoint": nullable(url("Where people sign out.", "https://id.example/logout")),
            "response_mode": described("How the issuer answers.", schema("SignInResponseMode")),
            "iss_required": flag("Whether each response of the issuer has the parameter `iss` (RFC 9207)."),
        }),
    )
}

fn sign_in() -> Value {
    let methods = json!({
        "type": "array", "uniqueItems": true, "items": schema("SignInMethod"),
        "description": "The ways that work at the moment.",
    });
    let token_issuer = "The URL of the issuer whose tokens are taken; `null` for local tokens.";
    response_object(
        "The ways to sign in, as they are at the moment.",
        &json!({
            "methods": methods,
            "token_issuer": nullable(such_as("https://id.example", string(token_issuer))),
            "issuer": described("The issuer; `null` if the page is no client of one.", nullable(schema("SignInIssuer"))),
        }),
    )
}

fn code() -> Value {
    const CODE: &str = "q0k2Hn1m0dJm6oN3bM0xq6bq2n0S3sUu1q3nq0bq2n0";
    let code = json!({"type": "string", "maxLength": 128, "description": "The code.", "examples": [CODE]});
    let description = "A code that `ccm up` or `ccm login` has printed.";
    such_as(json!({"code": CODE}), request_object(description, &["code"], &json!({"code": code})))
}
