//! Values that only the gateway knows: ids of tasks and workers, and names of workers. The newest 200 are asked for, with the
//! settings of the command line that is being typed. Without an answer in time, there is nothing to complete.

use std::ffi::OsStr;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use futures_util::future;
use reqwest::{Method, Url};
use serde_json::Value;

use super::words;
use crate::cli::Cli;
use crate::cli::connection::Connection;
use crate::client::{Call, Client};
use crate::trace::clean;

/// Somebody waits with a finger on Tab.
const DEADLINE: Duration = Duration::from_millis(900);
/// A page of the API.
const ITEMS: &str = "200";
/// Characters of a description.
const DESCRIPTION: usize = 60;

/// Completes the ids of tasks.
pub(crate) fn tasks() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| candidates(typed, "id", "title", TASKS))
}

/// Completes the ids of workers.
pub(crate) fn workers() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| candidates(typed, "id", "name", WORKERS))
}

/// Completes the names of workers.
pub(crate) fn worker_names() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| candidates(typed, "name", "id", WORKERS))
}

/// Completes what `ccm trace` shows.
pub(crate) fn traces() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let mut found = Vec::new();
        if "last".starts_with(&*typed.to_string_lossy()) {
            found.push(CompletionCandidate::new("last").help(Some("The newest trace of a request".into())));
        }
        found.extend(candidates(typed, "id", "title", TASKS));
        found.extend(candidates(typed, "id", "name", WORKERS));
        found
    })
}

/// A list of the API: its path, and queries whose answers together are the list.
type List = (&'static str, &'static [&'static [(&'static str, &'static str)]]);

/// Without a kind, the API leaves out actions that have ended.
const TASKS: List = ("tasks", &[&[], &[("kind", "action")]]);
const WORKERS: List = ("workers", &[&[]]);

/// The field `value` of the items that begins with what was typed, described by the status and another field.
fn candidates(typed: &OsStr, value: &str, description: &str, list: List) -> Vec<CompletionCandidate> {
    // bash gives the word as it stands in the command line.
    let typed = typed.to_string_lossy().replace('\\', "");
    let mut found: Vec<CompletionCandidate> = Vec::new();
    for item in items(list).unwrap_or_default() {
        let text = |field: &str| item[field].as_str().unwrap_or_default();
        let value = text(value);
        // The name of another word, or of no word at all.
        if value.is_empty() || value.contains(char::is_control) || !value.starts_with(&typed) {
            continue;
        }
        if found.iter().any(|it| it.get_value() == value) {
            continue;
        }
        let about = format!("{} · {}", text("status"), text(description));
        let about: String = clean(&about).chars().take(DESCRIPTION).collect();
        found.push(CompletionCandidate::new(value).help(Some(about.into())));
    }
    found
}

/// The items, or nothing if there was no answer in time.
fn items((path, queries): List) -> Option<Vec<Value>> {
    let client = Client::new(&connection()?).ok()?;
    let url = |query: &[(&str, &str)]| {
        let mut url = client.url(&["api", path]);
        url.query_pairs_mut().append_pair("page_size", ITEMS).extend_pairs(query);
        url
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let pages = future::join_all(queries.iter().map(|it| page(&client, url(it))));
    let pages = runtime.block_on(async { tokio::time::timeout(DEADLINE, pages).await });
    // A name that is still being resolved is not waited for.
    runtime.shutdown_background();
    Some(pages.ok()?.into_iter().flatten().flatten().collect())
}

async fn page(client: &Client, url: Url) -> Option<Vec<Value>> {
    let answer = client.try_once(&Call::new(Method::GET, url)).await?;
    match answer.json().ok()?["items"].take() {
        Value::Array(items) => Some(items),
        _ => None,
    }
}

/// The gateway and the token that the command would use, as far as its line has been typed.
fn connection() -> Option<Connection> {
    let line = Cli::command().ignore_errors(true).try_get_matches_from(words()).ok()?;
    let mut matches = &line;
    while let Some((_, inner)) = matches.subcommand() {
        matches = inner;
    }
    let mut connection = if matches.try_contains_id("gateway").is_ok() {
        Connection::from_arg_matches(matches).ok()?
    } else {
        // `ccm trace` has only the data directory.
        let mut connection = Defaults::try_parse_from(["ccm"]).ok()?.connection;
        connection.data.data_dir.clone_from(matches.try_get_one("data_dir").ok()??);
        connection
    };
    // A pipe gives its token once, to the command itself.
    if connection.token_file.as_ref().is_some_and(|it| !it.is_file()) {
        return None;
    }
    // Nothing but completions may be printed.
    connection.verbose = false;
    Some(connection)
}

/// The settings of a command that has no flags for them.
#[derive(Parser)]
struct Defaults {
    #[command(flatten)]
    connection: Connection,
}
