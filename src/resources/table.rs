//! Tables: aligned columns, whose last one is cut to the width of the terminal.

use std::io::IsTerminal as _;

use serde_json::Value;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::Moment;
use crate::trace::{Paint, clean};

/// Between two columns.
const GAP: &str = "  ";
/// The last column is never cut to less.
const LEAST: usize = 12;

/// A column of a list.
pub(crate) struct Column {
    pub(crate) title: &'static str,
    /// Whether only the wide format has it.
    pub(crate) wide: bool,
    pub(crate) value: fn(&Value, Moment) -> String,
}

/// A table whose rows come in groups. The widths of the columns are those of the first group.
pub(crate) struct Table {
    titles: Vec<&'static str>,
    widths: Vec<usize>,
    /// The width of the terminal; `None` cuts nothing.
    terminal: Option<usize>,
    paint: Paint,
}

impl Table {
    /// A table for standard output. `is_cut`: to its width, if it is a terminal.
    pub(crate) fn new(titles: Vec<&'static str>, is_cut: bool) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let terminal = terminal_size::terminal_size().filter(|_| is_cut && is_terminal);
        let terminal = terminal.map(|(width, _)| usize::from(width.0));
        Self { titles, widths: Vec::new(), terminal, paint: Paint(crate::cli::colour()) }
    }

    /// Formats rows, the first time below the titles. Text of other people is escaped.
    pub(crate) fn rows(&mut self, rows: &[Vec<String>]) -> String {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|it| clean(it)).collect()).collect();
        let mut text = String::new();
        if self.widths.is_empty() {
            let width = |at: usize| rows.iter().map(|row| row[at].width()).max().unwrap_or_default();
            self.widths = self.titles.iter().enumerate().map(|(at, it)| width(at).max(it.width())).collect();
            let titles: Vec<String> = self.titles.iter().map(|&it| it.to_owned()).collect();
            text.push_str(&self.paint.bold(&self.line(&titles, Paint(false))));
            text.push('\n');
        }
        for row in &rows {
            text.push_str(&self.line(row, self.paint));
            text.push('\n');
        }
        text
    }

    fn line(&self, cells: &[String], paint: Paint) -> String {
        let mut line = String::new();
        let mut taken = 0;
        let last = cells.len().saturating_sub(1);
        for (at, cell) in cells.iter().enumerate() {
            if at == last {
                let room = self.terminal.map_or(usize::MAX, |it| it.saturating_sub(taken).max(LEAST));
                line.push_str(&cut(cell, room));
                continue;
            }
            let padding = self.widths[at].saturating_sub(cell.width());
            taken += cell.width() + padding + GAP.len();
            line.push_str(&coloured(cell, paint));
            line.push_str(&" ".repeat(padding));
            line.push_str(GAP);
        }
        line.trim_end().to_owned()
    }
}

/// The state of something that failed is red, of something that is on its way yellow.
pub(super) fn coloured(word: &str, paint: Paint) -> String {
    match word {
        "failed" => paint.red(word),
        "in_progress" | "pending" | "stopping" | "shutting_down" => paint.yellow(word),
        _ => word.to_owned(),
    }
}

fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut shortened, mut taken) = (String::new(), 0);
    for it in text.chars() {
        taken += it.width().unwrap_or_default();
        if taken >= width {
            break;
        }
        shortened.push(it);
    }
    shortened.push('…');
    shortened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(terminal: Option<usize>, colour: bool) -> Table {
        Table { titles: vec!["ID", "STATUS", "TITLE"], widths: Vec::new(), terminal, paint: Paint(colour) }
    }

    fn row(cells: [&str; 3]) -> Vec<String> {
        cells.map(ToOwned::to_owned).to_vec()
    }

    #[test]
    fn columns_are_aligned_and_text_of_other_people_is_escaped() {
        let mut table = table(None, false);
        let first = table.rows(&[row(["1", "failed", "Replace\u{1b}[2J"]), row(["日本", "ok", ""])]);
        assert_eq!(first, "ID    STATUS  TITLE\n1     failed  Replace\\u{1b}[2J\n日本  ok\n");
        assert_eq!(table.rows(&[row(["2", "completed", "x"])]), "2     completed  x\n", "no titles twice");
    }

    #[test]
    fn only_a_terminal_cuts_the_last_column() {
        let long = "Replace the uplink of rack seven";
        assert!(table(None, false).rows(&[row(["1", "ok", long])]).ends_with("seven\n"));
        let shown = table(Some(30), false).rows(&[row(["1", "ok", long])]);
        let line = shown.lines().last().unwrap();
        assert_eq!((line.width(), line.ends_with('…')), (30, true), "{line}");
        assert_eq!(cut("日本語", 5), "日本…");
    }

    #[test]
    fn a_failure_is_red() {
        let shown = table(None, true).rows(&[row(["1", "failed", "x"])]);
        assert!(shown.contains("\u{1b}[1;31mfailed\u{1b}[0m  x"), "{shown:?}");
    }
}
