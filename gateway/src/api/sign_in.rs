//! `/api/sign-in`: the ways to sign in that this gateway offers. It needs no token, because nobody who asks has one yet.

use access::{IssuerLogin, LoginEndpoints};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;

use crate::session::{PageClient, Sessions};

/// The ways to sign in.
#[derive(Serialize)]
pub(crate) struct SignIn {
    /// `token`, `code` and `issuer`, as far as they work.
    methods: Vec<&'static str>,
    /// The URL of the issuer whose tokens are taken; `None` for local tokens.
    token_issuer: Option<String>,
    /// How the page signs people in at the issuer; `None` unless it is a client of the issuer.
    issuer: Option<AtIssuer>,
}

/// What the page needs for the authorization code flow.
#[derive(Serialize)]
struct AtIssuer {
    issuer: String,
    client_id: String,
    scope: String,
    /// Whether the issuer answered the gateway the last time it was asked.
    reachable: bool,
    /// The endpoints are those of the last discovery document.
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    /// `fragment` where the issuer has it: a fragment reaches no server and no log.
    response_mode: &'static str,
    /// Whether each response of the issuer has the parameter `iss`.
    iss_required: bool,
}

/// Answers the ways to sign in, as they are at the moment.
pub(crate) async fn get(Extension(sessions): Extension<Sessions>) -> Response {
    let answer =
        SignIn::of(sessions.verifier.login(), sessions.page_client.as_deref(), sessions.supervisor.is_some());
    ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

impl SignIn {
    pub(crate) fn of(login: Option<IssuerLogin>, client: Option<&PageClient>, is_supervised: bool) -> Self {
        let token_issuer = login.as_ref().map(|it| it.issuer.clone());
        let takes_codes = login.is_none() && is_supervised;
        let issuer = login.zip(client).map(|(login, client)| AtIssuer::of(login, client));
        let mut methods = vec!["token"];
        methods.extend(takes_codes.then_some("code"));
        let works = |it: &AtIssuer| it.authorization_endpoint.is_some();
        methods.extend(issuer.as_ref().filter(|it| works(it)).map(|_| "issuer"));
        Self { methods, token_issuer, issuer }
    }
}

impl AtIssuer {
    fn of(login: IssuerLogin, client: &PageClient) -> Self {
        let endpoints = login.endpoints.as_deref();
        let url = |of: fn(&LoginEndpoints) -> Option<String>| endpoints.and_then(of);
        let has_fragment_mode = endpoints.is_some_and(|it| it.has_fragment_mode);
        Self {
            client_id: client.id.clone(),
            scope: client.scope.clone(),
            reachable: login.is_reachable,
            authorization_endpoint: url(|it| Some(it.authorization.to_string())),
            token_endpoint: url(|it| Some(it.token.to_string())),
            end_session_endpoint: url(|it| it.end_session.as_ref().map(ToString::to_string)),
            response_mode: if has_fragment_mode { "fragment" } else { "query" },
            iss_required: endpoints.is_some_and(|it| it.names_itself),
            issuer: login.issuer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;

    fn answer(login: Option<IssuerLogin>, client: Option<&PageClient>, is_supervised: bool) -> Value {
        serde_json::to_value(SignIn::of(login, client, is_supervised)).unwrap()
    }

    fn client() -> PageClient {
        PageClient { id: "page".to_owned(), scope: "openid".to_owned() }
    }

    fn login(endpoints: Option<LoginEndpoints>) -> IssuerLogin {
        let issuer = "https://id.example".to_owned();
        IssuerLogin { issuer, is_reachable: endpoints.is_some(), endpoints: endpoints.map(Arc::new) }
    }

    fn endpoints() -> LoginEndpoints {
        LoginEndpoints {
            authorization: "https://id.example/authorize".parse().unwrap(),
            token: "https://id.example/token".parse().unwrap(),
            end_session: None,
            has_fragment_mode: true,
            names_itself: true,
        }
    }

    #[test]
    fn codes_are_for_local_tokens_under_up_alone() {
        let local = json!({"methods": ["token"], "token_issuer": null, "issuer": null});
        assert_eq!(answer(None, None, false), local);
        assert_eq!(answer(None, Some(&client()), true)["methods"], json!(["token", "code"]));
        assert_eq!(answer(Some(login(Some(endpoints()))), None, true)["methods"], json!(["token"]));
    }

    #[test]
    fn an_issuer_that_never_answered_is_named_but_is_no_way_to_sign_in() {
        let known = answer(Some(login(Some(endpoints()))), Some(&client()), false);
        assert_eq!(known["methods"], json!(["token", "issuer"]));
        assert_eq!(known["issuer"]["authorization_endpoint"], "https://id.example/authorize");
        assert_eq!(known["issuer"]["response_mode"], "fragment");
        let unknown = answer(Some(login(None)), Some(&client()), false);
        assert_eq!(
            (&unknown["methods"], &unknown["issuer"]["reachable"]),
            (&json!(["token"]), &json!(false))
        );
        assert_eq!(unknown["token_issuer"], "https://id.example");
    }
}
