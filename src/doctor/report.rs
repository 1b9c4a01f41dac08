//! The findings as people and programs read them.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

use super::finding::{Finding, Level};
use crate::trace::{Paint, clean};

/// Output that is not a terminal is not wrapped.
const UNWRAPPED: usize = usize::MAX;
/// Text is wrapped to no less.
const LEAST: usize = 30;

/// The object of `--json`.
#[derive(Serialize)]
struct Document<'a> {
    healthy: bool,
    findings: &'a [Finding],
}

pub(super) fn json(findings: &[Finding]) -> anyhow::Result<String> {
    let document = Document { healthy: count(findings, Level::Problem) == 0, findings };
    Ok(format!("{}\n", serde_json::to_string(&document)?))
}

pub(super) fn count(findings: &[Finding], level: Level) -> usize {
    findings.iter().filter(|it| it.level == level).count()
}

/// A paragraph each, then the checks that were not made, in groups of the same reason, and a line that counts them.
pub(super) fn text(findings: &[Finding]) -> String {
    let is_terminal = std::io::stdout().is_terminal();
    let width = terminal_size::terminal_size().filter(|_| is_terminal).map(|it| usize::from(it.0.0));
    table(findings, width.unwrap_or(UNWRAPPED), Paint(crate::cli::colour()))
}

fn table(findings: &[Finding], width: usize, paint: Paint) -> String {
    let (made, not_made): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|it| it.level != Level::NotChecked);
    let level = made.iter().map(|it| it.level.word().width()).max().unwrap_or_default();
    let check = made.iter().map(|it| it.check.name().width()).max().unwrap_or_default();
    let mut text = String::new();
    for it in made {
        let word = it.level.word();
        let padding = " ".repeat(level - word.width());
        let head = format!("{}{padding}  {:<check$}  ", painted(it.level, paint), it.check.name());
        paragraph(&mut text, &head, level + check + 4, it, width, paint);
    }
    if !not_made.is_empty() {
        text.push_str("\nNot checked:\n");
    }
    let mut told: Vec<&Finding> = Vec::new();
    for it in &not_made {
        let is_same = |other: &Finding| (&other.seen, &other.advice) == (&it.seen, &it.advice);
        if told.iter().any(|other| is_same(other)) {
            continue;
        }
        told.push(it);
        let names: Vec<&str> = not_made.iter().filter(|it| is_same(it)).map(|it| it.check.name()).collect();
        let _ = writeln!(text, "  {}", names.join(", "));
        paragraph(&mut text, "    ", 4, it, width, paint);
    }
    text.push('\n');
    text.push_str(&summary(findings));
    text.push('\n');
    text
}

/// What was seen, behind the head of `indent` columns, and what to do.
fn paragraph(text: &mut String, head: &str, indent: usize, it: &Finding, width: usize, paint: Paint) {
    let room = if width == UNWRAPPED { width } else { width.saturating_sub(indent).max(LEAST) };
    let mut lines = wrapped(&clean(&it.seen), room);
    if let Some(advice) = &it.advice {
        let advice = wrapped(&clean(advice), room.saturating_sub(2));
        lines.extend(advice.iter().enumerate().map(|(at, line)| {
            let mark = if at == 0 { "→ " } else { "  " };
            format!("{mark}{}", paint.dim(line))
        }));
    }
    for (at, line) in lines.iter().enumerate() {
        let before = if at == 0 { head.to_owned() } else { " ".repeat(indent) };
        text.push_str(format!("{before}{line}").trim_end());
        text.push('\n');
    }
}

fn painted(level: Level, paint: Paint) -> String {
    match level {
        Level::Ok => level.word().to_owned(),
        Level::Warning => paint.yellow(level.word()),
        Level::Problem => paint.red(level.word()),
        Level::NotChecked => paint.dim(level.word()),
    }
}

fn summary(findings: &[Finding]) -> String {
    let of = |level, one: &str, many: &str| match count(findings, level) {
        1 => format!("1 {one}"),
        number => format!("{number} {many}"),
    };
    format!(
        "{}, {}, {}.",
        of(Level::Problem, "problem", "problems"),
        of(Level::Warning, "warning", "warnings"),
        of(Level::NotChecked, "check was not made", "checks were not made")
    )
}

/// The words in lines of at most `room` columns, unless a word is longer.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|it| it.width() + 1 + word.width() <= room) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Check;

    fn findings() -> Vec<Finding> {
        vec![
            Finding::ok(Check::Gateway, "it answers"),
            Finding::problem(Check::Clocks, "the clock of the gateway is 60 s ahead\u{1b}[2J", "use NTP"),
            Finding::not_checked(Check::Traces, "they cannot be read back", "give --tempo"),
        ]
    }

    #[test]
    fn a_finding_is_a_paragraph_with_what_to_do() {
        let expected = "\
ok       gateway  it answers
problem  clocks   the clock of the gateway is 60
                  s ahead\\u{1b}[2J
                  → use NTP

Not checked:
  traces
    they cannot be read back
    → give --tempo

1 problem, 0 warnings, 1 check was not made.
";
        assert_eq!(table(&findings(), 48, Paint(false)), expected);
    }

    #[test]
    fn checks_that_were_not_made_for_the_same_reason_are_told_once() {
        let why = "the gateway does not answer";
        let findings = [Check::Token, Check::Traces].map(|it| Finding::needs(it, why));
        let expected = "
Not checked:
  token, traces
    the gateway does not answer
    → solve the problem above
      first

0 problems, 0 warnings, 2 checks were not made.
";
        assert_eq!(table(&findings, 34, Paint(false)), expected);
    }

    #[test]
    fn a_program_reads_whether_all_is_well() {
        let document: serde_json::Value = serde_json::from_str(&json(&findings()).unwrap()).unwrap();
        assert_eq!((&document["healthy"], &document["findings"][0]["advice"]), (&false.into(), &().into()));
        let second = serde_json::json!({"check": "clocks", "level": "problem", "advice": "use NTP",
            "seen": "the clock of the gateway is 60 s ahead\u{1b}[2J"});
        assert_eq!(document["findings"][1], second);
    }
}
