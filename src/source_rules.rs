//! Rules of docs/architecture.md that no lint holds, because they are for some files only: the tests read the source.

use std::fs;
use std::path::Path;

/// The domain: what a task and a worker are, free of transport and database.
const DOMAIN: [&str; 4] = [
    "task-service/src/task.rs",
    "task-service/src/task",
    "worker-service/src/worker.rs",
    "worker-service/src/worker",
];

/// Every line of code that has one of `words` in a Rust file at or under `path`, as `file:line: text`.
fn lines_with(words: &[&str], path: &Path) -> Vec<String> {
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap().map(|it| it.unwrap().path());
        return entries.flat_map(|it| lines_with(words, &it)).collect();
    }
    let source = fs::read_to_string(path).unwrap();
    let code = source.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.filter(|(_, line)| words.iter().any(|it| line.contains(it)))
        .map(|(number, line)| format!("{}:{}: {line}", path.display(), number + 1))
        .collect()
}

fn found(words: &[&str], paths: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    paths.iter().flat_map(|it| lines_with(words, &root.join(it))).collect()
}

#[test]
fn the_domain_imports_neither_transport_nor_database() {
    assert_eq!(found(&["tonic", "sqlx", "proto::", "storage::"], &DOMAIN), [""; 0]);
}

#[test]
fn the_domain_and_access_ask_a_clock_that_a_test_can_hold() {
    let paths = [&DOMAIN[..], &["access/src"]].concat();
    assert_eq!(found(&["Instant::now", "SystemTime"], &paths), [""; 0]);
}
