//! bash puts a completion into the command line as it is, whatever it means there. Names are chosen by others: here, each is
//! written so that bash reads it as one word. zsh and fish do this by themselves.

use std::ffi::OsString;
use std::io::{Error, Write};
use std::path::Path;

use clap::Command;
use clap_complete::engine::complete;
use clap_complete::env::{Bash as Plain, EnvCompleter};

/// The adapter of `clap_complete`, with quotes.
pub(super) struct Bash;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        Plain.name()
    }

    fn is(&self, name: &str) -> bool {
        Plain.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        binary: &str,
        completer: &str,
        script: &mut dyn Write,
    ) -> Result<(), Error> {
        Plain.write_registration(variable, name, binary, completer, script)
    }

    fn write_complete(
        &self,
        command: &mut Command,
        words: Vec<OsString>,
        directory: Option<&Path>,
        answer: &mut dyn Write,
    ) -> Result<(), Error> {
        let variable = |name| std::env::var_os(name).and_then(|it| it.into_string().ok());
        let index = variable("_CLAP_COMPLETE_INDEX").and_then(|it| it.parse().ok()).unwrap_or_default();
        let separator = variable("_CLAP_IFS").unwrap_or_else(|| "\n".to_owned());
        let candidates = complete(command, words, index, directory)?;
        let quoted: Vec<String> =
            candidates.iter().map(|it| quoted(&it.get_value().to_string_lossy())).collect();
        answer.write_all(quoted.join(&separator).as_bytes())
    }
}

/// The text as one word of bash. Control characters cannot be completed.
fn quoted(text: &str) -> String {
    let mut word = String::with_capacity(text.len());
    for it in text.chars().filter(|it| !it.is_control()) {
        if !it.is_alphanumeric() && !"-_./=:,@+%~".contains(it) {
            word.push('\\');
        }
        word.push(it);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bash_would_run_is_quoted() {
        assert_eq!(quoted("--priority=high"), "--priority=high");
        assert_eq!(quoted("lab 1"), r"lab\ 1");
        assert_eq!(quoted("$(reboot); 'a'\n"), r"\$\(reboot\)\;\ \'a\'");
        assert_eq!(quoted("Büro"), "Büro");
    }
}
