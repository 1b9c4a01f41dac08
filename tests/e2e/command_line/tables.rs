//! What people read: aligned columns, cut to the terminal, in colour there only.

use super::{LAB, ccm, command, id, ran};
use crate::harness::Product;

const LONG: &str = "Replace the uplink of rack seven in the second row of the third hall, before the night";

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_gets_whole_columns_without_colours_unless_they_are_forced() {
    let product = Product::start().await;
    let task = id(&product, &["task", "create", "--title", LONG, "--priority", "high"]).await;
    let table = ccm(&product, &["task", "list"]).await.ok().stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("ID ") && lines[0].ends_with("  AGE  TITLE"), "{table}");
    assert!(lines[1].starts_with(&format!("{task}  pending  high      human  -         ")), "{table}");
    assert!(lines[1].ends_with(LONG) && lines[0].find("TITLE") == lines[1].find("Replace"), "{table}");
    assert!(!table.contains('\u{1b}'), "{table:?}");
    let coloured = async |set: &[(&str, &str)]| {
        let mut listed = command(&product, &["task", "list"]);
        listed.envs(set.iter().copied());
        ran(listed).await.ok().stdout.contains("\u{1b}[33mpending\u{1b}[0m")
    };
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]).await);
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).await);
    let wide = ccm(&product, &["task", "list", "-o", "wide"]).await.ok().stdout;
    assert!(wide.contains("CREATED BY") && wide.lines().nth(1).unwrap().contains("Z  20"), "{wide}");
    let details = ccm(&product, &["task", "get", &task]).await.ok().stdout;
    assert!(
        details.contains("\nPriority    high\n") && details.ends_with("ETag        \"1\"\n"),
        "{details}"
    );
    let nothing = ccm(&product, &["worker", "list"]).await.ok();
    assert_eq!((nothing.stdout.as_str(), nothing.stderr.as_str()), ("", "ccm: no workers found\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_has_colours_where_they_are_asked_for_and_no_json_has() {
    let product = Product::start().await;
    let task = id(&product, &["task", "create", "--title", LONG]).await;
    let refused = [LAB.as_slice(), &["--tag", "sim:refuse=create", "--wait", "-o", "id"]].concat();
    let worker = ccm(&product, &refused).await.stdout.trim().to_owned();
    let (failed, pending) = ("\u{1b}[1;31mfailed\u{1b}[0m", "\u{1b}[33mpending\u{1b}[0m");
    let changes = "\u{1b}[1;31mstatus pending → failed";
    let cases: [(&[&str], &str); 10] = [
        (&["task", "list"], pending),
        (&["task", "get", &task], pending),
        (&["task", "events", &task], "\u{1b}[1mtask.created"),
        (&["worker", "list"], failed),
        (&["worker", "list", "-o", "wide"], failed),
        (&["worker", "get", &worker], failed),
        (&["worker", "explain", &worker], "\u{1b}[1mCONDITION"),
        (&["worker", "events", &worker], changes),
        (&["whoami"], "\u{1b}[1mRoles"),
        (&["doctor"], "→ \u{1b}[2mset CCM_TASK_DATABASE"),
    ];
    for (arguments, expected) in cases {
        let plain = ccm(&product, arguments).await;
        assert!(!plain.stdout.contains('\u{1b}') && !plain.stdout.is_empty(), "{arguments:?} {plain:?}");
        let forced = async |arguments: &[&str]| {
            let mut forced = command(&product, arguments);
            forced.env("CLICOLOR_FORCE", "1");
            ran(forced).await.stdout
        };
        let coloured = forced(arguments).await;
        assert!(coloured.contains(expected), "{arguments:?} {coloured:?}");
        if !arguments.contains(&"-o") {
            let json = forced(&[arguments, &["--json"]].concat()).await;
            assert!(!json.contains('\u{1b}') && !json.is_empty(), "{arguments:?} {json:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_gets_colours_and_lines_that_fit() {
    let product = Product::start().await;
    id(&product, &["task", "create", "--title", LONG]).await;
    // A terminal of its own, with 100 columns.
    let mut script = command(&product, &[]).as_std().get_envs().fold(
        tokio::process::Command::new("script"),
        |mut script, (name, value)| {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
            script
        },
    );
    script.env("CCM", env!("CARGO_BIN_EXE_ccm")).kill_on_drop(true).stdin(std::process::Stdio::null());
    script.args(["-q", "-e", "-c", r#"stty cols 100 rows 30; "$CCM" task list"#, "/dev/null"]);
    let shown = ran(script).await.ok().stdout;
    let row = shown.lines().find(|it| it.contains("pending")).unwrap().trim_end();
    assert!(row.contains("\u{1b}[33mpending\u{1b}[0m") && row.ends_with('…'), "{shown:?}");
    let columns = row.replace("\u{1b}[33m", "").replace("\u{1b}[0m", "").chars().count();
    assert_eq!(columns, 100, "{row:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_and_a_history_are_read_by_people() {
    let product = Product::start().await;
    let worker = id(&product, &[LAB.as_slice(), &["--wait"]].concat()).await;
    let explained = ccm(&product, &["worker", "explain", &worker]).await.ok().stdout;
    assert!(explained.contains("\nCONDITION    STATUS  FOR"), "{explained}");
    assert!(explained.contains("\nReady        True ") && explained.contains("\ncreate  ok "), "{explained}");
    let history = ccm(&product, &["worker", "events", &worker]).await.ok().stdout;
    let first = history.lines().last().unwrap();
    assert!(first.contains("worker.created") && first.contains("by local  trace "), "{history}");
    assert!(history.contains("status pending → running"), "{history}");
    let whoami = ccm(&product, &["whoami", "--verbose"]).await.ok();
    assert!(whoami.stdout.contains("Roles       admin\n"), "{whoami:?}");
    assert!(
        whoami.stderr.contains("/api/me: 200 OK in ") && whoami.stderr.contains(", trace "),
        "{whoami:?}"
    );
}
