//! Options that several commands have, which docs/cli.md describes once.

use clap::{Arg, Command};

/// Options that go together.
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) options: Vec<Arg>,
    /// One of the commands that have them.
    command: Command,
}

/// The headings in the help of commands that are clients of a gateway.
const HEADINGS: [&str; 3] = ["Output", "Waiting", "Gateway and token"];

impl Group {
    /// The groups of the whole command line.
    pub(super) fn all(root: &Command) -> Vec<Self> {
        let mut groups: Vec<Self> = HEADINGS.iter().map(|it| Self::with_heading(root, it)).collect();
        let role =
            |name: &str| root.find_subcommand(name).unwrap_or_else(|| panic!("there is no ccm {name}"));
        let [gateway, tasks, workers] = ["gateway", "task-service", "worker-service"].map(role);
        let of_services: Vec<&Arg> = shown(tasks).filter(|it| has(workers, it)).collect();
        let (of_all, of_services): (Vec<&Arg>, Vec<&Arg>) =
            of_services.into_iter().partition(|it| has(gateway, it));
        let group = |title, options: Vec<&Arg>| Self {
            title,
            options: options.into_iter().cloned().collect(),
            command: tasks.clone(),
        };
        groups.push(group("Every process", of_all));
        groups.push(group("Both services", of_services));
        groups
    }

    fn with_heading(root: &Command, title: &'static str) -> Self {
        let of = |command: &Command| -> Vec<Arg> {
            // Only commands that show something have --watch.
            let is_meant = |it: &&Arg| it.get_help_heading() == Some(title) && it.get_id() != "watch";
            shown(command).filter(is_meant).cloned().collect()
        };
        let mut commands = root.get_subcommands().flat_map(|it| it.get_subcommands().chain([it]));
        let command = commands.find(|it| !of(it).is_empty());
        let command = command.unwrap_or_else(|| panic!("no command has options of {title}"));
        Self { title, options: of(command), command: command.clone() }
    }

    /// Whether a command has all of them.
    pub(super) fn is_part_of(&self, command: &Command) -> bool {
        self.options.iter().all(|it| has(command, it))
    }

    pub(super) fn contains(&self, option: &Arg) -> bool {
        self.options.iter().any(|it| is_same(it, option))
    }

    /// As `--help` shows them.
    pub(super) fn help(&self) -> String {
        let only_these = self.command.clone().mut_args(|it| {
            let is_other = !self.contains(&it);
            it.hide(is_other).help_heading(None)
        });
        only_these.help_template("{options}").render_help().to_string()
    }
}

fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|it| !it.is_hide_set() && it.get_id() != "help")
}

fn has(command: &Command, option: &Arg) -> bool {
    shown(command).any(|it| is_same(it, option))
}

/// Whether the help of both is the same.
pub(super) fn is_same(one: &Arg, other: &Arg) -> bool {
    let help = |it: &Arg| it.get_help().map(ToString::to_string);
    one.get_long() == other.get_long()
        && help(one) == help(other)
        && one.get_help_heading() == other.get_help_heading()
        && one.get_env() == other.get_env()
        && one.get_default_values() == other.get_default_values()
}
