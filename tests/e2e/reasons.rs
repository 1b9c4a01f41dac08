//! The reasons of errors: docs/errors.md explains each value of `ccm.error.v1.Reason` once, with the gRPC code and the HTTP
//! status that the code gives it, and so does the comment of the value in the contract.

use std::collections::BTreeMap;

use net::grpc::status::code_name;
use proto::ContractEnum as _;
use proto::error::v1::Reason;

const DOCUMENT: &str = include_str!("../../docs/errors.md");
const CONTRACT: &str = include_str!("../../proto/ccm/error/v1/reason.proto");

/// Each reason with its code and HTTP status, as the code has them.
fn given() -> Vec<(String, String)> {
    let of = |it: Reason| (it.text().to_owned(), format!("{}, {}", code_name(it.code()), it.http_status()));
    sorted(Reason::values().map(of).collect())
}

fn sorted(mut reasons: Vec<(String, String)>) -> Vec<(String, String)> {
    reasons.sort();
    reasons
}

#[test]
fn every_reason_is_explained_once_with_its_code_and_http_status() {
    let explained = DOCUMENT.split("\n## Reasons").nth(1).unwrap().split("\n## ").next().unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split(" | ").collect();
        let http_status = cells[2].trim_matches(['(', ')']);
        Some((cells[0].trim_end_matches('`').to_owned(), format!("{}, {http_status}", cells[1])))
    };
    let documented = sorted(explained.lines().filter_map(row).collect());
    assert_eq!(documented, given(), "docs/errors.md on the left, the code on the right");
}

#[test]
fn the_comment_of_every_reason_ends_with_its_code_and_http_status() {
    let mut comments = BTreeMap::new();
    let mut comment = String::new();
    for line in CONTRACT.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("//") {
            comment += text;
        } else if let Some((name, _)) = line.strip_prefix("REASON_").and_then(|it| it.split_once(" = ")) {
            comments.insert(name, std::mem::take(&mut comment));
        } else {
            comment.clear();
        }
    }
    for (reason, expected) in given() {
        let comment = &comments[reason.as_str()];
        assert!(comment.contains(&format!(" {expected}.")), "{reason}: {expected}, not: {comment}");
    }
}

#[test]
fn a_reason_is_found_by_its_text_alone() {
    assert_eq!(Reason::TaskNotFound.text(), "TASK_NOT_FOUND");
    for reason in Reason::values() {
        assert_eq!(Reason::from_text(reason.text()), Some(reason));
    }
    for unknown in ["", "UNSPECIFIED", "REASON_TASK_NOT_FOUND", "task_not_found"] {
        assert_eq!(Reason::from_text(unknown), None, "{unknown}");
    }
}
