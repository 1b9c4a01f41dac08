//! The rooms of the house: which crate may know which, and which file may do what.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const ARCHITECTURE: &str = include_str!("../../docs/architecture.md");
const MANIFEST: &str = include_str!("../../Cargo.toml");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The crates of the workspace.
fn crates() -> BTreeSet<&'static str> {
    let members = MANIFEST.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    members.split(',').map(|it| it.trim().trim_matches('"')).filter(|it| !it.is_empty()).collect()
}

/// What a manifest lists of ours under `[dependencies]`.
fn imported(name: &str) -> BTreeSet<String> {
    let manifest = std::fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap();
    let names = section.lines().filter_map(|it| it.split(['.', ' ', '=']).next());
    names.filter(|it| crates().contains(it)).map(ToOwned::to_owned).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries.flat_map(|it| if it.is_dir() { sources(&it) } else { vec![it] }).collect()
}

/// The code of a file, without its tests and comments.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    code.lines().filter(|it| !it.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_store(file: &Path) -> bool {
    file.iter().any(|it| it == "store" || it == "store.rs")
}

#[test]
fn each_room_knows_the_rooms_that_the_architecture_says() {
    let table = ARCHITECTURE.split("\n## The rooms").nth(1).unwrap().split("\n## ").next().unwrap();
    let names_in = |cell: &str| -> BTreeSet<String> {
        cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
    };
    let documented: BTreeMap<String, BTreeSet<String>> = table
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.strip_prefix("| `")?.split(" | ").collect();
            Some((cells[0].trim_end_matches('`').to_owned(), names_in(cells.last()?)))
        })
        .collect();
    let in_manifests: BTreeMap<String, BTreeSet<String>> =
        crates().into_iter().map(|it| (it.to_owned(), imported(it))).collect();
    assert_eq!(documented, in_manifests, "docs/architecture.md on the left, the manifests on the right");
}

#[test]
fn a_file_that_opens_transactions_calls_no_other_process_and_only_stores_have_sql() {
    for service in ["task-service", "worker-service"] {
        for file in sources(&root().join(service).join("src")) {
            let (code, name) = (code(&file), file.display());
            let calls_others = ["net::", "tonic", "_client", "Client", "Channel"];
            if is_store(&file) {
                let found: Vec<_> = calls_others.iter().filter(|it| code.contains(**it)).collect();
                assert!(found.is_empty(), "{name} opens transactions and names {found:?}");
            } else {
                let found: Vec<_> = ["sqlx", "Statement", ".begin(", "database.write("]
                    .iter()
                    .filter(|it| code.contains(**it))
                    .collect();
                assert!(found.is_empty(), "{name} is no store and names {found:?}");
            }
        }
    }
}

#[test]
fn the_domain_and_access_ask_a_clock_that_a_test_can_hold() {
    let domain = ["task-service/src/task.rs", "worker-service/src/worker.rs"].map(|it| root().join(it));
    let folders = ["task-service/src/task", "worker-service/src/worker", "access/src"];
    let beneath = folders.iter().flat_map(|it| sources(&root().join(it)));
    for file in domain.into_iter().chain(beneath) {
        let code = code(&file);
        let found: Vec<_> = ["Instant::now", "SystemTime"].iter().filter(|it| code.contains(**it)).collect();
        assert!(found.is_empty(), "{} names {found:?}", file.display());
    }
}
