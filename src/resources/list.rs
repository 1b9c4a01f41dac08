//! Lists: every page, as JSON or as a table.

use anyhow::Context as _;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::age::Moment;
use super::table::Table;
use super::watch::watch_list;
use super::{Kind, lines, text};
use crate::cli::output::{Format, Output};
use crate::client::{Call, Client};
use crate::console;

/// The largest page of the API.
const PAGE: u64 = 200;

/// What is listed, and how.
pub(crate) struct Listing<'a> {
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) limit: Option<u64>,
    pub(crate) output: Output,
    pub(crate) watch: bool,
    /// How to see what the query leaves out without being asked to.
    pub(crate) hidden: Option<&'static str>,
    /// Whether the query finds an item.
    pub(crate) matches: &'a dyn Fn(&Value) -> bool,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Box<RawValue>>,
    next_page_token: Option<String>,
}

/// The items of a list, as the API has them.
pub(super) struct Items {
    pub(super) items: Vec<Box<RawValue>>,
    /// Where the event stream goes on after the list.
    pub(super) position: Option<String>,
}

impl Items {
    /// All pages, or as many as `limit` needs.
    pub(super) async fn read(client: &Client, url: &Url, limit: Option<u64>) -> anyhow::Result<Self> {
        let (mut items, mut position, mut token) = (Vec::new(), None, None::<String>);
        loop {
            let left = limit.map_or(PAGE, |it| it.saturating_sub(items.len() as u64).min(PAGE));
            let mut url = url.clone();
            url.query_pairs_mut().append_pair("page_size", &left.to_string());
            if let Some(token) = &token {
                url.query_pairs_mut().append_pair("page_token", token);
            }
            let answer = client.send(Call::new(Method::GET, url)).await?;
            let page: Page =
                serde_json::from_str(&answer.body).context("the answer is not a page of a list")?;
            position = position.or(answer.position);
            items.extend(page.items);
            token = page.next_page_token;
            if token.is_none() || limit.is_some_and(|it| items.len() as u64 >= it) {
                return Ok(Self { items, position });
            }
        }
    }

    pub(super) fn values(&self) -> anyhow::Result<Vec<Value>> {
        let parsed = self.items.iter().map(|it| serde_json::from_str(it.get()));
        parsed.collect::<Result<_, _>>().context("the answer is not a page of a list")
    }

    /// One JSON array with an item on each line.
    pub(super) fn json(&self) -> String {
        let items: Vec<&str> = self.items.iter().map(|it| it.get()).collect();
        format!("[{}]\n", items.join(",\n"))
    }
}

/// Prints a list, and with `watch` its changes.
pub(crate) async fn list(client: &Client, kind: &'static Kind, listing: Listing<'_>) -> anyhow::Result<()> {
    let mut url = client.url(&["api", kind.collection]);
    for (name, value) in &listing.query {
        url.query_pairs_mut().append_pair(name, value);
    }
    let items = Items::read(client, &url, listing.limit).await?;
    if listing.watch {
        return watch_list(client, kind, &items, &listing).await;
    }
    let format = listing.output.format();
    match format {
        Format::Json => console::print(&items.json()),
        Format::Id => console::print(&ids(&items.values()?)),
        Format::Table | Format::Wide if items.items.is_empty() => {
            console::report(format_args!("no {} found", kind.collection));
            if let Some(hidden) = listing.hidden {
                console::report(format_args!("hint: {hidden}"));
            }
            Ok(())
        }
        Format::Table | Format::Wide => {
            console::print(&table_of(kind, format).rows(&rows(kind, format, &items.values()?)))
        }
    }
}

/// The ids, a line each.
pub(super) fn ids(items: &[Value]) -> String {
    lines(items.iter().map(|it| text(&it["id"])))
}

pub(super) fn table_of(kind: &Kind, format: Format) -> Table {
    let is_wide = format == Format::Wide;
    let titles = kind.columns.iter().filter(|it| is_wide || !it.wide).map(|it| it.title);
    Table::new(titles.collect(), !is_wide)
}

pub(super) fn rows(kind: &Kind, format: Format, items: &[Value]) -> Vec<Vec<String>> {
    let now = Moment::now();
    let columns = || kind.columns.iter().filter(|it| format == Format::Wide || !it.wide);
    items.iter().map(|item| columns().map(|it| (it.value)(item, now)).collect()).collect()
}
