//! TraceQL, as far as the names of attributes go: no parser of it exists in Rust. A query is cut into tokens, its brackets and
//! strings have to close, and every name has to be an intrinsic of TraceQL or an attribute that docs/traces.md lists.

use std::collections::BTreeSet;

/// Words without a scope, of "Construct a TraceQL query" in Tempo's documentation.
const WORDS: [&str; 22] = [
    "name",
    "status",
    "statusMessage",
    "kind",
    "duration",
    "traceDuration",
    "rootName",
    "rootServiceName",
    "error",
    "ok",
    "unset",
    "server",
    "client",
    "producer",
    "consumer",
    "internal",
    "nil",
    "true",
    "false",
    "select",
    "count",
    "rate",
];

/// What a resource has, from docs/traces.md.
const RESOURCE: [&str; 4] = ["service.namespace", "service.name", "service.version", "service.instance.id"];

#[derive(Debug, PartialEq)]
enum Token {
    Name(String),
    Text,
    Number,
    Mark(char),
}

/// What is wrong with a query; `attributes` are those of spans.
pub(super) fn errors(query: &str, attributes: &BTreeSet<String>) -> Vec<String> {
    let tokens = match tokens(query) {
        Ok(tokens) => tokens,
        Err(error) => return vec![error],
    };
    let mut errors = Vec::new();
    let mut open = Vec::new();
    for token in &tokens {
        match token {
            Token::Mark('{') => open.push('}'),
            Token::Mark('(') => open.push(')'),
            Token::Mark(it @ ('}' | ')')) if open.pop() != Some(*it) => {
                errors.push(format!("a {it} too many"));
            }
            Token::Name(name) => errors.extend(error_of(name, attributes)),
            _ => {}
        }
    }
    if !open.is_empty() {
        errors.push(format!("not closed: {open:?}"));
    }
    if tokens.first() != Some(&Token::Mark('{')) {
        errors.push("a query begins with {".to_owned());
    }
    errors
}

fn error_of(name: &str, attributes: &BTreeSet<String>) -> Option<String> {
    let is_known = match name.split_once('.') {
        None => WORDS.contains(&name),
        Some(("span", attribute)) => attributes.contains(attribute),
        Some(("resource", attribute)) => RESOURCE.contains(&attribute),
        Some(_) => false,
    };
    (!is_known).then(|| format!("no such name: {name}"))
}

fn tokens(query: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = query.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' => {
                let end = rest[1..].find('"').ok_or("a string does not end")?;
                (Token::Text, end + 2)
            }
            '0'..='9' => (Token::Number, length(rest, |it| it.is_ascii_alphanumeric() || it == '.')),
            'a'..='z' | 'A'..='Z' => {
                let length = length(rest, |it| it.is_ascii_alphanumeric() || "._-".contains(it));
                (Token::Name(rest[..length].to_owned()), length)
            }
            '{' | '}' | '(' | ')' | '|' | '&' | '=' | '!' | '~' | '<' | '>' | ',' => (Token::Mark(first), 1),
            other => return Err(format!("not TraceQL: {other}")),
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn length(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|it| !is_part(it)).unwrap_or(text.len())
}

/// The attributes in the first column of the table of docs/traces.md.
pub(super) fn documented_attributes(document: &str) -> BTreeSet<String> {
    let section = document.split("\n### Attributes\n").nth(1).expect("a section on attributes");
    let section = section.split("\n### ").next().unwrap();
    let rows = section.lines().filter_map(|it| it.strip_prefix("| `"));
    rows.map(|it| it.split('`').next().unwrap().to_owned()).collect()
}

#[test]
fn a_query_with_a_misspelt_attribute_is_found() {
    let attributes = BTreeSet::from(["http.route", "ccm.task.id"].map(ToOwned::to_owned));
    let right = r#"{ resource.service.name = "gateway" && span.http.route != "a { b" } >> { name = "x" && duration > 1.5s } | select(span.ccm.task.id)"#;
    assert!(errors(right, &attributes).is_empty(), "{:?}", errors(right, &attributes));
    for (wrong, complaint) in [
        ("{ span.http.rute != nil }", "no such name: span.http.rute"),
        ("{ resource.service.nam = \"x\" }", "no such name: resource.service.nam"),
        ("{ http.route != nil }", "no such name: http.route"),
        ("{ durations > 1s }", "no such name: durations"),
        ("{ span.http.route = \"x }", "a string does not end"),
        ("{ (span.http.route = \"x\" }", "a } too many"),
    ] {
        assert_eq!(errors(wrong, &attributes).first().map(String::as_str), Some(complaint), "{wrong}");
    }
}
