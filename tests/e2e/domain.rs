//! The domain of a service is pure: its files, from `task.rs`, `worker.rs` and `policy.rs` down the module tree, name neither
//! gRPC nor SQL. They may use the crates listed here, and no module of their own crate outside of the domain.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Crates that the domain may use. `access` has callers and their roles; its module `grpc` is forbidden.
const GROUND: [&str; 6] = ["access", "platform", "serde", "strum", "thiserror", "uuid"];

/// Names that no domain file may contain: every other dependency of the service, those of its tests included, and `grpc`.
fn forbidden(manifest: &str) -> BTreeSet<String> {
    let section = |name: &str| manifest.split(name).nth(1).unwrap().split("\n[").next().unwrap();
    let dependencies = ["\n[dependencies]\n", "\n[dev-dependencies]\n"].map(section);
    let names =
        dependencies.into_iter().flat_map(str::lines).filter_map(|it| it.split(['.', ' ', '=']).next());
    let names = names.filter(|it| !it.is_empty() && !GROUND.contains(it)).map(|it| it.replace('-', "_"));
    names.chain(["grpc".to_owned()]).collect()
}

/// The code of a file without comments, string literals and tests, cut into words and single punctuation characters.
fn words(file: &str) -> Vec<String> {
    let code = file.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().filter(|it| !it.trim_start().starts_with("//"));
    let lines = lines.map(|it| it.split(" // ").next().unwrap());
    let code = lines.collect::<Vec<_>>().join("\n").replace("\\\"", "");
    let mut words = vec![String::new()];
    for it in code.split('"').step_by(2).flat_map(str::chars) {
        if it.is_alphanumeric() || it == '_' {
            words.last_mut().unwrap().push(it);
        } else if !it.is_whitespace() {
            words.extend([it.to_string(), String::new()]);
        } else if !words.last().unwrap().is_empty() {
            words.push(String::new());
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

/// The forbidden names in a file at this depth of the domain's module tree.
fn outside(file: &str, depth: usize, domain: &[&str], forbidden: &BTreeSet<String>) -> Vec<String> {
    let words = words(file);
    let mut found: Vec<String> = words.iter().filter(|it| forbidden.contains(*it)).cloned().collect();
    for (at, word) in words.iter().enumerate() {
        let is_first = at == 0 || words[at - 1] != ":";
        let has_more = words.get(at + 1).is_some_and(|it| it == ":");
        if !(is_first && has_more && matches!(word.as_str(), "crate" | "super")) {
            continue;
        }
        let path: Vec<&str> =
            words[at..].iter().map(String::as_str).filter(|it| *it != ":").take(depth + 2).collect();
        let up = path.iter().take_while(|it| **it == "super").count();
        let from_root = if word == "crate" { path.get(1) } else { path.get(up).filter(|_| up > depth) };
        found.extend(from_root.filter(|it| !domain.contains(it)).map(|it| format!("{word}::{it}")));
    }
    found
}

/// A module's file and those of the modules beneath it, with their depth.
fn files(folder: &Path, module: &str, depth: usize) -> Vec<(PathBuf, usize)> {
    let path = folder.join(format!("{module}.rs"));
    let text = std::fs::read_to_string(&path).unwrap();
    let beneath = text.split("#[cfg(test)]").next().unwrap().lines();
    let beneath =
        beneath.filter_map(|it| it.trim_start_matches("pub(crate) ").strip_prefix("mod ")?.strip_suffix(';'));
    let beneath = beneath.flat_map(|it| files(&folder.join(module), it, depth + 1));
    std::iter::once((path.clone(), depth)).chain(beneath).collect()
}

#[test]
fn the_domain_names_neither_grpc_nor_sql_nor_a_file_outside_of_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (service, domain) in [("task-service", ["task", "policy"]), ("worker-service", ["worker", "policy"])]
    {
        let manifest = std::fs::read_to_string(root.join(service).join("Cargo.toml")).unwrap();
        let forbidden = forbidden(&manifest);
        for name in ["tonic", "sqlx", "proto", "storage", "net"] {
            assert!(forbidden.contains(name), "{service} no longer depends on {name}: is it still held?");
        }
        let source = root.join(service).join("src");
        let files: Vec<_> = domain.iter().flat_map(|it| files(&source, it, 0)).collect();
        assert!(files.len() >= 4, "{files:?}");
        for (path, depth) in files {
            let file = std::fs::read_to_string(&path).unwrap();
            let found = outside(&file, depth, &domain, &forbidden);
            assert!(found.is_empty(), "{} is of the domain and names {found:?}", path.display());
        }
    }
}

#[test]
fn what_is_outside_of_the_domain_is_found_however_it_is_written() {
    let forbidden = BTreeSet::from(["tonic".to_owned(), "grpc".to_owned()]);
    let found = |file: &str, depth| outside(file, depth, &["task", "policy"], &forbidden);
    assert_eq!(found("use tonic::Status;", 0), ["tonic"]);
    assert_eq!(found("use access::{Caller, grpc};", 0), ["grpc"]);
    assert_eq!(found("fn f() -> Result<(), ::tonic::Status> {}", 0), ["tonic"]);
    assert_eq!(found("use crate::error::TaskError;", 0), ["crate::error"]);
    assert_eq!(found("use crate::{error, task};", 1), ["crate::{"]);
    assert_eq!(found("fn f() -> super::error::TaskError {}", 0), ["super::error"]);
    assert_eq!(found("use super::super::error;", 1), ["super::error"]);
    let fine = "//! Knows no tonic.\npub(crate) use super::Status;\nuse crate::task::Task; // no tonic\nfn f() { g(\"tonic\") }";
    assert_eq!(found(fine, 1), Vec::<String>::new());
    assert_eq!(found("#[cfg(test)]\nmod tests { use crate::store; }", 0), Vec::<String>::new());
}
