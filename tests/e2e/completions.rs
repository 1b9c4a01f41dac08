//! The completions, loaded by the real shells.

use std::process::Command;

/// What a shell prints that runs a script with `ccm` on its path.
fn shell(program: &str, arguments: &[&str], script: &str) -> String {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_ccm"));
    let mut path = std::ffi::OsString::from(binary.parent().unwrap());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("timeout");
    command.args(["60", program]).args(arguments).args(["-c", script]);
    let output = command.env("PATH", path).env("HOME", home.path()).env("TERM", "dumb").output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    assert!(output.status.success(), "{program}: {} {stdout} {stderr}", output.status);
    stdout
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let completed = |words: &str| {
        let script = format!(
            r#"source <(ccm completions bash)
            COMP_WORDS=({words}); COMP_CWORD=$(({}))
            _ccm ccm "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
            printf '%s\n' "${{COMPREPLY[@]}}""#,
            "${#COMP_WORDS[@]} - 1"
        );
        shell("bash", &["--norc"], &script)
    };
    assert!(completed("ccm wor").lines().any(|it| it == "worker"));
    assert!(completed("ccm worker ex").lines().any(|it| it == "explain"));
    assert!(completed("ccm task list --assi").lines().any(|it| it == "--assignee-id"));
    assert_eq!(completed("ccm task list --priority h").trim(), "high");
}

#[test]
fn fish_completes_commands_flags_and_values() {
    let completed = |line: &str| {
        let script = format!("ccm completions fish | source; complete -C '{line}'");
        shell("fish", &["--no-config"], &script)
    };
    assert!(completed("ccm wor").lines().any(|it| it.starts_with("worker\t")));
    assert!(completed("ccm worker ex").lines().any(|it| it.starts_with("explain\t")));
    assert!(completed("ccm task list --assi").lines().any(|it| it.starts_with("--assignee-id\t")));
    assert!(completed("ccm task list --priority h").starts_with("high"));
}

/// In a terminal: zsh completes only what somebody types.
#[test]
fn zsh_completes_commands_flags_and_values() {
    let completed = |line: &str, expected: &str| {
        // The completed line is run, with a function instead of the program.
        let script = format!(
            r#"zmodload zsh/zpty
            zpty typed zsh -f -i
            zpty -w typed 'PS1= PS2= RPS1=; stty cols 200; autoload -Uz compinit; compinit -u -D; source <(ccm completions zsh)'
            zpty -w typed 'function ccm {{ print -r -- "<RAN" "$@>" }}; print LOADED$((1))'
            zpty -r typed output '*LOADED1*'
            zpty -w typed $'{line}\t'
            zpty -r typed output '*<RAN*>*'
            print -r -- $output"#
        );
        let output = shell("zsh", &["-f"], &script);
        assert!(output.contains(expected), "{line}: {output}");
    };
    completed("ccm wor", "<RAN worker");
    completed("ccm worker ex", "<RAN worker explain");
    completed("ccm task list --assi", "<RAN task list --assignee-id");
    completed("ccm task list --priority h", "<RAN task list --priority high");
}
