//! `ccm completions`: what a shell needs to complete the command line.

use clap::CommandFactory as _;
use clap_complete::{Shell as Generator, generate};

use crate::cli::Cli;
use crate::cli::completions::Shell;
use crate::console;

pub(crate) fn run(shell: Shell) -> anyhow::Result<()> {
    let generator = match shell {
        Shell::Bash => Generator::Bash,
        Shell::Zsh => Generator::Zsh,
        Shell::Fish => Generator::Fish,
    };
    let mut script = Vec::new();
    generate(generator, &mut Cli::command(), "ccm", &mut script);
    console::print(&String::from_utf8_lossy(&script))
}
