//! Renders traces for a terminal: a tree of spans with a timeline, durations, failures, and the pauses between deferred
//! work with what was waited for.

mod label;
mod log;
mod page;
mod pauses;
mod text;
mod timeline;
mod timing;
mod tree;

use std::fmt::Write as _;

use self::label::count;
use self::page::Page;
pub(crate) use self::text::{Paint, clean};
use super::lines::Lines;
use super::store::{Trace, is_request};
use super::story::{Story, Topic};

const MIN_WIDTH: usize = 60;

/// How traces are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// Columns of the terminal; at least 60 are used.
    pub(crate) width: usize,
    pub(crate) colour: bool,
    /// Whether self times and critical paths are shown.
    pub(crate) timing: bool,
}

/// The trace as text: one line per span, followed by its remarks and those of the `logs` that were logged in it.
pub(crate) fn render(trace: &Trace, logs: &Lines, view: View) -> String {
    let page = Page::new(std::slice::from_ref(trace), logs, view);
    let mut lines = title(&page, trace);
    lines.extend(page.lifecycles(true));
    lines.extend([String::new(), page.ruler()]);
    lines.extend(page.section(trace));
    lines.extend(page.pending());
    lines.extend(page.dropped_logs());
    joined(&lines)
}

/// Log lines of a trace without spans, a line each.
pub(crate) fn render_logs(logs: &Lines, colour: bool) -> String {
    let lines: Vec<String> = logs.lines.iter().map(|it| it.to_text(colour)).collect();
    joined(&lines)
}

/// The traces of a story in the order of their start, on one timeline.
pub(crate) fn render_story(story: &Story, logs: &Lines, view: View) -> String {
    let page = Page::new(&story.traces, logs, view);
    let id = format!("{} {}", story.topic, story.id);
    let size = page.size(&format!("{}, ", count(story.traces.len(), "trace")));
    let mut lines = page.head(&id, "", size.into());
    if story.left_out > 0 {
        let older = format!("{} are not shown", count(story.left_out, "older trace"));
        lines.push(page.paint.yellow(&older));
    }
    lines.extend(page.lifecycles(story.topic == Topic::Worker));
    lines.extend([String::new(), page.ruler()]);
    for (at, trace) in story.traces.iter().enumerate() {
        lines.extend(page.before(&story.traces[..at], trace));
        lines.push(page.heading(trace));
        lines.extend(page.section(trace));
    }
    lines.extend(page.pending());
    lines.extend(page.dropped_logs());
    joined(&lines)
}

fn title(page: &Page<'_>, trace: &Trace) -> Vec<String> {
    let spans = &trace.spans;
    let requests = spans.iter().filter(|it| is_request(it));
    let Some(root) = requests.min_by_key(|it| it.start).or_else(|| spans.iter().min_by_key(|it| it.start))
    else {
        return vec!["a trace without spans".to_owned()];
    };
    let numbers = Page::status(root).into_iter().chain(page.size("")).collect();
    page.head(trace.id(), &root.name, numbers)
}

fn joined(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{}", line.trim_end());
        text
    })
}

#[cfg(test)]
mod tests;
