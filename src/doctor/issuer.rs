//! Whether the token issuer can be used from here, under the name that is configured.

use std::time::Duration;

use access::{IssuerError, IssuerUrl};
use platform::causes::chain;
use platform::clock::Clock;

use super::clocks::{Reading, of_date};
use super::finding::{Check, Finding, Level};

const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn examine(
    issuer: Option<&IssuerUrl>,
    http: &reqwest::Client,
    clock: &Clock,
) -> (Option<Reading>, Finding) {
    let Some(issuer) = issuer else {
        let why = "CCM_OIDC_ISSUER is not set here, so tokens are taken for those of `ccm up`";
        let advice = "set CCM_OIDC_ISSUER as the processes have it, if they have it";
        return (None, Finding::not_checked(Check::Issuer, why, advice));
    };
    let asked = clock.now();
    let document = format!("{}/.well-known/openid-configuration", issuer.to_string().trim_end_matches('/'));
    let answer = http.get(document).timeout(TIMEOUT).send().await;
    let reading = answer.ok().and_then(|it| of_date("the token issuer", &it, asked, clock.now()));
    let finding = match access::published_keys(issuer).await {
        Ok(0) => Finding::problem(
            Check::Issuer,
            format!("{issuer} publishes no key that can be used, so no token is accepted"),
            "let the issuer sign with RS256 of 2,048 to 4,096 bits, ES256 or EdDSA, and publish keys with a kid",
        ),
        Ok(keys) => Finding::ok(Check::Issuer, format!("{issuer} publishes {keys} usable keys")),
        Err(error) => Finding::problem(Check::Issuer, format!("{issuer}: {}", chain(&error)), advice(&error)),
    };
    (reading, finding)
}

/// With what the gateway says about the issuer of the token that it has accepted.
pub(super) fn compare(finding: &mut Finding, configured: Option<&IssuerUrl>, accepted: &str) {
    match configured {
        None if accepted == access::local::ISSUER => {
            *finding =
                Finding::ok(Check::Issuer, "there is none: tokens are signed with the key of `ccm up`");
        }
        Some(configured) if finding.level == Level::Ok && configured.to_string() != accepted => {
            *finding = Finding::problem(
                Check::Issuer,
                format!("the gateway accepts tokens of {accepted}, and CCM_OIDC_ISSUER is {configured} here"),
                "set CCM_OIDC_ISSUER of all processes to the same issuer",
            );
        }
        _ => {}
    }
}

fn advice(error: &IssuerError) -> String {
    match error {
        IssuerError::OtherIssuer(name) => format!(
            "set CCM_OIDC_ISSUER of all processes to exactly {name}, if that is the issuer that is meant"
        ),
        IssuerError::Http(_) | IssuerError::Client(_) => {
            "look at the network between this machine and the issuer; HTTPS_PROXY and NO_PROXY are honoured"
                .to_owned()
        }
        IssuerError::Status { .. } | IssuerError::NotADocument(_) => {
            "correct CCM_OIDC_ISSUER: the discovery document is at ISSUER/.well-known/openid-configuration"
                .to_owned()
        }
        IssuerError::UnsafeUrl { .. } => "let the issuer publish https URLs".to_owned(),
        _ => "look at what the issuer publishes".to_owned(),
    }
}
