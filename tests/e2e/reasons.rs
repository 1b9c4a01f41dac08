//! The reasons of errors: those that docs/errors.md explains are those that the code gives.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const DOCUMENT: &str = include_str!("../../docs/errors.md");
/// The crates that answer clients.
const CRATES: [&str; 7] = ["access", "events", "gateway", "net", "service", "task-service", "worker-service"];
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    entries.flat_map(|it| if it.is_dir() { sources(&it) } else { vec![it] }).collect()
}

fn is_test(file: &Path) -> bool {
    let parts = file.iter().map(|it| it.to_string_lossy());
    parts.into_iter().any(|it| ["tests.rs", "conformance.rs", "testing", "testing.rs"].contains(&it.as_ref()))
}

fn is_reason(text: &str) -> bool {
    text.len() > 3 && text.bytes().all(|it| it.is_ascii_uppercase() || it == b'_')
}

/// Constants that are called as they read, and texts that stand behind a gRPC code.
fn given(code: &str) -> impl Iterator<Item = &str> {
    let constants = code.split("const ").skip(1).filter_map(|it| {
        let (name, rest) = it.split_once(": &str = \"")?;
        let value = rest.split('"').next()?;
        (name == value).then_some(value)
    });
    let beside_codes = code.split("Code::").skip(1).filter_map(|it| {
        let behind = it.trim_start_matches(char::is_alphanumeric).strip_prefix(',')?;
        behind.trim_start().strip_prefix('"')?.split('"').next()
    });
    constants.chain(beside_codes).filter(|it| is_reason(it))
}

#[test]
fn every_reason_is_explained_and_every_explained_reason_is_given() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = CRATES.iter().flat_map(|it| sources(&root.join(it).join("src")));
    let mut in_code = BTreeSet::new();
    for file in files.filter(|it| !is_test(it.strip_prefix(root).unwrap())) {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        in_code.extend(given(code).map(ToOwned::to_owned));
    }
    let explained = DOCUMENT.split("\n## Reasons").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<&str> = explained
        .lines()
        .filter_map(|it| it.strip_prefix("| `")?.split('`').next())
        .filter(|it| is_reason(it))
        .collect();
    let documented: BTreeSet<String> = rows.iter().map(|&it| it.to_owned()).collect();
    assert_eq!(documented, in_code, "docs/errors.md on the left, the code on the right");
    assert_eq!(rows.len(), documented.len(), "a reason is explained once");
}

#[test]
fn reasons_are_found_as_constants_and_beside_codes() {
    let code = r#"
        /// Reason of it.
        const ONE_REASON: &str = "ONE_REASON";
        const PATH: &str = "/api";
        status::with_reason(Code::Internal, ONE_REASON, "TEXT");
        ApiError::new(status, Code::NotFound, "ANOTHER", detail);
        Error::Gone => (Code::Aborted, "A_THIRD"),
    "#;
    assert_eq!(given(code).collect::<Vec<_>>(), ["ONE_REASON", "ANOTHER", "A_THIRD"]);
}
