//! The canary: real requests whose traces are read back, which shows that the spans of all processes arrive.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::{Method, Url};
use serde_json::Value;

use super::finding::{Check, Finding};
use super::token::Known;
use crate::client::{Call, Client};

/// How long the spans may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often a request is repeated that the gateway did not sample.
const ATTEMPTS: usize = 5;
const REQUEST: Duration = Duration::from_secs(5);
/// A read goes through the gateway to one service.
const READS: [&str; 2] = ["tasks", "workers"];
const SERVICES: [&str; 3] = [gateway::NAME, task_service::NAME, worker_service::NAME];

/// Where traces can be read.
enum Back<'a> {
    /// The gateway's own API: `ccm up` keeps the traces.
    Gateway(&'a Client),
    Tempo(&'a reqwest::Client, Url),
}

pub(super) async fn examine(known: &Known, tempo: Option<&str>, http: &reqwest::Client) -> Finding {
    let back = match tempo {
        Some(url) => match format!("{}/", url.trim_end_matches('/')).parse() {
            Ok(url) => Back::Tempo(http, url),
            Err(error) => {
                let seen = format!("--tempo is not a URL: {error}");
                return Finding::problem(Check::Traces, seen, "give a URL such as http://tempo:3200");
            }
        },
        None if known.me["traces"] == true => Back::Gateway(&known.client),
        None => {
            return Finding::not_checked(
                Check::Traces,
                "the traces go to a back end that this command does not know",
                "give the URL of Tempo by --tempo, or look a trace of `ccm whoami --verbose` up by its id",
            );
        }
    };
    let mut traces = Vec::new();
    for collection in READS {
        match sampled(&known.client, collection).await {
            Ok(Some(trace)) => traces.push(trace),
            Ok(None) => {
                return Finding::not_checked(
                    Check::Traces,
                    format!(
                        "the gateway sampled none of {ATTEMPTS} requests (CCM_TRACE_RATIO, OTEL_TRACES_SAMPLER)"
                    ),
                    "run the command again, or raise the ratio for a moment",
                );
            }
            Err(error) => {
                let seen = format!("GET /api/{collection} failed: {error:#}");
                let advice = "look at the log of the service that the text names";
                return Finding::problem(Check::Traces, seen, advice);
            }
        }
    }
    let begun = Instant::now();
    loop {
        let mut found = BTreeSet::new();
        let mut failed = None;
        for trace in &traces {
            match back.services_of(trace).await {
                Ok(services) => found.extend(services),
                Err(error) => failed = Some(error),
            }
        }
        let missing: Vec<&str> = SERVICES.into_iter().filter(|it| !found.contains(*it)).collect();
        if missing.is_empty() {
            let seen = format!(
                "the spans of all processes arrived, {} ms after the requests",
                begun.elapsed().as_millis()
            );
            return Finding::ok(Check::Traces, seen);
        }
        if begun.elapsed() > ARRIVAL {
            return lacking(&missing, &traces, failed);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn lacking(missing: &[&str], traces: &[String], failed: Option<String>) -> Finding {
    let why = failed.map_or_else(String::new, |it| format!(" ({it})"));
    Finding::problem(
        Check::Traces,
        format!(
            "spans of {} did not arrive within {} s in the traces {}{why}",
            missing.join(", "),
            ARRIVAL.as_secs(),
            traces.join(" and ")
        ),
        "set the same OTEL_EXPORTER_OTLP_ENDPOINT for all processes; docs/troubleshooting.md says what else to look at",
    )
}

/// Sends a read until the gateway has sampled one, and returns the id of its trace.
async fn sampled(client: &Client, collection: &str) -> anyhow::Result<Option<String>> {
    for _ in 0..ATTEMPTS {
        let mut url = client.url(&["api", collection]);
        url.query_pairs_mut().append_pair("page_size", "1");
        let answer = client.send(Call::new(Method::GET, url)).await?;
        if let Some(trace) = answer.trace.filter(|_| answer.is_sampled) {
            return Ok(Some(trace));
        }
    }
    Ok(None)
}

impl Back<'_> {
    /// The names of the services that have spans in a trace; none if it has not arrived.
    async fn services_of(&self, trace: &str) -> Result<BTreeSet<String>, String> {
        match self {
            Self::Gateway(client) => {
                let call = Call::new(Method::GET, client.url(&["api", "traces", trace]));
                match client.send(call).await.and_then(|it| it.json()) {
                    Ok(document) => Ok(of_gateway(&document)),
                    Err(error) => Err(format!("{error:#}")),
                }
            }
            Self::Tempo(http, base) => {
                let url = base.join(&format!("api/traces/{trace}")).map_err(|it| it.to_string())?;
                let request = http.get(url).header("accept", "application/json").timeout(REQUEST);
                let answer =
                    request.send().await.map_err(|it| format!("Tempo: {}", crate::client::root(&it)))?;
                match answer.status().as_u16() {
                    404 => Ok(BTreeSet::new()),
                    200 => {
                        let body = super::gateway::read(answer).await;
                        let document = serde_json::from_slice(&body);
                        Ok(of_tempo(&document.map_err(|_| "Tempo: the answer is not JSON".to_owned())?))
                    }
                    status => Err(format!("Tempo answers {status}")),
                }
            }
        }
    }
}

fn of_gateway(document: &Value) -> BTreeSet<String> {
    let traces = document["traces"].as_array().into_iter().flatten();
    let spans = traces.flat_map(|it| it["spans"].as_array().into_iter().flatten());
    spans.filter_map(|it| Some(it["service"].as_str()?.to_owned())).collect()
}

/// From the JSON of OTLP, in `batches` or, in later versions of its API, `resourceSpans`.
fn of_tempo(document: &Value) -> BTreeSet<String> {
    let document = if document["trace"].is_object() { &document["trace"] } else { document };
    let batches = ["batches", "resourceSpans"].into_iter().filter_map(|it| document[it].as_array()).flatten();
    let attributes = batches.filter_map(|it| it["resource"]["attributes"].as_array()).flatten();
    let names = attributes.filter(|it| it["key"] == "service.name");
    names.filter_map(|it| Some(it["value"]["stringValue"].as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_of_a_trace_are_read_from_both_back_ends() {
        let kept =
            serde_json::json!({"traces": [{"spans": [{"service": "gateway"}, {"service": "task-service"}]}]});
        assert_eq!(of_gateway(&kept), BTreeSet::from(["gateway".to_owned(), "task-service".to_owned()]));
        let resource =
            serde_json::json!({"attributes": [{"key": "service.name", "value": {"stringValue": "gateway"}}]});
        for name in ["batches", "resourceSpans"] {
            let document = serde_json::json!({name: [{"resource": resource, "scopeSpans": []}]});
            assert_eq!(of_tempo(&document), BTreeSet::from(["gateway".to_owned()]), "{name}");
        }
    }
}
