//! The schemas of what a page needs to sign somebody in.

use serde_json::{Value, json};

use super::{request_object, response_object};

pub(super) fn schemas() -> [(&'static str, Value); 2] {
    [("SignIn", sign_in()), ("SignInCode", code())]
}

fn sign_in() -> Value {
    let url = || json!({"type": ["string", "null"], "format": "uri"});
    let mut issuer = response_object(
        "How the page signs people in at the issuer (authorization code with PKCE); `null` if it is no client of an issuer.",
        &json!({
            "issuer": {"type": "string", "format": "uri"},
            "client_id": {"type": "string"},
            "scope": {"type": "string", "examples": ["openid"]},
            "reachable": {
                "type": "boolean",
                "description": "Whether the issuer answered the gateway the last time it was asked.",
            },
            "authorization_endpoint": url(),
            "token_endpoint": url(),
            "end_session_endpoint": url(),
            "response_mode": {"type": "string", "enum": ["fragment", "query"]},
            "iss_required": {
                "type": "boolean",
                "description": "Whether each response of the issuer has the parameter `iss` (RFC 9207).",
            },
        }),
    );
    issuer["type"] = json!(["object", "null"]);
    response_object(
        "The ways to sign in, as they are at the moment.",
        &json!({
            "methods": {
                "type": "array", "uniqueItems": true,
                "items": {"type": "string", "enum": ["token", "code", "issuer"]},
                "description": "`token`: `POST /api/session`; `code`: `POST /api/session/code`; `issuer`: with the member `issuer`.",
            },
            "token_issuer": {
                "type": ["string", "null"],
                "description": "The URL of the issuer whose tokens are taken; `null` for local tokens.",
            },
            "issuer": issuer,
        }),
    )
}

fn code() -> Value {
    let mut schema = request_object(
        "A code that `ccm up` or `ccm login` has printed.",
        &["code"],
        &json!({"code": {"type": "string", "maxLength": 128}}),
    );
    schema["examples"] = json!([{"code": "q0k2Hn1m0dJm6oN3bM0xq6bq2n0S3sUu1q3nq0bq2n0"}]);
    schema
}
