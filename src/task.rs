//! `ccm task`: the operations of the REST API on tasks.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::cli::output::{Output, Waiting, word};
use crate::cli::task::{Change, Create, Kind as TaskKind, List, Retry, TaskCommand, Update};
use crate::client::{Answer, Call, Client};
use crate::console;
use crate::resources::{
    Column, Goal, Kind, Listing, Moment, history, list, print, text, utc, wait, watch_one,
};

/// The tasks of the API.
pub(crate) static TASKS: Kind = Kind {
    noun: "task",
    collection: "tasks",
    ids: "task_ids",
    columns: &[
        Column { title: "ID", wide: false, value: |it, _| text(&it["id"]) },
        Column { title: "STATUS", wide: false, value: |it, _| text(&it["status"]) },
        Column { title: "PRIORITY", wide: false, value: |it, _| text(&it["priority"]) },
        Column { title: "DOES", wide: false, value: |it, _| does(it) },
        Column { title: "ASSIGNEE", wide: false, value: |it, _| text(&it["assignee_id"]) },
        Column { title: "DEPARTMENT", wide: true, value: |it, _| text(&it["department"]) },
        Column { title: "WORKER", wide: true, value: |it, _| text(&it["worker_id"]) },
        Column { title: "CREATED BY", wide: true, value: |it, _| text(&it["created_by"]) },
        Column { title: "CREATED", wide: true, value: |it, _| utc(&it["created_at"]) },
        Column { title: "UPDATED", wide: true, value: |it, _| utc(&it["updated_at"]) },
        Column { title: "AGE", wide: false, value: |it, now| now.age(&it["created_at"]) },
        Column { title: "TITLE", wide: false, value: |it, _| text(&it["title"]) },
    ],
    details,
};

/// The verb of an action, or that a person does it.
fn does(task: &Value) -> String {
    task["action"]["verb"].as_str().unwrap_or("human").to_owned()
}

fn details(task: &Value, now: Moment) -> Vec<(&'static str, String)> {
    let run = &task["run"];
    let error = &run["last_error"];
    let error = match (error["message"].as_str(), error["reason"].as_str()) {
        (Some(message), Some(reason)) => format!("{message} ({reason})"),
        (Some(message), None) => message.to_owned(),
        _ => "-".to_owned(),
    };
    let aged = |time: &Value| match time.as_str() {
        Some(_) => format!("{} ({} ago)", utc(time), now.age(time)),
        None => "-".to_owned(),
    };
    vec![
        ("Id", text(&task["id"])),
        ("Title", text(&task["title"])),
        ("Description", text(&task["description"])),
        ("Status", text(&task["status"])),
        ("Phase", text(&run["phase"])),
        ("Error", error),
        ("Priority", text(&task["priority"])),
        ("Does", does(task)),
        ("Reason", text(&task["action"]["reason"])),
        ("Worker", text(&task["worker_id"])),
        ("Assignee", text(&task["assignee_id"])),
        ("Department", text(&task["department"])),
        ("Run", text(&run["number"])),
        ("Deadline", utc(&run["deadline"])),
        ("Trace", text(&run["trace_id"])),
        ("Created", aged(&task["created_at"])),
        ("Created by", text(&task["created_by"])),
        ("Updated", aged(&task["updated_at"])),
    ]
}

pub(crate) async fn run(command: TaskCommand) -> anyhow::Result<()> {
    match command {
        TaskCommand::List(asked) => list_tasks(&asked).await,
        TaskCommand::Get(asked) => {
            let client = Client::new(&asked.connection)?;
            if asked.watching.watch {
                return watch_one(&client, &TASKS, &asked.id, asked.watching.output).await;
            }
            let answer = client.send(Call::new(Method::GET, path(&client, &asked.id))).await?;
            print(&TASKS, &answer, asked.watching.output)
        }
        TaskCommand::Create(asked) => create(asked).await,
        TaskCommand::Update(asked) => update(asked).await,
        TaskCommand::Delete(asked) => {
            let client = Client::new(&asked.connection)?;
            let call = Call::new(Method::DELETE, path(&client, &asked.id));
            client.send(call.if_match(asked.if_match.if_match.as_deref())).await?;
            console::report(format_args!("task {} was deleted", asked.id));
            Ok(())
        }
        TaskCommand::Cancel(asked) => {
            let client = Client::new(&asked.connection)?;
            let url = client.url(&["api", "tasks", &asked.id, "cancel"]);
            let call = Call::new(Method::POST, url).if_match(asked.if_match.if_match.as_deref());
            print(&TASKS, &client.send(call).await?, asked.output)
        }
        TaskCommand::Retry(asked) => retry(asked).await,
        TaskCommand::Events(asked) => {
            let client = Client::new(&asked.connection)?;
            history(&client, &TASKS, &asked.id, asked.limit.limit, asked.output).await
        }
    }
}

fn path(client: &Client, id: &str) -> reqwest::Url {
    client.url(&["api", "tasks", id])
}

async fn list_tasks(asked: &List) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let filters = [
        ("status", asked.status.map(word)),
        ("priority", asked.priority.map(word)),
        ("assignee_id", asked.assignee_id.clone()),
        ("department", asked.department.clone()),
        ("worker_id", asked.worker_id.clone()),
        ("kind", asked.kind.map(word)),
    ];
    let query: Vec<_> = filters.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let hides_actions = asked.kind.is_none();
    let listing = Listing {
        query: query.clone(),
        hidden: hides_actions.then_some("`--kind action` lists the actions that have ended, too"),
        limit: asked.limit.limit,
        output: asked.watching.output,
        watch: asked.watching.watch,
        matches: &|task| is_listed(task, &query),
    };
    list(&client, &TASKS, listing).await
}

/// Whether `GET /api/tasks` lists a task.
fn is_listed(task: &Value, query: &[(&'static str, String)]) -> bool {
    let is_over = ["completed", "failed", "cancelled"].iter().any(|it| task["status"] == *it);
    let is_old_action = task["kind"] == word(TaskKind::Action) && is_over;
    let names_kind = query.iter().any(|it| it.0 == "kind");
    (names_kind || !is_old_action) && query.iter().all(|(name, value)| task[*name] == **value)
}

async fn create(asked: Create) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let body = new_task(&asked);
    let call =
        Call::new(Method::POST, client.url(&["api", "tasks"])).body(body).key(asked.key.idempotency_key);
    let answer = client.send(call).await?;
    end(&client, answer, asked.waiting, asked.output).await
}

fn new_task(asked: &Create) -> Value {
    let mut body = members([
        ("title", asked.title.clone()),
        ("description", asked.description.clone()),
        ("priority", asked.priority.map(word)),
        ("assignee_id", asked.assignee_id.clone()),
        ("department", asked.department.clone()),
    ]);
    match asked.verb {
        None => body.extend(members([("worker_id", asked.worker_id.clone())])),
        Some(verb) => {
            let action = members([
                ("verb", Some(word(verb))),
                ("worker_id", asked.worker_id.clone()),
                ("reason", asked.reason.clone()),
                ("confirm", asked.confirm.clone()),
            ]);
            body.insert("action".to_owned(), action.into());
        }
    }
    body.into()
}

/// The members of a JSON object that have a value.
pub(crate) fn members<const N: usize>(of: [(&str, Option<String>); N]) -> Map<String, Value> {
    of.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

async fn update(asked: Update) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let call = Call::new(Method::PATCH, path(&client, &asked.id)).body(patch(&asked.change));
    let answer = client.send(call.if_match(asked.if_match.if_match.as_deref())).await?;
    print(&TASKS, &answer, asked.output)
}

fn patch(change: &Change) -> Value {
    let mut patch = members([
        ("title", change.title.clone()),
        ("description", change.description.clone()),
        ("status", change.status.map(word)),
        ("priority", change.priority.map(word)),
        ("assignee_id", change.assignee_id.clone()),
        ("department", change.department.clone()),
        ("worker_id", change.worker_id.clone()),
    ]);
    patch.extend(change.clear.iter().map(|it| (word(*it), Value::Null)));
    patch.into()
}

async fn retry(asked: Retry) -> anyhow::Result<()> {
    let client = Client::new(&asked.connection)?;
    let body = asked.confirm.map_or_else(|| json!({}), |name| json!({"confirm": name}));
    let call = Call::new(Method::POST, client.url(&["api", "tasks", &asked.id, "retry"])).body(body);
    let call = call.key(asked.key.idempotency_key).if_match(asked.if_match.if_match.as_deref());
    let answer = client.send(call).await?;
    end(&client, answer, asked.waiting, asked.output).await
}

/// Prints the task in an answer; with `--wait`, once it has ended.
pub(crate) async fn end(
    client: &Client,
    answer: Answer,
    waiting: Waiting,
    output: Output,
) -> anyhow::Result<()> {
    if !waiting.wait {
        return print(&TASKS, &answer, output);
    }
    let id = text(&answer.json()?["id"]);
    let (answer, verdict) = wait(client, &TASKS, Goal::Task(id), waiting.timeout).await?;
    print(&TASKS, &answer, output)?;
    Ok(verdict?)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn parsed(arguments: &[&str]) -> TaskCommand {
        let always = ["ccm", "task"];
        match Cli::try_parse_from(always.iter().chain(arguments)).unwrap().command {
            Some(Command::Task(it)) => it.command,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_new_task_has_what_the_flags_say_and_nothing_else() {
        let body = |arguments: &[&str]| match parsed(&[&["create"], arguments].concat()) {
            TaskCommand::Create(it) => new_task(&it),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            body(&["--title", "x", "--priority", "high", "--worker-id", "7"]),
            json!({"title": "x", "priority": "high", "worker_id": "7"})
        );
        assert_eq!(
            body(&["--verb", "terminate", "--worker-id", "7", "--confirm", "lab 1"]),
            json!({"action": {"verb": "terminate", "worker_id": "7", "confirm": "lab 1"}})
        );
    }

    #[test]
    fn a_patch_clears_what_is_to_be_cleared() {
        let arguments =
            ["update", "7", "--status", "in_progress", "--clear", "assignee_id", "--clear", "priority"];
        let TaskCommand::Update(asked) = parsed(&arguments) else { panic!("another command") };
        let expected = json!({"status": "in_progress", "assignee_id": null, "priority": null});
        assert_eq!(patch(&asked.change), expected);
        let nothing = Cli::try_parse_from(["ccm", "task", "update", "7"]).unwrap_err();
        assert_eq!(nothing.kind(), clap::error::ErrorKind::MissingRequiredArgument);
    }

    #[test]
    fn a_watched_list_has_what_the_list_has() {
        let task = |kind: &str, status: &str| json!({"kind": kind, "status": status, "priority": "high"});
        let high = [("priority", "high".to_owned())];
        assert!(is_listed(&task("human", "completed"), &high));
        assert!(!is_listed(&task("action", "completed"), &high), "an action that has ended");
        assert!(is_listed(&task("action", "pending"), &high));
        assert!(is_listed(&task("action", "completed"), &[("kind", "action".to_owned())]));
        assert!(!is_listed(&task("human", "pending"), &[("priority", "low".to_owned())]));
    }
}
