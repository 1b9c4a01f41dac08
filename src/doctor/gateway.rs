//! Whether a gateway answers at its URL, and what it says of itself and of the services behind it.

use std::collections::BTreeSet;
use std::error::Error;
use std::time::{Duration, Instant};

use platform::causes::causes;
use platform::clock::Clock;
use platform::connection_failure::ConnectionFailure;
use reqwest::{Response, Url, header};
use serde::Deserialize;

use super::clocks::{Reading, of_date};
use super::finding::{Check, Finding, or_ok};

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long a service may take to be seen to serve.
const PATIENCE: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(500);
const SERVING: &str = "serving";
/// Longest answer that is read.
const MAX_BYTES: usize = 1024 * 1024;
const URL: &str = "--gateway (CCM_GATEWAY)";

/// A gateway that has answered.
pub(super) struct Reached {
    /// What a proxy in front writes into its answers; a gateway itself writes nothing.
    pub(super) proxy: Option<String>,
    pub(super) clock: Option<Reading>,
}

/// What `/readyz?verbose` says.
#[derive(Debug, Deserialize)]
pub(super) struct Ready {
    /// Absent from gateways that do not tell it.
    pub(super) version: Option<String>,
    pub(super) services: Vec<Service>,
    #[serde(default)]
    pub(super) telemetry: Vec<Exporter>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) versions: BTreeSet<String>,
    #[serde(default)]
    pub(super) reasons: BTreeSet<String>,
}

impl Ready {
    /// Whether this service serves.
    pub(super) fn serves(&self, name: &str) -> bool {
        self.services.iter().any(|it| it.name == name && it.status == SERVING)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Exporter {
    pub(super) signal: String,
    pub(super) status: String,
    pub(super) waiting: u64,
    pub(super) capacity: Option<u64>,
    pub(super) failed: u64,
    pub(super) dropped: u64,
}

/// Asks what answers at the URL whether it is a gateway.
pub(super) async fn reach(
    http: &reqwest::Client,
    base: &Url,
    clock: &Clock,
) -> (Option<Reached>, Vec<Finding>) {
    let problem = |seen: String, advice: String| (None, vec![Finding::problem(Check::Gateway, seen, advice)]);
    let Ok(url) = base.join("livez") else { return problem(format!("{base} has no path"), check_url()) };
    let asked = clock.now();
    let response = match http.get(url.clone()).timeout(TIMEOUT).send().await {
        Ok(response) => response,
        Err(error) => {
            let (seen, advice) = unanswered(base, &error);
            return problem(seen, advice);
        }
    };
    let clock = of_date("the gateway", &response, asked, clock.now());
    let text = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let proxy = text(header::SERVER).or_else(|| text(header::VIA));
    let (status, location) = (response.status(), text(header::LOCATION));
    let body = read(response).await;
    let is_gateway = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|it| it["status"] == "ok");
    if status.is_success() && is_gateway {
        let behind = proxy.as_ref().map_or_else(String::new, |it| format!(", behind {it}"));
        let seen = format!("{} answers{behind}", shown(base));
        return (Some(Reached { proxy, clock }), vec![Finding::ok(Check::Gateway, seen)]);
    }
    let who = proxy.unwrap_or_else(|| "something that is not a gateway".to_owned());
    let (base, code) = (shown(base), status.as_u16());
    match location.filter(|_| status.is_redirection()) {
        Some(to) => problem(format!("{base} redirects to {to} ({code})"), format!("set {URL} to that URL")),
        None if [502, 503, 504].contains(&code) => problem(
            format!("{who} at {base} answers {code}: it is a proxy that cannot reach the gateway"),
            "start the gateway, and compare the address in the proxy's configuration with CCM_GATEWAY_LISTEN"
                .to_owned(),
        ),
        None => problem(format!("{who} answers {code} at {base}: this is no gateway"), check_url()),
    }
}

/// Why nothing has answered, and what to do.
fn unanswered(base: &Url, error: &reqwest::Error) -> (String, String) {
    let (shown, host) = (shown(base), base.host_str().unwrap_or_default());
    let root = causes(error).last().map(ToString::to_string).unwrap_or_default();
    let failure = if error.is_timeout() {
        ConnectionFailure::TimedOut
    } else {
        ConnectionFailure::of_chain(error as &(dyn Error + 'static))
    };
    let (seen, advice) = match failure {
        ConnectionFailure::NameNotFound => (
            format!("the host name {host} is not found"),
            format!("correct the host in {URL}, or the DNS of this machine"),
        ),
        ConnectionFailure::Refused => (
            format!("nothing listens at {shown}: the connection was refused"),
            format!("start the gateway (`ccm up`, `ccm gateway`), or say by {URL} where it is"),
        ),
        ConnectionFailure::Tls => (
            format!("the TLS handshake with {shown} failed ({root})"),
            format!(
                "use a certificate for {host} that this machine trusts, or http:// in {URL} if the gateway has none"
            ),
        ),
        ConnectionFailure::TimedOut => (
            format!("{shown} did not answer within {} s", TIMEOUT.as_secs()),
            "look for a firewall between this machine and the gateway, and at the log of the gateway"
                .to_owned(),
        ),
        ConnectionFailure::Unreachable => (
            format!("no network leads to {shown}"),
            "look at the network and the routes of this machine".to_owned(),
        ),
        ConnectionFailure::Reset | ConnectionFailure::Closed | ConnectionFailure::Other => (
            format!("{shown} ended the connection without an answer ({root})"),
            format!("if the gateway has a certificate (CCM_TLS_CERT), begin the URL in {URL} with https://"),
        ),
    };
    (seen, advice)
}

/// Asks the gateway how the services behind it are. What it says is up to two seconds old, so it is asked again before a service
/// is said to be unwell.
pub(super) async fn ready(http: &reqwest::Client, base: &Url) -> (Option<Ready>, Vec<Finding>) {
    let begun = Instant::now();
    loop {
        let asked = ask(http, base).await;
        let is_well = asked.0.as_ref().is_none_or(|it| it.services.iter().all(|it| it.status == SERVING));
        if is_well || begun.elapsed() > PATIENCE {
            return asked;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn ask(http: &reqwest::Client, base: &Url) -> (Option<Ready>, Vec<Finding>) {
    let gone = |why: String| {
        let advice = "look at the log of the gateway, and at the proxies in front of it";
        (None, vec![Finding::problem(Check::Services, format!("GET /readyz: {why}"), advice)])
    };
    let Ok(mut url) = base.join("readyz") else { return gone("the URL has no path".to_owned()) };
    url.set_query(Some("verbose"));
    let response = match http.get(url).timeout(TIMEOUT).send().await {
        Ok(response) => response,
        Err(error) => return gone(unanswered(base, &error).0),
    };
    let status = response.status().as_u16();
    let body = read(response).await;
    match serde_json::from_slice::<Ready>(&body) {
        Ok(ready) if status == 200 => {
            let findings = ready.services.iter().filter_map(unwell).collect();
            let names: Vec<&str> = ready.services.iter().map(|it| it.name.as_str()).collect();
            let findings = or_ok(findings, Check::Services, format!("{} serve", names.join(" and ")));
            (Some(ready), findings)
        }
        _ if status == 503 => {
            let seen = "the gateway is about to stop (/readyz is 503)";
            let advice = "wait for its successor, or start it again";
            (None, vec![Finding::warning(Check::Services, seen, advice)])
        }
        _ => gone(format!("the answer {status} is not a gateway's")),
    }
}

fn unwell(service: &Service) -> Option<Finding> {
    let name = &service.name;
    let variable = if name == task_service::NAME { "CCM_TASK_SERVICE" } else { "CCM_WORKER_SERVICE" };
    match service.status.as_str() {
        SERVING => None,
        "not_serving" => Some(Finding::problem(
            Check::Services,
            format!("{name} answers that it does not serve: {}", why(&service.reasons)),
            format!("read the log of {name}, and run `ccm doctor` with the settings of its database"),
        )),
        _ => Some(Finding::problem(
            Check::Services,
            format!("the gateway cannot reach {name}"),
            format!(
                "start {name}, and compare {variable} of the gateway with where it listens; the log of the gateway says why"
            ),
        )),
    }
}

/// Why a service does not serve, as far as the gateway knows it.
fn why(reasons: &BTreeSet<String>) -> String {
    if reasons.is_empty() {
        return "its database stores no changes, or it is about to stop".to_owned();
    }
    reasons.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The body, up to a limit; what is longer is cut.
pub(super) async fn read(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            break;
        }
    }
    body
}

/// The URL without what may be secret.
fn shown(base: &Url) -> String {
    format!("{}{}", base.origin().ascii_serialization(), base.path().trim_end_matches('/'))
}

fn check_url() -> String {
    format!("correct the URL in {URL}, with the path under which a proxy serves the gateway, if there is one")
}
