//! docs/configuration.md: the text in `configuration/`, with a table in place of each list of settings. A row has what the code
//! says of the setting, followed by what the list adds to it. The tests below make the document and compare.
//!
//! A list is a code block of the language `settings COMMAND` (variables of a command), `arguments` (options of commands) or
//! `variables` (what no flag has). Each line is a name, or `NAME: more about it`, which indented lines continue.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use telemetry::{Variable, VariableDefault};

use super::assert_checked_in;
use super::groups::is_same;
use crate::cli::{Cli, colour};

const TEXT: [&str; 3] = [
    include_str!("configuration/processes.md"),
    include_str!("configuration/commands.md"),
    include_str!("configuration/telemetry.md"),
];

/// The commands that run one process each.
const PROCESSES: [&str; 3] = ["gateway", "task-service", "worker-service"];

/// What help texts name without code quotes, by how it begins.
const CODE: [&str; 8] = ["CCM_", "--", "sqlite:", "postgres:", "https:", "dns:", "X-Forwarded-", "/"];

/// A line of a list.
struct Item {
    name: String,
    remark: String,
}

fn items(list: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for line in list.lines() {
        match items.last_mut() {
            Some(item) if line.starts_with(' ') => {
                item.remark.push(' ');
                item.remark.push_str(line.trim());
            }
            _ => {
                let (name, remark) = line.split_once(": ").unwrap_or((line, ""));
                items.push(Item { name: name.to_owned(), remark: remark.to_owned() });
            }
        }
    }
    items
}

fn document() -> String {
    let mut root = Cli::command();
    root.build();
    let text = TEXT.join("\n");
    let mut made = String::new();
    let mut rest = text.as_str();
    while let Some((before, block)) = rest.split_once("```") {
        let (language, block) = block.split_once('\n').expect("a block has lines");
        let (list, after) = block.split_once("```").unwrap_or_else(|| panic!("{language} has no end"));
        made.push_str(before);
        match language.split_once(' ').unwrap_or((language, "")) {
            ("settings", command) => made.push_str(&settings(&root, command, &items(list))),
            ("arguments", _) => made.push_str(&arguments(&root, &items(list))),
            ("variables", _) => made.push_str(&variables(&items(list))),
            _ => drop(write!(made, "```{language}\n{list}```")),
        }
        rest = after;
    }
    made + rest
}

fn command<'a>(root: &'a Command, path: &str) -> &'a Command {
    path.split(' ').fold(root, |it, name| {
        it.find_subcommand(name).unwrap_or_else(|| panic!("there is no command {path}"))
    })
}

fn variable(argument: &Arg) -> Option<&str> {
    argument.get_env().and_then(|it| it.to_str())
}

fn settings_of(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|it| !it.is_hide_set() && it.get_env().is_some())
}

/// The settings of a command by their variables, with the processes that have them if the command runs one.
fn settings(root: &Command, path: &str, items: &[Item]) -> String {
    let of_command = command(root, path);
    let mut rows = Vec::new();
    for item in items {
        let argument = settings_of(of_command).find(|it| variable(it) == Some(&item.name));
        let argument = argument.unwrap_or_else(|| panic!("ccm {path} has no setting {}", item.name));
        let mut row = vec![format!("`{}`", item.name), flag(argument), default(argument)];
        if PROCESSES.contains(&path) {
            row.push(processes(root, argument));
        }
        row.push(meaning(argument, &item.remark));
        rows.push(row);
    }
    if PROCESSES.contains(&path) {
        table(&["Variable", "Flag", "Default", "Process", "Meaning"], &rows)
    } else {
        table(&["Variable", "Flag", "Default", "Meaning"], &rows)
    }
}

/// The processes that have the same setting.
fn processes(root: &Command, argument: &Arg) -> String {
    let has_it = |it: &&str| settings_of(command(root, it)).any(|it| is_same(it, argument));
    let names: Vec<&str> = PROCESSES.into_iter().filter(has_it).collect();
    match names.as_slice() {
        [_, _, _] => "every process".to_owned(),
        ["task-service", "worker-service"] => "services".to_owned(),
        names => names.join(", "),
    }
}

/// Options, each with its command: `COMMAND --flag`, or `COMMAND VALUE-NAME` of one without a flag.
fn arguments(root: &Command, items: &[Item]) -> String {
    let row = |item: &Item| {
        let (path, name) = item.name.rsplit_once(" / ").expect("a command and its argument");
        let is_it = |it: &&Arg| flag(it).trim_matches('`').split(' ').next() == name.split(' ').next();
        let argument = command(root, path).get_arguments().find(is_it);
        let argument = argument.unwrap_or_else(|| panic!("ccm {path} has no {name}"));
        vec![format!("`{path}`"), flag(argument), default(argument), meaning(argument, &item.remark)]
    };
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    table(&["Command", "Argument", "Default", "Meaning"], &rows)
}

/// Variables without a flag. What the list adds to them is the test that verifies each.
fn variables(items: &[Item]) -> String {
    let all: Vec<Variable> = telemetry::VARIABLES.into_iter().chain(colour::VARIABLES).collect();
    let row = |item: &Item| {
        let variable = all.iter().find(|it| it.name == item.name);
        let variable = variable.unwrap_or_else(|| panic!("nothing reads {}", item.name));
        let default = match variable.default {
            VariableDefault::Value(value) => format!("`{value}`"),
            VariableDefault::Words(words) => words.to_owned(),
        };
        let mut row = vec![format!("`{}`", item.name), default, variable.meaning.to_owned()];
        row.extend(Some(item.remark.clone()).filter(|it| !it.is_empty()));
        row
    };
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    let columns = ["Variable", "Default", "Meaning", "Test"];
    table(&columns[..rows[0].len()], &rows)
}

fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    for row in rows {
        assert_eq!(row.len(), columns.len(), "{row:?}");
        let cells: Vec<String> = row.iter().map(|it| it.replace('|', "\\|")).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text.trim_end().to_owned()
}

/// The flag and the name of its value; the name alone of an argument without a flag.
fn flag(argument: &Arg) -> String {
    let takes_value = argument.get_action().takes_values();
    let value = argument.get_value_names().filter(|_| takes_value).map(|it| it.join(" "));
    let flag = argument.get_long().map(|it| format!("--{it}"));
    let words: Vec<String> = flag.into_iter().chain(value).collect();
    format!("`{}`", words.join(" "))
}

fn default(argument: &Arg) -> String {
    let values: Vec<&str> = argument.get_default_values().iter().filter_map(|it| it.to_str()).collect();
    match values.join(",") {
        _ if argument.is_required_set() => "required".to_owned(),
        _ if !argument.get_action().takes_values() => "off".to_owned(),
        value if !value.is_empty() => format!("`{value}`"),
        _ if values.is_empty() => "none".to_owned(),
        _ => "empty".to_owned(),
    }
}

/// The help, what each value means, and what there is to add, as sentences.
fn meaning(argument: &Arg, remark: &str) -> String {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let mut sentences = vec![with_code(&help)];
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter_map(|it| Some((it.get_name(), it.get_help()?.to_string())))
        .map(|(name, help)| format!("`{name}`: {}{}", help[..1].to_lowercase(), &help[1..]))
        .collect();
    let values = values.join("; ");
    sentences.extend([values, remark.to_owned()].into_iter().filter(|it| !it.is_empty()));
    sentences.join(". ")
}

/// A help text as Markdown.
fn with_code(help: &str) -> String {
    let word = |word: &str| {
        let inner = word.trim_end_matches(['.', ',', ';']);
        let is_code = inner.len() > 1 && CODE.iter().any(|it| inner.starts_with(it));
        if is_code { word.replacen(inner, &format!("`{inner}`"), 1) } else { word.to_owned() }
    };
    let words: Vec<String> = help.split(' ').map(word).collect();
    words.join(" ")
}

#[test]
fn docs_configuration_md_is_what_the_code_says() {
    assert_checked_in("configuration.md", include_str!("../../docs/configuration.md"), &document());
}

/// The row of a setting that several processes have names all of them, and one that differs has a row of its own.
#[test]
fn every_setting_of_every_process_has_a_row() {
    let mut root = Cli::command();
    root.build();
    let made = document();
    let commands = PROCESSES.map(|it| (it, command(&root, it)));
    let others = ["up", "task list", "migrate task-service", "migrate worker-service"];
    for (path, of_command) in commands.into_iter().chain(others.map(|it| (it, command(&root, it)))) {
        for argument in settings_of(of_command) {
            let variable = variable(argument).unwrap();
            let begins = format!("| `{variable}` | {} | {} |", flag(argument), default(argument));
            let says = meaning(argument, "");
            let has_row = |it: &str| it.starts_with(&begins) && it.contains(&says);
            assert!(made.lines().any(has_row), "no row for {variable} of ccm {path}: {begins} {says}");
        }
    }
}

#[test]
fn every_variable_that_no_flag_has_is_in_the_document() {
    let made = document();
    for variable in telemetry::VARIABLES.iter().chain(&colour::VARIABLES) {
        let row = format!("| `{}` | ", variable.name);
        assert_eq!(made.matches(&row).count(), 1, "{}", variable.name);
    }
}
