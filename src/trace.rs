//! The traces that `ccm up` keeps in memory, and `ccm trace`, the command that shows one. When the spans go to a collector
//! instead, the command says so.

mod lines;
mod page;
mod query;
#[cfg(test)]
mod samples;
mod socket;
mod store;
mod story;
mod timing;
mod waterfall;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::bail;

pub(crate) use self::lines::LineStore;
use self::query::{Answer, Query, Reply};
pub(crate) use self::query::{PageReply, Request};
pub(crate) use self::socket::{Source, bind, send, serve};
pub(crate) use self::store::TraceStore;
use self::waterfall::View;
pub(crate) use self::waterfall::{Paint, clean};
use crate::console;

/// Width of output that is not a terminal.
const DEFAULT_WIDTH: usize = 100;

/// Path of the socket on which `ccm up` answers `ccm trace`.
pub(crate) fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("trace.sock")
}

/// Prints the newest trace (`last`), the trace with an id, or the story of a task or worker, from the `ccm up` that runs on the
/// data directory; `logs` with their log lines, `timing` with self times and critical path.
pub(crate) async fn run(data_dir: &Path, which: &str, logs: bool, timing: bool) -> anyhow::Result<()> {
    let query: Query = which.parse()?;
    let answer = send(&socket(data_dir), &Request::Show { query: query.clone(), logs }).await?;
    console::print(&format_answer(answer, &query, View { timing, ..terminal() })?)
}

fn terminal() -> View {
    if !std::io::stdout().is_terminal() {
        return View { width: DEFAULT_WIDTH, colour: false, timing: false };
    }
    let width = terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
    View { width, colour: crate::cli::colour(), timing: false }
}

fn format_answer(answer: Answer, query: &Query, view: View) -> anyhow::Result<String> {
    let Answer { reply, logs } = answer;
    let colour = view.colour;
    match (reply, query) {
        (Reply::Found { trace }, _) => Ok(waterfall::render(&trace, &logs, view)),
        (Reply::Story { story }, _) => Ok(waterfall::render_story(&story, &logs, view)),
        (Reply::Elsewhere { destination }, _) => {
            let logs = waterfall::render_logs(&logs, colour);
            Ok(format!("`ccm up` keeps no traces: spans go {destination}\n{logs}"))
        }
        (Reply::NotFound, Query::Trace(id)) if !logs.lines.is_empty() => {
            let logs = waterfall::render_logs(&logs, colour);
            Ok(format!("no span of trace {id} was received, only log lines:\n{logs}"))
        }
        (Reply::NotFound, Query::Last) => {
            bail!("no request has been traced yet: send one to the gateway and try again")
        }
        (Reply::NotFound, Query::Trace(id)) => {
            bail!(
                "trace {id} was not found: `ccm up` keeps the newest 1,000 traces in memory since its start"
            )
        }
        (Reply::NotFound, Query::Story(id)) => bail!(
            "no trace about {id} was found: `ccm up` keeps the newest 1,000 traces in memory since its start, and the id must be \
             that of a task or a worker"
        ),
        (Reply::Invalid { message }, _) => bail!("`ccm up` rejected the query: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::lines::Lines;
    use super::samples::{log_line, request};
    use super::store::Trace;
    use super::*;

    const VIEW: View = View { width: 80, colour: false, timing: false };

    #[test]
    fn each_reply_is_a_sentence_or_a_waterfall() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let say = |reply: Reply, which: &str| match format_answer(reply.into(), &which.parse().unwrap(), VIEW)
        {
            Ok(text) => text,
            Err(error) => format!("error: {error}"),
        };
        let trace = Trace { spans: vec![request(id, 0..9)], dropped: 0 };
        assert!(say(Reply::Found { trace }, "last").starts_with(&format!("{id}  POST /api/tasks")));
        assert!(say(Reply::NotFound, "last").starts_with("error: no request has been traced yet"));
        let task = "01a202a3-2bef-7c31-b2aa-9c8aff224f0b";
        assert!(say(Reply::NotFound, task).starts_with(&format!("error: no trace about {task} was found")));
        assert!(say(Reply::NotFound, id).starts_with(&format!("error: trace {id} was not found")));
        let elsewhere = Reply::Elsewhere { destination: "to the collector http://collector:4317".to_owned() };
        assert!(say(elsewhere, "last").contains("spans go to the collector http://collector:4317"));
        assert!(say(Reply::Invalid { message: "why".to_owned() }, id).contains("why"));
    }

    #[test]
    fn log_lines_without_spans_are_shown_with_the_reason() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let logs = Lines { lines: vec![log_line(id, "s", "call")], dropped: 0 };
        let say =
            |reply| format_answer(Answer { reply, logs: logs.clone() }, &id.parse().unwrap(), VIEW).unwrap();
        let line = format!("04:02:05.319 INFO  task-service   call trace={id}\n");
        assert_eq!(
            say(Reply::NotFound),
            format!("no span of trace {id} was received, only log lines:\n{line}")
        );
        let elsewhere = say(Reply::Elsewhere { destination: "to the collector".to_owned() });
        assert_eq!(elsewhere, format!("`ccm up` keeps no traces: spans go to the collector\n{line}"));
    }

    #[tokio::test]
    async fn a_query_that_is_neither_last_nor_an_id_is_refused_before_it_is_sent() {
        let error = run(Path::new("nowhere"), "latest", false, false).await.unwrap_err().to_string();
        assert!(error.contains("`last`, a trace id of 32 hexadecimal digits"), "{error}");
        let error = run(Path::new("nowhere"), "LAST", false, false).await.unwrap_err().to_string();
        assert!(!error.contains("nowhere"), "{error}");
        let error = run(Path::new("nowhere"), "last", true, true).await.unwrap_err().to_string();
        assert!(error.contains("no `ccm up` is running on nowhere"), "{error}");
    }
}
