//! `ccm completions`, and the answers to the shells that have loaded what it prints: at each Tab, the shell runs `ccm` with
//! [`VARIABLE`] set and the words of the command line as arguments.

mod bash;
pub(crate) mod values;

use std::ffi::OsString;

use clap::{Command, CommandFactory as _};
use clap_complete::CompleteEnv;
use clap_complete::env::{EnvCompleter, Fish, Shells, Zsh};

use self::bash::Bash;
use crate::cli::Cli;
use crate::cli::completions::Shell;
use crate::console;

/// Says that a shell asks, and which one.
const VARIABLE: &str = "CCM_COMPLETE";

/// Prints the script that a shell loads.
pub(crate) fn run(shell: Shell) -> anyhow::Result<()> {
    let shell: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
    };
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, "ccm", "ccm", "ccm", &mut script)?;
    // zsh runs a file of its `fpath` as a function at the first Tab, which has to complete, too.
    if shell.is("zsh") {
        script.extend_from_slice(b"[[ $funcstack[1] = _ccm ]] && _clap_dynamic_completer_ccm \"$@\"; true\n");
    }
    console::print(&String::from_utf8_lossy(&script))
}

/// Whether this process is to complete a command line, and whether it has. To be called before there are threads, because
/// [`VARIABLE`] is removed from the environment.
pub(crate) fn answer_a_shell() -> Option<bool> {
    let shells: &[&dyn EnvCompleter] = &[&Bash, &Zsh, &Fish];
    let environment = CompleteEnv::with_factory(command).var(VARIABLE).shells(Shells(shells));
    let directory = std::env::current_dir().ok();
    match environment.try_complete(std::env::args_os(), directory.as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(true),
        // A message would appear in the middle of what somebody types.
        Err(_) => Some(false),
    }
}

/// The command line. Where nothing has been typed yet, options are completed only if nothing else can be: hidden candidates give
/// way to others.
fn command() -> Command {
    if word().is_empty() { without_options(Cli::command()) } else { Cli::command() }
}

fn without_options(command: Command) -> Command {
    command
        .disable_help_flag(true)
        .mut_args(|it| if it.is_positional() { it } else { it.hide(true) })
        .mut_subcommands(without_options)
}

/// The words of the command line, from `ccm` on.
fn words() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip_while(|it| it != "--").skip(1)
}

/// The word to complete. bash and zsh tell its index, fish has it last.
fn word() -> OsString {
    let index = std::env::var_os("_CLAP_COMPLETE_INDEX").and_then(|it| it.to_str()?.parse::<usize>().ok());
    let word = match index {
        Some(index) => words().nth(index),
        None => words().last(),
    };
    word.unwrap_or_default()
}
