//! The command line of `ccm completions`.

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
#[command(after_help = HOW)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: Shell,
}

/// A shell that can complete the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

const HOW: &str = "To load it:
  bash  source <(ccm completions bash)          in ~/.bashrc
  zsh   source <(ccm completions zsh)           in ~/.zshrc, after compinit
  fish  ccm completions fish | source           in ~/.config/fish/config.fish";
