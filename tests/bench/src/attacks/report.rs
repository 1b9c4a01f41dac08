//! The table of the attacks, and whether the aims are met.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::attacker::Attack;
use super::caller::Answers;
use super::latencies::Compared;
use super::memory::Memory;

/// What one attack came to.
pub(super) struct Line {
    pub(super) attack: Attack,
    pub(super) usual: Answers,
    pub(super) attacked: Answers,
    pub(super) memory: Memory,
    /// What the attacker got, in its own words.
    pub(super) got: String,
}

pub(crate) struct Measured(pub(super) Vec<Line>);

impl Line {
    fn compared(&self, of: impl Fn(&Answers) -> f64) -> Compared {
        Compared { usual: of(&self.usual), attacked: of(&self.attacked) }
    }

    fn requests(&self) -> Compared {
        self.compared(|it| it.requests.p99())
    }

    fn catching_up(&self) -> Compared {
        self.compared(|it| it.catching_up.slowest())
    }

    fn snapshots(&self) -> Compared {
        self.compared(|it| it.snapshots.slowest())
    }

    /// The aims for the caller who behaves that were missed.
    fn missed_by_answers(&self) -> Vec<String> {
        let aims = [
            ("requests", self.requests().is_met()),
            ("catching up", self.catching_up().is_met()),
            ("snapshots", self.snapshots().is_met()),
            ("refused", self.attacked.refused == 0),
            ("failed", self.attacked.failed == 0),
        ];
        aims.into_iter().filter(|it| !it.1).map(|it| it.0.to_owned()).collect()
    }

    /// A row of the table.
    pub(super) fn text(&self) -> String {
        let answered = |of: fn(&Answers) -> usize| of(&self.attacked);
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.attack.title(),
            self.got,
            self.requests().cell(),
            self.catching_up().cell(),
            self.snapshots().cell(),
            answered(|it| it.requests.len() + it.catching_up.len() + it.snapshots.len()),
            self.attacked.refused,
            self.attacked.failed,
            verdict(&self.missed_by_answers()),
            self.memory.cells(),
            verdict(&self.memory.missed()),
        )
    }

    fn json(&self) -> Value {
        let of = |it: &Answers| {
            json!({
                "p99_ms": it.requests.p99(),
                "slowest_catching_up_ms": it.catching_up.slowest(),
                "slowest_snapshot_ms": it.snapshots.slowest(),
                "requests": it.requests.len(),
                "catching_up": it.catching_up.len(),
                "snapshots": it.snapshots.len(),
                "refused": it.refused,
                "failed": it.failed,
            })
        };
        let missed = [self.missed_by_answers(), self.memory.missed()].concat();
        json!({
            "attack": self.attack.name(),
            "got": self.got,
            "usual": of(&self.usual),
            "attacked": of(&self.attacked),
            "missed": missed,
            "memory_bytes": self.memory.json(),
        })
    }
}

fn verdict(missed: &[String]) -> String {
    if missed.is_empty() { "met".to_owned() } else { format!("**missed**: {}", missed.join(", ")) }
}

impl Measured {
    /// A table for the report.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "| attack | what the attacker got | p99 ms of requests, usual → attacked (ratio) | slowest catching up, ms | \
             slowest snapshot, ms | answered | refused | failed | aims for the caller | {} | aims for the memory |\n\
             |---|---|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|---|\n",
            Memory::heads()
        );
        for line in &self.0 {
            let _ = writeln!(text, "{}", line.text());
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        self.0.iter().map(Line::json).collect()
    }
}
