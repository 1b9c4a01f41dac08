//! A command line that cannot be used: one sentence that says what is wrong, and a hint of what to do.

use std::ffi::OsString;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use platform::url::without_password_of_user;

use super::Cli;
use crate::client::{Exit, Failure};
use crate::trace::clean;

/// What clap says instead of a command, if it is a mistake; `None` for the help and the version, which were asked for.
pub(crate) fn of(error: &clap::Error) -> Option<Failure> {
    let was_asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    (!was_asked_for).then(|| failure(error, &path(std::env::args_os().skip(1))))
}

/// The mistake in a command line of the command at `path`.
pub(super) fn failure(error: &clap::Error, path: &str) -> Failure {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let names: Vec<String> = subcommands(path);
        let message = format!("`{path}` needs a subcommand: {}", names.join(", "));
        return Failure::new(Exit::Usage, message).with_hint(format!("`{path} --help` explains them"));
    }
    Failure::new(Exit::Usage, sentence(error)).with_hint(hint(error, path))
}

/// What may have been meant, what is possible, and where it is explained.
fn hint(error: &clap::Error, path: &str) -> String {
    let strings = |kind| match error.get(kind) {
        Some(ContextValue::String(it)) => vec![it.as_str()],
        Some(ContextValue::Strings(them)) => them.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    // The most similar one is the last.
    let meant: Vec<String> = meant.into_iter().flat_map(strings).rev().map(|it| format!("`{it}`")).collect();
    let possible: Vec<&str> =
        strings(ContextKind::ValidValue).into_iter().filter(|it| !it.is_empty()).collect();
    let mut parts = Vec::new();
    if !possible.is_empty() {
        parts.push(format!("the possible values are {}", possible.join(", ")));
    } else if !meant.is_empty() {
        parts.push(format!("did you mean {}?", meant.join(" or ")));
    }
    let what = if error.kind() == ErrorKind::InvalidSubcommand {
        "lists the commands"
    } else {
        "explains the options"
    };
    parts.push(format!("`{path} --help` {what}"));
    parts.join("; ").replace("?;", "?")
}

/// The message of the error, without the usage that clap adds.
fn sentence(error: &clap::Error) -> String {
    let mut text = error.to_string();
    // A value may have line breaks, and be of somebody else; a URL may have a password.
    for (_, value) in error.context() {
        if let ContextValue::String(value) = value
            && !value.is_empty()
        {
            text = text.replace(value, &clean(&without_password_of_user(value)));
        }
    }
    // Arguments that are missing stand on lines of their own.
    let lines: Vec<&str> = text.lines().map(str::trim).take_while(|it| !it.is_empty()).collect();
    let text = if lines.first().is_some_and(|it| it.ends_with(':')) {
        lines.join(" ")
    } else {
        lines.first().copied().unwrap_or_default().to_owned()
    };
    text.strip_prefix("error: ").unwrap_or(&text).to_owned()
}

/// The command that these arguments name, as far as its words are known: `ccm task list`.
fn path(arguments: impl Iterator<Item = OsString>) -> String {
    let (mut command, mut path) = (Cli::command(), "ccm".to_owned());
    for word in arguments {
        let Some(inner) = word.to_str().and_then(|it| command.find_subcommand(it)).cloned() else { break };
        path = format!("{path} {}", inner.get_name());
        command = inner;
    }
    path
}

/// The names of what is beneath the command at `path`.
fn subcommands(path: &str) -> Vec<String> {
    let mut command = &Cli::command();
    for word in path.split(' ').skip(1) {
        command = command.find_subcommand(word).unwrap_or(command);
    }
    let shown = command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help");
    shown.map(|it| it.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn told(line: &str) -> (String, String) {
        let words = || line.split(' ').map(OsString::from);
        let error = Cli::try_parse_from(words()).unwrap_err();
        let failure = failure(&error, &path(words().skip(1)));
        (failure.to_string(), failure.hint.unwrap())
    }

    #[test]
    fn a_mistake_is_told_with_what_is_possible_and_where_it_is_explained() {
        let cases = [
            (
                "ccm tsk list",
                "unrecognized subcommand 'tsk'",
                "did you mean `task` or `task-service`? `ccm --help` lists the commands",
            ),
            (
                "ccm task",
                "`ccm task` needs a subcommand: list, get, create, update, delete, cancel, retry, events",
                "`ccm task --help` explains them",
            ),
            (
                "ccm task list --priority x",
                "invalid value 'x' for '--priority <PRIORITY>'",
                "the possible values are low, medium, high; `ccm task list --help` explains the options",
            ),
            (
                "ccm worker stop x --reasn y",
                "unexpected argument '--reasn' found",
                "did you mean `--reason`? `ccm worker stop --help` explains the options",
            ),
            (
                "ccm task create",
                "the following required arguments were not provided: --title <TEXT>",
                "`ccm task create --help` explains the options",
            ),
        ];
        for (line, message, hint) in cases {
            assert_eq!(told(line), (message.to_owned(), hint.to_owned()), "{line}");
        }
    }
}
