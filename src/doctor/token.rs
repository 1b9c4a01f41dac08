//! Whether the gateway takes the token, and what the token allows.

use reqwest::Method;
use serde_json::Value;

use super::finding::{Check, Finding};
use crate::cli::connection::Connection;
use crate::client::{Call, Client, Failure};
use crate::resources::text;

/// A caller whom the gateway knows.
pub(super) struct Known {
    pub(super) client: Client,
    /// What `GET /api/me` says.
    pub(super) me: Value,
}

pub(super) async fn ask(connection: &Connection) -> (Option<Known>, Vec<Finding>) {
    let client = match Client::new(connection) {
        Ok(client) => client,
        Err(error) => {
            let advice =
                "set CCM_TOKEN or CCM_TOKEN_FILE, or name the data directory of a `ccm up` by --data-dir";
            return (None, vec![Finding::not_checked(Check::Token, format!("{error:#}"), advice)]);
        }
    };
    let asked = client.send(Call::new(Method::GET, client.url(&["api", "me"]))).await;
    let me = match asked.and_then(|it| it.json()) {
        Ok(me) => me,
        Err(error) => return (None, vec![refused(&error)]),
    };
    let roles = text(&me["roles"]);
    let (subject, issuer, until) = (text(&me["subject"]), text(&me["issuer"]), text(&me["expires_at"]));
    let mut findings = Vec::new();
    if me["roles"].as_array().is_none_or(Vec::is_empty) {
        findings.push(Finding::warning(
            Check::Token,
            format!("the token of {subject} has no role of this product"),
            "let the issuer write roles into the claim that CCM_ROLES_CLAIM of the processes names",
        ));
    }
    for notice in me["notices"].as_array().into_iter().flatten() {
        let advice = "let the issuer write the department into the claim that CCM_DEPARTMENT_CLAIM names";
        findings.push(Finding::warning(Check::Token, text(notice), advice));
    }
    if findings.is_empty() {
        let department =
            me["department"].as_str().map_or_else(String::new, |it| format!(", department {it}"));
        let seen = format!(
            "the gateway knows you as {subject} of {issuer}, roles {roles}{department}, until {until}"
        );
        findings.push(Finding::ok(Check::Token, seen));
    }
    (Some(Known { client, me }), findings)
}

/// In the words of the gateway, or of this program if there is no token.
fn refused(error: &anyhow::Error) -> Finding {
    let hint = error.downcast_ref::<Failure>().and_then(|it| it.hint.clone());
    let advice =
        hint.unwrap_or_else(|| "docs/troubleshooting.md, A token is refused, explains each text".to_owned());
    Finding::problem(Check::Token, format!("{error:#}"), advice)
}
