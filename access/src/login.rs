//! Where people sign in at the token issuer, as its discovery document says. A page does so as a public client
//! (authorization code with PKCE); this process only tells it the addresses.

use std::sync::Arc;

use reqwest::Url;

use crate::issuer_url::is_safe;

/// The endpoints of an issuer that a public client uses. Each URL is https, or http on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginEndpoints {
    /// `authorization_endpoint`: the page where people sign in.
    pub authorization: Url,
    /// `token_endpoint`: exchanges a code, or a refresh token, for tokens.
    pub token: Url,
    /// `end_session_endpoint` of OpenID Connect RP-Initiated Logout 1.0.
    pub end_session: Option<Url>,
    /// Whether the response can be sent in the fragment of the URL, which no server and no log sees.
    pub has_fragment_mode: bool,
    /// Whether each response names the issuer (RFC 9207), so that a response without `iss` is not from it.
    pub names_itself: bool,
}

/// What is known about signing in at the configured issuer.
#[derive(Clone, Debug)]
pub struct IssuerLogin {
    /// The URL of the issuer, as it was configured.
    pub issuer: String,
    /// Whether the last request to the issuer was answered. `false` before the first answer.
    pub is_reachable: bool,
    /// The endpoints of the last discovery document; `None` before the first one, or if the document lacks one of them.
    pub endpoints: Option<Arc<LoginEndpoints>>,
}

/// The members of the discovery document about signing in.
#[derive(Default, serde::Deserialize)]
pub(crate) struct Members {
    authorization_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    response_modes_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl Members {
    /// The endpoints, if the document has both that a sign-in needs. A URL that is not safe counts as missing.
    pub(crate) fn endpoints(&self, token: Option<&str>) -> Option<LoginEndpoints> {
        let safe = |text: Option<&str>| text?.parse().ok().filter(is_safe);
        // OpenID Connect Discovery 1.0 section 3: without this member, the modes are query and fragment.
        let modes = self.response_modes_supported.as_ref();
        Some(LoginEndpoints {
            authorization: safe(self.authorization_endpoint.as_deref())?,
            token: safe(token)?,
            end_session: safe(self.end_session_endpoint.as_deref()),
            has_fragment_mode: modes.is_none_or(|it| it.iter().any(|it| it == "fragment")),
            names_itself: self.authorization_response_iss_parameter_supported.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(members: Value) -> Option<LoginEndpoints> {
        let members: Members = serde_json::from_value(members).unwrap();
        members.endpoints(Some("https://id.example/token"))
    }

    #[test]
    fn a_sign_in_needs_an_authorization_endpoint_that_nobody_can_listen_to() {
        assert_eq!(of(json!({})), None);
        assert_eq!(of(json!({"authorization_endpoint": "http://id.example/authorize"})), None);
        assert_eq!(of(json!({"authorization_endpoint": "javascript:alert(1)"})), None);
        let found = of(json!({
            "authorization_endpoint": "https://id.example/authorize", "end_session_endpoint": "http://id.example/end",
        }));
        let found = found.unwrap();
        assert_eq!((found.authorization.path(), found.end_session), ("/authorize", None));
    }

    #[test]
    fn the_fragment_is_used_unless_the_document_lists_other_modes_only() {
        let with = |modes: Value| {
            of(json!({"authorization_endpoint": "https://id.example/a", "response_modes_supported": modes}))
                .unwrap()
                .has_fragment_mode
        };
        assert!(with(Value::Null) && with(json!(["query", "fragment"])) && !with(json!(["query"])));
    }
}
