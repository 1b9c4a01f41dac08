//! docs/cli.md: the help of every command, with what several have in common once, and what it prints with `--json`. The test below makes it from the command line and
//! compares.

mod configuration;
mod groups;

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};

use self::groups::Group;
use crate::cli::Cli;
use crate::client::Exit;

/// Before the commands.
const INTRODUCTION: &str = include_str!("reference/introduction.md");

/// The JSON documents that commands print, by name: what a running product has answered.
const EXAMPLES: [(&str, &str); 9] = [
    ("Task", include_str!("reference/task.json")),
    ("Task event", include_str!("reference/task_event.json")),
    ("Worker", include_str!("reference/worker.json")),
    ("Worker event", include_str!("reference/worker_event.json")),
    ("Explanation", include_str!("reference/explanation.json")),
    ("Refresh", include_str!("reference/refresh.json")),
    ("Caller", include_str!("reference/me.json")),
    ("Stream event", include_str!("reference/stream_event.json")),
    ("Findings", include_str!("reference/findings.json")),
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
        "ccm doctor" => Json::One("Findings"),
        _ if command.starts_with("ccm task ") => Json::One("Task"),
        _ if command.starts_with("ccm worker ") => Json::One("Worker"),
        _ => return None,
    })
}

/// The link to a heading.
fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_ascii_lowercase().replace(' ', "-"))
}

fn document() -> String {
    let mut root = without_values(Cli::command());
    root.build();
    let groups = Group::all(&root);
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## Options of several commands\n\nA command that has them says so.\n");
    for group in &groups {
        let _ = write!(text, "\n### {}\n{}", group.title, block(&group.help()));
        describe_values(&mut text, group.options.iter());
    }
    let _ = write!(text, "\n## Exit codes\n{}", block(&Exit::help()));
    describe(&mut text, "ccm", &root, &groups);
    text.push_str("\n## JSON\n\nDocuments that commands print with `--json`; [rest.md](rest.md) and openapi.json explain the members, [operations.md](operations.md#is-it-well)\nthose of the findings.\n");
    for (name, json) in EXAMPLES {
        let _ = write!(text, "\n### {name}\n\n```json\n{json}```\n");
    }
    text
}

/// Without the values that variables have here.
fn without_values(command: Command) -> Command {
    command.mut_args(|it| it.hide_env_values(true)).mut_subcommands(without_values)
}

fn block(help: &str) -> String {
    let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    format!("\n```text\n{}\n```\n", lines.join("\n"))
}

/// A command and those beneath it: its short help, without the options that are described elsewhere.
fn describe(text: &mut String, path: &str, command: &Command, all_groups: &[Group]) {
    let groups: Vec<&Group> = all_groups.iter().filter(|it| it.is_part_of(command)).collect();
    // `ccm` alone is `ccm up`.
    let is_elsewhere = |it: &Arg| {
        let is_general = ["help", "version"].contains(&it.get_id().as_str());
        is_general || path == "ccm" || groups.iter().any(|group| group.contains(it))
    };
    let mut command = command.clone().bin_name(path);
    let usage = command.render_usage().to_string();
    let mut command = command
        .override_usage(usage.trim_start_matches("Usage: ").to_owned())
        .after_help("")
        .mut_args(|it| {
            let is_hidden = it.is_hide_set() || is_elsewhere(&it);
            it.hide(is_hidden)
        });
    let _ = write!(text, "\n## {path}\n{}", block(&command.render_help().to_string()));
    describe_values(text, command.get_arguments());
    let notes = notes(path, &command, &groups);
    if !notes.is_empty() {
        let _ = write!(text, "\n{}\n", notes.join(" "));
    }
    for inner in command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help") {
        describe(text, &format!("{path} {}", inner.get_name()), inner, all_groups);
    }
}

/// The values of options that have an explanation for each.
fn describe_values<'a>(text: &mut String, options: impl Iterator<Item = &'a Arg>) {
    let mut lines = String::new();
    for option in options.filter(|it| !it.is_hide_set()) {
        for value in option.get_possible_values() {
            if let Some(help) = value.get_help() {
                let name = option.get_long().unwrap_or_default();
                let _ = writeln!(lines, "- `--{name} {}`: {help}", value.get_name());
            }
        }
    }
    if !lines.is_empty() {
        let _ = write!(text, "\n{lines}");
    }
}

/// Which further options a command has, and what it prints with `--json`.
fn notes(path: &str, command: &Command, groups: &[&Group]) -> Vec<String> {
    let mut notes = Vec::new();
    if path == "ccm" {
        notes.push("Without a command, `ccm` is [ccm up](#ccm-up), with its options.".to_owned());
    }
    if !groups.is_empty() {
        let links: Vec<String> = groups.iter().map(|it| link(it.title)).collect();
        notes.push(format!("Further options: {}.", links.join(", ")));
    }
    let takes_json = command.get_arguments().any(|it| it.get_id() == "json");
    assert_eq!(takes_json, takes_json && json_of(path).is_some(), "{path} has --json and no example");
    match json_of(path).filter(|_| takes_json) {
        Some(Json::One(name)) => notes.push(format!("With `--json`: one {}.", link(name))),
        Some(Json::List(name)) => notes
            .push(format!("With `--json`: an array, each item on a line of its own and a {}.", link(name))),
        Some(Json::Lines(name)) => notes.push(format!("With `--json`: a line for each {}.", link(name))),
        None => {}
    }
    notes
}

/// Compares a document with the one that was made, which it leaves in `target/`.
fn assert_checked_in(name: &str, checked_in: &str, made: &str) {
    std::fs::write(format!("{}/target/{name}", env!("CARGO_MANIFEST_DIR")), made).unwrap();
    assert!(checked_in == made, "docs/{name} differs from the code: cp target/{name} docs/{name}");
}

#[test]
fn docs_cli_md_is_what_the_command_line_says() {
    assert_checked_in("cli.md", include_str!("../docs/cli.md"), &document());
}

#[test]
fn what_several_commands_have_in_common_is_described_once() {
    let made = document();
    let times = |text: &str| made.matches(text).count();
    let once = ["URL of the gateway", "The longest time to wait", "Format of log lines", "Exit codes:"];
    assert_eq!(once.map(times), [1; 4]);
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
