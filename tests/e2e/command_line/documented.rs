//! What docs/cli.md says that commands print with `--json`.

use std::collections::BTreeMap;
use std::mem::discriminant;

use serde_json::{Map, Value};

const DOCUMENT: &str = include_str!("../../../docs/cli.md");

/// How many documents a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    One,
    Array,
    Lines,
}

/// Every command that has `--json`, with what it prints: the form, and the name of the document.
pub(super) fn commands() -> BTreeMap<&'static str, (Form, &'static str)> {
    let sections = DOCUMENT.split("\n## ").filter(|it| it.starts_with("ccm "));
    let of = |section: &'static str| {
        let (command, text) = section.split_once('\n')?;
        let said = text.split_once("With `--json`: ")?.1;
        let forms = [
            (Form::One, "one ["),
            (Form::Array, "an array, each item on a line of its own and a ["),
            (Form::Lines, "a line for each ["),
        ];
        let (form, name) =
            forms.into_iter().find_map(|(form, words)| Some((form, said.strip_prefix(words)?)))?;
        Some((command, (form, name.split_once(']')?.0)))
    };
    let found: BTreeMap<_, _> = sections.filter_map(of).collect();
    assert_eq!(found.len(), DOCUMENT.matches("With `--json`: ").count(), "{found:?}");
    found
}

/// The example of this name.
pub(super) fn example(name: &str) -> Value {
    let (_, rest) = DOCUMENT.split_once(&format!("\n### {name}\n\n```json\n")).unwrap();
    serde_json::from_str(rest.split_once("```").unwrap().0).unwrap()
}

/// Fails unless both have the same members with values of the same types, at every depth. `null` is of every type, and the first
/// item of a list stands for all. The members of `tags` are free, and `before` has those that have changed.
#[track_caller]
pub(super) fn expect_like(example: &Value, real: &Value, path: &str) {
    match (example, real) {
        (Value::Null, _) | (_, Value::Null) => {}
        (_, Value::Object(_)) if path.rsplit_once('.').is_some_and(|it| it.1 == "tags") => {}
        (Value::Object(example), Value::Object(real)) => {
            let names =
                |of: &Map<String, Value>| of.keys().cloned().collect::<std::collections::BTreeSet<_>>();
            let of_before = |of: &Map<String, Value>| of.get("before").and_then(Value::as_object).map(names);
            assert_eq!(names(example), names(real), "{path}");
            for (name, value) in example.iter().filter(|it| it.0 != "before") {
                expect_like(value, &real[name], &format!("{path}.{name}"));
            }
            // What it was before is the same resource, in part.
            let is_item = |name: &&str| ["after", "task", "worker"].contains(name);
            let item = real.iter().find(|it| is_item(&it.0.as_str())).and_then(|it| it.1.as_object());
            if let Some(before) = of_before(real) {
                assert!(item.is_some_and(|item| before.is_subset(&names(item))), "{path}.before: {real:?}");
            }
        }
        (Value::Array(example), Value::Array(real)) => {
            for item in real {
                // An example without an item says nothing of those that may come.
                let Some(example) = example.first() else { break };
                expect_like(example, item, &format!("{path}[]"));
            }
        }
        _ => assert_eq!(discriminant(example), discriminant(real), "{path}: {example} and {real}"),
    }
}
