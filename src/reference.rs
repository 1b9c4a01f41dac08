//! docs/cli.md: the help of every command, and what it prints with `--json`. The test below makes it from the command line and
//! compares.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

use crate::cli::Cli;

/// Before the commands.
const INTRODUCTION: &str = include_str!("reference/introduction.md");

/// The JSON documents that commands print, by name: what a running product has answered.
const EXAMPLES: [(&str, &str); 8] = [
    ("Task", include_str!("reference/task.json")),
    ("Task event", include_str!("reference/task_event.json")),
    ("Worker", include_str!("reference/worker.json")),
    ("Worker event", include_str!("reference/worker_event.json")),
    ("Explanation", include_str!("reference/explanation.json")),
    ("Refresh", include_str!("reference/refresh.json")),
    ("Caller", include_str!("reference/me.json")),
    ("Stream event", include_str!("reference/stream_event.json")),
];

/// What a command prints with `--json`.
enum Json {
    One(&'static str),
    List(&'static str),
    Lines(&'static str),
}

fn json_of(command: &str) -> Option<Json> {
    Some(match command {
        "ccm task list" => Json::List("Task"),
        "ccm task events" => Json::List("Task event"),
        "ccm worker list" => Json::List("Worker"),
        "ccm worker events" => Json::List("Worker event"),
        "ccm worker start" | "ccm worker stop" | "ccm worker terminate" => Json::One("Task"),
        "ccm worker explain" => Json::One("Explanation"),
        "ccm worker refresh" => Json::One("Refresh"),
        "ccm whoami" => Json::One("Caller"),
        "ccm events tail" => Json::Lines("Stream event"),
        _ if command.starts_with("ccm task ") => Json::One("Task"),
        _ if command.starts_with("ccm worker ") => Json::One("Worker"),
        _ => return None,
    })
}

/// The link to an example.
fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_ascii_lowercase().replace(' ', "-"))
}

fn document() -> String {
    let mut root = without_values(Cli::command());
    root.build();
    let mut text = INTRODUCTION.to_owned();
    describe(&mut text, "ccm", &root);
    text.push_str("\n## JSON\n\nDocuments that commands print with `--json`; [rest.md](rest.md) and openapi.json explain the members.\n");
    for (name, json) in EXAMPLES {
        let _ = write!(text, "\n### {name}\n\n```json\n{json}```\n");
    }
    text
}

/// Without the values that variables have here.
fn without_values(command: Command) -> Command {
    command.mut_args(|it| it.hide_env_values(true)).mut_subcommands(without_values)
}

fn describe(text: &mut String, path: &str, command: &Command) {
    let help = command.clone().bin_name(path).render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(text, "\n## {path}\n\n```text\n{}\n```\n", lines.join("\n"));
    let takes_json = command.get_arguments().any(|it| it.get_id() == "json");
    assert_eq!(takes_json, takes_json && json_of(path).is_some(), "{path} has --json and no example");
    match json_of(path).filter(|_| takes_json) {
        Some(Json::One(name)) => {
            let _ = write!(text, "\nWith `--json`: one {}.\n", link(name));
        }
        Some(Json::List(name)) => {
            let _ = write!(
                text,
                "\nWith `--json`: an array, each item on a line of its own and a {}.\n",
                link(name)
            );
        }
        Some(Json::Lines(name)) => {
            let _ = write!(text, "\nWith `--json`: a line for each {}.\n", link(name));
        }
        None => {}
    }
    for inner in command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help") {
        describe(text, &format!("{path} {}", inner.get_name()), inner);
    }
}

#[test]
fn docs_cli_md_is_what_the_command_line_says() {
    let checked_in = include_str!("../docs/cli.md");
    let made = document();
    if checked_in != made {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/target/cli.md");
        std::fs::write(file, made).unwrap();
        panic!("docs/cli.md differs from the command line: mv target/cli.md docs/cli.md");
    }
}

#[test]
fn every_exit_code_is_in_the_documentation() {
    let help = crate::client::Exit::help();
    let is_there = |line: &str| include_str!("../docs/cli.md").contains(line);
    assert!(help.lines().all(is_there));
}

/// The operations of the REST API, and how each is done at the command line.
#[test]
fn every_operation_of_the_rest_api_has_a_command() {
    // Of the page, of browsers, of load balancers, and descriptions of the API itself.
    let no_command = [
        "beginSession",
        "endSession",
        "getDescription",
        "getPage",
        "getSignIn",
        "getStreamDescription",
        "live",
        "redeemCode",
        "reportPage",
    ];
    let commands = [
        ("cancelTask", "ccm task cancel"),
        ("createTask", "ccm task create"),
        ("createWorker", "ccm worker create"),
        ("deleteTask", "ccm task delete"),
        ("deleteWorker", "ccm worker delete"),
        ("explainWorker", "ccm worker explain"),
        ("getCaller", "ccm whoami"),
        ("getTask", "ccm task get"),
        ("getTraces", "ccm trace"),
        ("getWorker", "ccm worker get"),
        ("importWorker", "ccm worker import"),
        ("listTaskEvents", "ccm task events"),
        ("listTasks", "ccm task list"),
        ("listTraces", "ccm trace"),
        ("listWorkerEvents", "ccm worker events"),
        ("listWorkers", "ccm worker list"),
        ("ready", "ccm health"),
        ("refreshWorker", "ccm worker refresh"),
        ("retryTask", "ccm task retry"),
        ("startWorker", "ccm worker start"),
        ("stopWorker", "ccm worker stop"),
        ("streamEvents", "ccm events tail"),
        ("terminateWorker", "ccm worker terminate"),
        ("updateTask", "ccm task update"),
        ("updateWorker", "ccm worker update"),
    ];
    let description = include_str!("../gateway/openapi.json");
    let description: serde_json::Value = serde_json::from_str(description).unwrap();
    let paths = description["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|it| it.as_object().unwrap().values());
    let ids: Vec<&str> = operations.filter_map(|it| it["operationId"].as_str()).collect();
    assert_eq!(ids.len(), no_command.len() + commands.len(), "{ids:?}");
    for id in ids.iter().filter(|it| !no_command.contains(it)) {
        let (_, path) =
            commands.iter().find(|it| it.0 == *id).unwrap_or_else(|| panic!("{id} has no command"));
        let mut command = &Cli::command();
        for word in path.split(' ').skip(1) {
            command = command.find_subcommand(word).unwrap_or_else(|| panic!("there is no {path}"));
        }
    }
}
