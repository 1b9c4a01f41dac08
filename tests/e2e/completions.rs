//! The completions, loaded by the real shells.

mod of_the_gateway;

use std::process::Command;

/// What a shell prints that runs a script with `ccm` on its path. What a completion cannot do is not told: nothing may appear in
/// the middle of what somebody types.
fn shell(program: &str, arguments: &[&str], environment: &[(&str, String)], script: &str) -> String {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_ccm"));
    let mut path = std::ffi::OsString::from(binary.parent().unwrap());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("timeout");
    command.args(["60", program]).args(arguments).args(["-c", script]).current_dir(home.path());
    command.env("PATH", path).env("HOME", home.path()).env("TERM", "dumb");
    let output = command.envs(environment.iter().cloned()).output().unwrap();
    let [stdout, stderr] = [output.stdout, output.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    assert!(output.status.success(), "{program}: {} {stdout} {stderr}", output.status);
    assert_eq!(stderr, "", "{program}");
    stdout
}

/// The completions of the last of these words, as bash would put them into the command line.
fn bash(environment: &[(&str, String)], words: &str) -> Vec<String> {
    let script = format!(
        r#"source <(ccm completions bash)
        COMP_WORDS=({words}); COMP_CWORD=$(({}))
        _clap_complete_ccm ccm "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
        printf '%s\n' "${{COMPREPLY[@]}}""#,
        "${#COMP_WORDS[@]} - 1"
    );
    let printed = shell("bash", &["--norc"], environment, &script);
    printed.lines().filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// The completions of a line, with their descriptions.
fn fish(environment: &[(&str, String)], line: &str) -> Vec<(String, String)> {
    let script = format!("ccm completions fish | source; complete -C '{line}'");
    let printed = shell("fish", &["--no-config"], environment, &script);
    let split = |it: &str| {
        let (value, description) = it.split_once('\t').unwrap_or((it, ""));
        (value.to_owned(), description.to_owned())
    };
    printed.lines().map(split).collect()
}

/// What `ccm` would be run with when somebody types a line, Tab and Enter.
fn zsh(environment: &[(&str, String)], line: &str) -> String {
    let load = "autoload -Uz compinit; compinit -u -D; source <(ccm completions zsh)";
    zsh_that_loads(load, environment, line)
}

/// In a terminal: zsh completes only what is typed.
fn zsh_that_loads(load: &str, environment: &[(&str, String)], line: &str) -> String {
    // The completed line runs a function, which calls the program for completions.
    let script = format!(
        r#"zmodload zsh/zpty
        zpty typed zsh -f -i
        zpty -w typed 'PS1= PS2= RPS1=; stty cols 300; {load}'
        zpty -w typed 'function ccm {{ if [[ -n $CCM_COMPLETE ]]; then command ccm "$@"; else print -r -- "<RAN" "$@>"; fi }}; print LOADED$((1))'
        zpty -r typed output '*LOADED1*'
        zpty -w typed $'{line}\t'
        zpty -r typed output '*<RAN*>*'
        print -r -- $output"#
    );
    let printed = shell("zsh", &["-f"], environment, &script);
    let (_, ran) = printed.rsplit_once("<RAN ").unwrap_or_else(|| panic!("{line}: {printed}"));
    ran.split('>').next().unwrap_or_default().to_owned()
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let completed = |words: &str| bash(&[], words);
    assert!(completed("ccm wor").contains(&"worker".to_owned()));
    assert!(completed("ccm worker ex").contains(&"explain".to_owned()));
    assert_eq!(completed("ccm task list --assi"), ["--assignee-id"]);
    assert_eq!(completed("ccm task list --priority h"), ["high"]);
}

#[test]
fn fish_completes_commands_flags_and_values() {
    let completed = |line: &str| fish(&[], line).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert!(completed("ccm wor").contains(&"worker".to_owned()));
    assert!(completed("ccm worker ex").contains(&"explain".to_owned()));
    assert_eq!(completed("ccm task list --assi"), ["--assignee-id"]);
    assert_eq!(completed("ccm task list --priority h"), ["high"]);
}

#[test]
fn zsh_completes_commands_flags_and_values() {
    assert!(zsh(&[], "ccm wor").starts_with("worker"));
    assert_eq!(zsh(&[], "ccm worker ex").trim(), "worker explain");
    assert_eq!(zsh(&[], "ccm task list --assi").trim(), "task list --assignee-id");
    assert_eq!(zsh(&[], "ccm task list --priority h").trim(), "task list --priority high");
}

#[test]
fn zsh_completes_at_the_first_tab_with_a_file_of_its_fpath() {
    let load = "ccm completions zsh >_ccm; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D";
    assert_eq!(zsh_that_loads(load, &[], "ccm worker ex").trim(), "worker explain");
}
