//! The changes of a list, or of one task or worker, from the event stream.

use std::collections::HashMap;

use serde_json::Value;

use super::list::{Items, Listing, ids, rows, table_of};
use super::table::Table;
use super::{Kind, lines, text};
use crate::cli::output::{Format, Output};
use crate::client::{Channel, Client, Follower, Place};
use crate::console;
use crate::events::until_interrupted;

/// Prints what is listed and then each change, until interrupted.
pub(super) async fn watch_list(
    client: &Client,
    kind: &'static Kind,
    items: &Items,
    listing: &Listing<'_>,
) -> anyhow::Result<()> {
    let mut watch = Watch::new(kind, listing.output, listing.matches);
    watch.listed(&items.values()?)?;
    let types = [format!("{}.*", kind.noun)];
    watch.follow(client, &[("event_types", &types)], items.position.clone()).await
}

/// Prints a task or worker and then each of its changes, until interrupted.
pub(crate) async fn watch_one(
    client: &Client,
    kind: &'static Kind,
    id: &str,
    output: Output,
) -> anyhow::Result<()> {
    let answer = super::show::read(client, kind, id).await?;
    let mut watch = Watch::new(kind, output, &|_| true);
    watch.listed(&[answer.json()?])?;
    // From a snapshot, which has what has happened since the answer.
    watch.follow(client, &[(kind.ids, &[id.to_owned()])], None).await
}

struct Watch<'a> {
    kind: &'static Kind,
    format: Format,
    table: Table,
    matches: &'a dyn Fn(&Value) -> bool,
    /// What was printed last of each.
    known: HashMap<String, Value>,
}

impl<'a> Watch<'a> {
    fn new(kind: &'static Kind, output: Output, matches: &'a dyn Fn(&Value) -> bool) -> Self {
        let format = output.format();
        Self { kind, format, table: table_of(kind, format), matches, known: HashMap::new() }
    }

    fn listed(&mut self, items: &[Value]) -> anyhow::Result<()> {
        self.known.extend(items.iter().map(|it| (text(&it["id"]), it.clone())));
        self.print("listed", items)
    }

    async fn follow(
        mut self,
        client: &Client,
        filters: &[(&str, &[String])],
        since: Option<String>,
    ) -> anyhow::Result<()> {
        let (sink, mut events) = Channel::new();
        let mut follower = Follower::new(client, filters, since, Place::open(None)?, sink);
        let printing = async {
            while let Some(event) = events.recv().await {
                self.take(&event)?;
            }
            Ok(())
        };
        until_interrupted(async {
            tokio::select! {
                outcome = follower.follow() => outcome,
                outcome = printing => outcome,
            }
        })
        .await
    }

    fn take(&mut self, event: &Value) -> anyhow::Result<()> {
        let subject = event["subject"].as_str().and_then(|it| it.split_once('/'));
        let Some((_, id)) = subject.filter(|it| it.0 == self.kind.collection) else { return Ok(()) };
        let Some(data) = event["data"].as_object() else { return Ok(()) };
        let is_gone = event["type"].as_str().is_some_and(|it| it.ends_with(".removed"));
        match data.get(self.kind.noun) {
            // Utilisation, which no column has.
            None if !is_gone => Ok(()),
            None | Some(Value::Null) => self.gone(id),
            Some(item) => self.changed(id, item),
        }
    }

    fn gone(&mut self, id: &str) -> anyhow::Result<()> {
        let Some(mut item) = self.known.remove(id) else { return Ok(()) };
        if self.format != Format::Json {
            item["status"] = "deleted".into();
        }
        self.print("removed", &[item])
    }

    fn changed(&mut self, id: &str, item: &Value) -> anyhow::Result<()> {
        let revision = |it: &Value| it["revision"].as_u64();
        if self.known.get(id).is_some_and(|known| revision(known) >= revision(item)) {
            return Ok(());
        }
        if (self.matches)(item) {
            self.known.insert(id.to_owned(), item.clone());
            return self.print("changed", std::slice::from_ref(item));
        }
        match self.known.remove(id) {
            Some(_) => self.print("removed", std::slice::from_ref(item)),
            None => Ok(()),
        }
    }

    fn print(&mut self, what: &str, items: &[Value]) -> anyhow::Result<()> {
        let output = match self.format {
            Format::Json => lines(items.iter().map(|it| format!(r#"{{"type":"{what}","item":{it}}}"#))),
            Format::Id => ids(items),
            Format::Table | Format::Wide => self.table.rows(&rows(self.kind, self.format, items)),
        };
        console::print(&output)
    }
}
