//! What a check has found.

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};

/// What is checked, in the order of the report. The names are those of the JSON, and docs/operations.md explains them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr, Serialize)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub(super) enum Check {
    Gateway,
    Services,
    Versions,
    ListenAddresses,
    Token,
    Issuer,
    Clocks,
    TaskDatabase,
    WorkerDatabase,
    ProviderDatabase,
    OpenFiles,
    EventStream,
    TaskEvents,
    WorkerEvents,
    Exports,
    Collector,
    Traces,
}

impl Check {
    pub(super) fn name(self) -> &'static str {
        self.into()
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    Ok,
    /// It works, but not for long, or not as it was meant.
    Warning,
    Problem,
    NotChecked,
}

impl Level {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::NotChecked => "not checked",
        }
    }
}

/// What was seen, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: Check,
    pub(super) level: Level,
    pub(super) seen: String,
    /// `None` if there is nothing to do.
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: Check, seen: impl Into<String>) -> Self {
        Self { check, level: Level::Ok, seen: seen.into(), advice: None }
    }

    pub(super) fn warning(check: Check, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::Warning, seen: seen.into(), advice: Some(advice.into()) }
    }

    pub(super) fn problem(check: Check, seen: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::Problem, seen: seen.into(), advice: Some(advice.into()) }
    }

    /// Says why, and how to have the check made.
    pub(super) fn not_checked(check: Check, why: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, level: Level::NotChecked, seen: why.into(), advice: Some(advice.into()) }
    }

    /// Of a check that needs an answer of the gateway, or a token that it takes.
    pub(super) fn needs(check: Check, what: &str) -> Self {
        Self::not_checked(check, what, "solve the problem above first")
    }
}

/// The findings `ok`, if there is no other.
pub(super) fn or_ok(findings: Vec<Finding>, check: Check, seen: impl Into<String>) -> Vec<Finding> {
    if findings.is_empty() { vec![Finding::ok(check, seen)] } else { findings }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_check_is_explained_in_the_documentation() {
        let documented = include_str!("../../docs/operations.md");
        for it in Check::iter() {
            let row = documented.lines().find(|line| line.starts_with(&format!("| `{}` |", it.name())));
            assert!(row.is_some(), "docs/operations.md has no row of {}", it.name());
        }
    }
}
