//! The commands of the README, of docs/tour.md and of the archive's README, run as they stand there, and what they print, compared
//! with what stands there.
//!
//! They run in a network namespace of their own, so that port 8000 is free, and in a process namespace of their own, so
//! that nothing outlives the test.

use std::fmt::Write as _;
use std::process::Stdio;

use tokio::process::Command;

use crate::harness::DEADLINE;

const README: &str = include_str!("../../README.md");
const ARCHIVE: &str = include_str!("../../release/README.md");
const TOUR: &str = include_str!("../../docs/tour.md");
/// Stands before the output of each command.
const MARK: &str = "=== command ";

/// A command of a `console` block, with the lines that stand below it.
pub(crate) struct Shown {
    pub(crate) command: String,
    output: Vec<String>,
}

/// The commands of a document.
pub(crate) fn console_blocks(document: &str) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let mut inside = false;
    for line in document.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => shown.push(Shown { command: command.to_owned(), output: Vec::new() }),
                None => shown.last_mut().expect("a command first").output.push(line.to_owned()),
            },
        }
    }
    shown
}

/// The README's session: what it starts, then each command in one shell. `cargo run -q --` is the built binary, and so is `./ccm`, as
/// where an archive was unpacked.
fn script(shown: &[Shown]) -> String {
    let mut script = String::from(
        r#"
        ip link set lo up
        ln -s "$CCM" ccm
        cargo() { while [ "$1" != "--" ]; do shift; done; shift; "$CCM" "$@"; }
        # Time to look at a machine while it stops, on a busy machine too.
        CCM_SIMULATED_STOP_DELAY=8s "$CCM" >up.log 2>&1 &
        for attempt in $(seq 300); do
            curl --silent --fail --output /dev/null http://localhost:8000/livez && break
            sleep 0.1
        done
        # Where a reader waits for a second, until something has begun that takes several, a busy machine gets two.
        sleep() { command sleep $(($1 * 2)); }
        "#,
    );
    for (number, it) in shown.iter().enumerate() {
        let _ = writeln!(script, "echo; echo '{MARK}{number}'\n{}", it.command);
    }
    script
}

async fn run(script: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(["--net", "--pid", "--fork", "--kill-child"]);
    if !storage::testing::is_root() {
        unshare.arg("--map-root-user");
    }
    let running = unshare
        .args(["bash", "-c", script])
        .current_dir(directory.path())
        .env("CCM", env!("CARGO_BIN_EXE_ccm"))
        .env("PATH", path())
        .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(DEADLINE * 6, running).await.expect("the session ends").unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// With what tests/run has installed.
fn path() -> std::ffi::OsString {
    let mut path = std::ffi::OsString::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/venv/bin:"));
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_readme_print_what_the_readme_shows() {
    let shown = console_blocks(README);
    let line = r#"curl -X POST http://localhost:8000/api/tasks -H "Content-Type: application/json" -H "Authorization: Bearer $TOKEN" -d '{"title": "Test Task", "priority": "high"}'"#;
    assert!(shown.iter().any(|it| it.command == line), "the README has the line that newcomers copy");
    expect_as_shown(&shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_tour_print_what_the_tour_shows() {
    let shown = console_blocks(TOUR);
    assert!(
        shown.iter().any(|it| it.command.contains("worker_id")),
        "the tour has a trace over three services"
    );
    expect_as_shown(&shown).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_of_the_archives_readme_print_what_it_shows() {
    expect_as_shown(&console_blocks(ARCHIVE)).await;
}

/// Runs the commands in a session of their own and compares what they print.
pub(crate) async fn expect_as_shown(shown: &[Shown]) {
    let printed = run(&script(shown)).await;
    let outputs: Vec<&str> = printed.split(MARK).skip(1).collect();
    assert_eq!(outputs.len(), shown.len(), "{printed}");
    for (it, output) in shown.iter().zip(outputs) {
        let real: Vec<String> = output.lines().skip(1).filter(|it| !it.is_empty()).map(masked).collect();
        let expected: Vec<String> =
            it.output.iter().filter(|it| !it.is_empty()).map(|it| masked(it)).collect();
        assert_eq!(real, expected, "$ {}\n{output}", it.command);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_line_is_answered_201() {
    let line = console_blocks(README).into_iter().find(|it| it.command.contains("\"Test Task\"")).unwrap();
    let asked = Shown { command: line.command.replacen("curl", "curl -i", 1), output: Vec::new() };
    let token = Shown { command: "TOKEN=$(cargo run -q -- token)".to_owned(), output: Vec::new() };
    let printed = run(&script(&[token, asked])).await;
    assert!(printed.contains("HTTP/1.1 201 Created"), "{printed}");
}

/// A line without what differs between two runs: ids, times, durations and their bars.
pub(crate) fn masked(line: &str) -> String {
    let is_bar = |it: char| ('\u{2580}'..='\u{259f}').contains(&it) || ['\u{250a}', '\u{22ef}'].contains(&it);
    let line: String = line.chars().map(|it| if is_bar(it) { ' ' } else { it }).collect();
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        let is_unit = ["ns", "µs", "ms", "s"].contains(&word);
        match words.last_mut() {
            Some(before) if is_unit && before.parse::<f64>().is_ok() => "…".clone_into(before),
            _ => words.push(word.split('"').map(masked_text).collect::<Vec<_>>().join("\"")),
        }
    }
    words.join(" ")
}

fn masked_text(text: &str) -> String {
    if let Some((origin, id)) = text.split_once("/traces/") {
        return format!("{origin}/traces/{}", masked_text(id));
    }
    let is_hex = |it: &str| it.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-');
    // A machine's id may stand in a sentence: (machine i-89c298ed151b99b46).
    let id = text.trim_end_matches([')', '.']);
    let id = id.strip_prefix("i-").unwrap_or(id);
    // The end of an id: task …ff224f0b.
    let is_end = text.strip_prefix('…').is_some_and(|it| it.len() == 8 && is_hex(it));
    let is_id = is_end || (id.len() >= 16 && is_hex(id));
    let is_time = text.starts_with("20") && text.ends_with('Z') && text.contains('T');
    if is_id || is_time { "…".to_owned() } else { text.to_owned() }
}

#[test]
fn masking_leaves_all_but_ids_times_and_bars() {
    let id =
        r#"{"id":"01a20297-f0d9-71df-bc9a-03b3823c2980","at":"2026-11-22T09:30:41.753816Z","title":"Test"}"#;
    assert_eq!(masked(id), r#"{"id":"…","at":"…","title":"Test"}"#);
    assert_eq!(masked(r#""http://x/traces/4bf92f3577b34da6a3ce929d0e0e4736""#), r#""http://x/traces/…""#);
    let bar = "gateway  └ → TaskService/CreateTask   ▐███▌   5.62 ms";
    assert_eq!(masked(bar), "gateway └ → TaskService/CreateTask …");
}
