//! `ccm worker`: the operations of the REST API on workers.

use reqwest::{Method, Url};
use serde_json::{Map, Value};

use crate::cli::output::{Format, word};
use crate::cli::worker::{Asked, Change, Create, Explain, List, New, WorkerCommand};
use crate::client::{Call, Client};
use crate::console;
use crate::resources::{
    Column, Goal, Kind, Listing, Moment, Table, details as format_details, history, list, print, text, utc,
    wait, watch_one,
};
use crate::task::{end, members};

/// The workers of the API.
static WORKERS: Kind = Kind {
    noun: "worker",
    collection: "workers",
    ids: "worker_ids",
    columns: &[
        Column { title: "ID", wide: false, value: |it, _| text(&it["id"]) },
        Column { title: "STATUS", wide: false, value: |it, _| text(&it["status"]) },
        Column { title: "DESIRED", wide: false, value: |it, _| text(&it["desired_status"]) },
        Column { title: "REGION", wide: false, value: |it, _| text(&it["region"]) },
        Column { title: "TYPE", wide: false, value: |it, _| text(&it["instance_type"]) },
        Column { title: "PROVIDER", wide: true, value: |it, _| text(&it["provider"]) },
        Column { title: "INSTANCE", wide: true, value: |it, _| text(&it["instance_id"]) },
        Column { title: "ADDRESS", wide: true, value: |it, _| text(&it["address"]) },
        Column { title: "TAGS", wide: true, value: |it, _| text(&it["tags"]) },
        Column { title: "CREATED", wide: true, value: |it, _| utc(&it["created_at"]) },
        Column { title: "UPDATED", wide: true, value: |it, _| utc(&it["updated_at"]) },
        Column { title: "AGE", wide: false, value: |it, now| now.age(&it["created_at"]) },
        Column { title: "NAME", wide: false, value: |it, _| text(&it["name"]) },
    ],
    details,
};

fn details(worker: &Value, now: Moment) -> Vec<(&'static str, String)> {
    let since = |time: &Value| format!("{} ({} ago)", utc(time), now.age(time));
    let outcome = &worker["outcome"];
    let outcome = match (outcome["result"].as_str(), outcome["message"].as_str()) {
        (Some(result), Some(message)) => format!("{result}: {message} ({})", text(&outcome["reason"])),
        (Some(result), None) => result.to_owned(),
        _ => "-".to_owned(),
    };
    let used = &worker["utilization"];
    let percent = |name: &str| used[name].as_f64().map(|it| format!("{name} {:.0} %", it * 100.0));
    let used: Vec<String> = ["cpu", "memory", "storage"].into_iter().filter_map(percent).collect();
    vec![
        ("Id", text(&worker["id"])),
        ("Name", text(&worker["name"])),
        ("Status", text(&worker["status"])),
        ("Since", since(&worker["status_since"])),
        ("Desired", text(&worker["desired_status"])),
        ("Desired by", text(&worker["desired_by"])),
        ("Reason", text(&worker["desired_reason"])),
        ("Reconciling", text(&worker["reconciling"])),
        ("Outcome", outcome),
        ("Provider", text(&worker["provider"])),
        ("Region", text(&worker["region"])),
        ("Type", text(&worker["instance_type"])),
        ("Instance", text(&worker["instance_id"])),
        ("Address", text(&worker["address"])),
        ("Used", if used.is_empty() { "-".to_owned() } else { used.join(", ") }),
        ("Tags", text(&worker["tags"])),
        ("Created", since(&worker["created_at"])),
        ("Created by", text(&worker["created_by"])),
        ("Updated", since(&worker["updated_at"])),
    ]
}

pub(crate) async fn run(command: WorkerCommand) -> anyhow::Result<()> {
    match command {
        WorkerCommand::List(asked) => list_workers(&asked).await,
        WorkerCommand::Get(asked) => {
            let client = Client::new(&asked.connection)?;
            if asked.watching.watch {
                return watch_one(&client, &WORKERS, &asked.id, asked.watching.output).await;
            }
            let answer = client.send(Call::new(Method::GET, path(&client, &[&asked.id]))).await?;
            print(&WORKERS, &answer, asked.watching.output)
        }
        WorkerCommand::Create(asked) => create(asked).await,
        WorkerCommand::Import(asked) => {
            let client = Client::new(&asked.connection)?;
            let mut body = new_worker(&asked.new);
            body.extend(members([("instance_id", Some(asked.instance_id))]));
            let call = Call::new(Method::POST, path(&client, &["import"])).body(body.into());
            print(&WORKERS, &client.send(call.key(asked.key.idempotency_key)).await?, asked.output)
        }
        WorkerCommand::Update(asked) => {
            let client = Client::new(&asked.connection)?;
            let call = Call::new(Method::PATCH, path(&client, &[&asked.id])).body(patch(&asked.change));
            let answer = client.send(call.if_match(asked.if_match.if_match.as_deref())).await?;
            print(&WORKERS, &answer, asked.output)
        }
        WorkerCommand::Delete(asked) => {
            let client = Client::new(&asked.connection)?;
            let call = Call::new(Method::DELETE, path(&client, &[&asked.id]));
            client.send(call.if_match(asked.if_match.if_match.as_deref())).await?;
            console::report(format_args!("worker {} was deleted", asked.id));
            Ok(())
        }
        WorkerCommand::Start(it) => ask("start", &it.id, None, it.asked).await,
        WorkerCommand::Stop(it) => ask("stop", &it.id, None, it.asked).await,
        WorkerCommand::Terminate(it) => ask("terminate", &it.id, Some(it.confirm), it.asked).await,
        WorkerCommand::Refresh(asked) => {
            let client = Client::new(&asked.connection)?;
            let call = Call::new(Method::POST, path(&client, &[&asked.id, "refresh"]));
            let answer = client.send(call).await?;
            console::print(&match asked.output.format() {
                Format::Json => format!("{}\n", answer.body),
                Format::Id => format!("{}\n", asked.id),
                Format::Table | Format::Wide => "the state of the machine will be read soon\n".to_owned(),
            })
        }
        WorkerCommand::Explain(asked) => explain(&asked).await,
        WorkerCommand::Events(asked) => {
            let client = Client::new(&asked.connection)?;
            history(&client, &WORKERS, &asked.id, asked.limit.limit, asked.output).await
        }
    }
}

fn path(client: &Client, of: &[&str]) -> Url {
    client.url(&[&["api", "workers"], of].concat())
}

async fn list_workers(asked: &List) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let tag = asked.tag.as_ref();
    let filters = [
        ("status", asked.status.map(word)),
        ("region", asked.region.clone()),
        ("provider", asked.provider.map(word)),
        ("tag", tag.map(|(key, value)| format!("{key}={value}"))),
    ];
    let query: Vec<_> = filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let has_tag = |worker: &Value| tag.is_none_or(|(key, value)| worker["tags"][key] == **value);
    let matches = |worker: &Value| {
        has_tag(worker) && query.iter().all(|(name, value)| *name == "tag" || worker[*name] == **value)
    };
    let listing = Listing {
        query: query.clone(),
        hidden: None,
        limit: asked.limit.limit,
        output: asked.watching.output,
        watch: asked.watching.watch,
        matches: &matches,
    };
    list(&client, &WORKERS, listing).await
}

fn new_worker(new: &New) -> Map<String, Value> {
    let mut body = members([
        ("name", Some(new.name.clone())),
        ("region", Some(new.region.clone())),
        ("instance_type", Some(new.instance_type.clone())),
        ("provider", new.provider.map(word)),
    ]);
    if !new.tags.is_empty() {
        let tags: Map<_, _> = new.tags.iter().map(|(key, it)| (key.clone(), it.clone().into())).collect();
        body.insert("tags".to_owned(), tags.into());
    }
    body
}

async fn create(asked: Create) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let call = Call::new(Method::POST, path(&client, &[])).body(new_worker(&asked.new).into());
    let answer = client.send(call.key(asked.key.idempotency_key)).await?;
    if !asked.waiting.wait {
        return print(&WORKERS, &answer, asked.output);
    }
    let worker = answer.json()?;
    let generation = worker["generation"].as_u64().unwrap_or_default();
    let goal = Goal::Worker { id: text(&worker["id"]), generation };
    let (answer, verdict) = wait(&client, &WORKERS, goal, asked.waiting.timeout).await?;
    print(&WORKERS, &answer, asked.output)?;
    Ok(verdict?)
}

fn patch(change: &Change) -> Value {
    let mut patch = members([("name", change.name.clone())]);
    let set = change.tags.iter().map(|(key, value)| (key.clone(), value.clone().into()));
    let tags: Map<_, _> = set.chain(change.remove_tag.iter().map(|it| (it.clone(), Value::Null))).collect();
    if change.clear_tags {
        patch.insert("tags".to_owned(), Value::Null);
    } else if !tags.is_empty() {
        patch.insert("tags".to_owned(), tags.into());
    }
    patch.into()
}

/// Asks for an action and prints its task.
async fn ask(verb: &str, id: &str, confirm: Option<String>, asked: Asked) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let body =
        members([("reason", asked.reason), ("priority", asked.priority.map(word)), ("confirm", confirm)]);
    let call = Call::new(Method::POST, path(&client, &[id, verb])).body(body.into());
    let answer = client.send(call.key(asked.key.idempotency_key)).await?;
    end(&client, answer, asked.waiting, asked.output).await
}

async fn explain(asked: &Explain) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let answer = client.send(Call::new(Method::GET, path(&client, &[&asked.id, "explain"]))).await?;
    let explanation = answer.json()?;
    match asked.output.format() {
        Format::Json => console::print(&format!("{}\n", answer.body)),
        Format::Id => console::print(&format!("{}\n", asked.id)),
        format => {
            console::print(&explained(&explanation, format))?;
            if let Some(hint) = way_out(&explanation) {
                console::report(format_args!("hint: {hint}"));
            }
            Ok(())
        }
    }
}

/// What somebody can do for a worker that needs help.
fn way_out(explanation: &Value) -> Option<String> {
    let conditions = explanation["conditions"].as_array()?;
    conditions.iter().find(|it| it["type"] == "Stalled" && it["status"] == "True")?;
    let worker = &explanation["worker"];
    let id = worker["id"].as_str()?;
    let again = match worker["desired_status"].as_str()? {
        "running" => "start",
        "stopped" => "stop",
        _ => "terminate --confirm NAME",
    };
    Some(format!(
        "`ccm worker {again} {id}` tries it again, once the cause is mended; `ccm task list --kind action --worker-id {id}` \
         has the tasks for `ccm task retry`"
    ))
}

/// The sentences, then the conditions and the last calls of the provider as tables.
fn explained(explanation: &Value, format: Format) -> String {
    let rows = |name: &str, row: &dyn Fn(&Value) -> Vec<String>| -> Vec<Vec<String>> {
        explanation[name].as_array().into_iter().flatten().map(row).collect()
    };
    let sentences = rows("sentences", &|it| vec![crate::trace::clean(&text(it))]).concat();
    let mut output = format!("{}\n\n", sentences.join("\n"));
    let now = Moment::now();
    let is_cut = format == Format::Table;
    let conditions = rows("conditions", &|it| {
        vec![
            text(&it["type"]),
            text(&it["status"]),
            now.age(&it["since"]),
            text(&it["reason"]),
            text(&it["message"]),
        ]
    });
    output += &Table::new(vec!["CONDITION", "STATUS", "FOR", "REASON", "MESSAGE"], is_cut).rows(&conditions);
    let attempts = rows("attempts", &|it| {
        vec![
            text(&it["call"]),
            text(&it["result"]),
            now.age(&it["time"]),
            text(&it["trace_id"]),
            text(&it["message"]),
        ]
    });
    if !attempts.is_empty() {
        output.push('\n');
        output += &Table::new(vec!["CALL", "RESULT", "AGO", "TRACE", "MESSAGE"], is_cut).rows(&attempts);
    }
    let times = format_details(&[
        ("Next look", text(&explanation["next_turn"])),
        ("Next retry", text(&explanation["next_retry"])),
    ]);
    if times.is_empty() { output } else { format!("{output}\n{times}") }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use serde_json::json;

    use super::*;
    use crate::cli::{Cli, Command};

    fn parsed(arguments: &[&str]) -> WorkerCommand {
        let always = ["ccm", "worker"];
        match Cli::try_parse_from(always.iter().chain(arguments)).unwrap().command {
            Some(Command::Worker(it)) => it.command,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_patch_sets_and_removes_tags() {
        let patched = |arguments: &[&str]| match parsed(&[&["update", "7"], arguments].concat()) {
            WorkerCommand::Update(it) => patch(&it.change),
            other => panic!("{other:?}"),
        };
        let both = patched(&["--name", "lab 2", "--tag", "env=lab=1", "--remove-tag", "rack"]);
        assert_eq!(both, json!({"name": "lab 2", "tags": {"env": "lab=1", "rack": null}}));
        assert_eq!(patched(&["--clear-tags"]), json!({"tags": null}));
    }

    #[test]
    fn an_explanation_is_sentences_and_tables() {
        let explanation = json!({
            "sentences": ["It has been stopping for 5.0 s."],
            "conditions": [{"type": "Ready", "status": "False", "reason": "MachineStopping", "message": "not yet", "since": "2026-11-22T09:42:57Z"}],
            "attempts": [], "next_turn": null, "next_retry": "2026-11-22T09:42:57.124032Z",
        });
        let shown = explained(&explanation, Format::Wide);
        assert!(shown.starts_with("It has been stopping for 5.0 s.\n\nCONDITION  STATUS  FOR"), "{shown}");
        assert_eq!(way_out(&explanation), None);
        assert!(
            shown.contains("MachineStopping  not yet\n\nNext retry  2026-11-22T09:42:57.124032Z"),
            "{shown}"
        );
    }

    #[test]
    fn a_worker_that_needs_help_is_explained_with_what_to_do() {
        let stalled = json!({
            "worker": {"id": "7", "desired_status": "stopped"},
            "conditions": [{"type": "Stalled", "status": "True"}],
        });
        let hint = way_out(&stalled).unwrap();
        assert!(hint.starts_with("`ccm worker stop 7`") && hint.contains("--worker-id 7"), "{hint}");
    }
}
