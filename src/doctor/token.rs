//! Whether the gateway takes the token, and what the token allows.

use platform::causes::chain;
use reqwest::Method;
use serde_json::Value;

use super::finding::{Check, Finding};
use crate::cli::connection::Connection;
use crate::cli::doctor::Doctor;
use crate::client::{Call, Client, Failure};
use crate::resources::text;

/// A caller whom the gateway knows.
pub(super) struct Known {
    pub(super) client: Client,
    /// What `GET /api/me` says.
    pub(super) me: Value,
}

/// How the gateway is reached: with the token of a process, if its settings are here and this command has no token of its own.
pub(super) async fn connection(settings: &Doctor) -> Result<Connection, Finding> {
    let mut connection = settings.connection.clone();
    if connection.token.is_some() || connection.token_file.is_some() {
        return Ok(connection);
    }
    let issuer = connection.oidc_issuer.as_ref();
    let failed = |why: String| {
        let advice = "correct CCM_SERVICE_TOKEN_FILE, or CCM_OIDC_CLIENT_ID and its secret, of this process";
        Finding::problem(Check::Token, format!("the process gets no token of its own: {why}"), advice)
    };
    if let Some(source) = settings.installation.identity.source(issuer).map_err(|it| failed(chain(&it)))? {
        connection.token = Some(source.token().await.map_err(|it| failed(chain(&it)))?);
    }
    Ok(connection)
}

pub(super) async fn ask(settings: &Doctor) -> (Option<Known>, Vec<Finding>) {
    let connection = match connection(settings).await {
        Ok(connection) => connection,
        Err(finding) => return (None, vec![finding]),
    };
    let client = match Client::new(&connection) {
        Ok(client) => client,
        Err(error) => {
            return (None, vec![Finding::not_checked(Check::Token, format!("{error:#}"), hint_of(&error))]);
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
    Finding::problem(Check::Token, format!("{error:#}"), hint_of(error))
}

fn hint_of(error: &anyhow::Error) -> String {
    let hint = error.downcast_ref::<Failure>().and_then(|it| it.hint.clone());
    hint.unwrap_or_else(|| "docs/troubleshooting.md, A token is refused, explains each text".to_owned())
}
