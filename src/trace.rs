//! `ccm trace`: what `ccm up` keeps of the spans it receives, and the command that shows it. Where a real
//! collector gets the spans, the command says so instead.

#[cfg(test)]
mod samples;
mod socket;
mod store;
mod waterfall;

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use self::socket::{Answer, Question};
pub(crate) use self::socket::{Source, serve};
pub(crate) use self::store::TraceStore;

/// Of output that is no terminal.
const USUAL_WIDTH: usize = 100;

/// Where `ccm up` answers, in its data directory.
pub(crate) fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("trace.sock")
}

/// Prints a trace that the `ccm up` of this data directory keeps: the `last`, or the one with this id.
pub(crate) async fn run(data_dir: &Path, which: &str) -> anyhow::Result<()> {
    let question: Question = which.parse()?;
    let answer = socket::ask(&socket(data_dir), &question).await?;
    print(&in_words(answer, &question, &terminal())?)
}

/// What the answer is read on.
struct Terminal {
    width: usize,
    colour: bool,
}

fn terminal() -> Terminal {
    if !std::io::stdout().is_terminal() {
        return Terminal { width: USUAL_WIDTH, colour: false };
    }
    let width = terminal_size::terminal_size().map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0));
    Terminal { width, colour: crate::cli::colour() }
}

fn in_words(answer: Answer, question: &Question, terminal: &Terminal) -> anyhow::Result<String> {
    match (answer, question) {
        (Answer::Found { trace }, _) => Ok(waterfall::render(&trace, terminal.width, terminal.colour)),
        (Answer::Elsewhere { destination }, _) => {
            Ok(format!("`ccm up` keeps no traces here: spans go {destination}\n"))
        }
        (Answer::NotFound, Question::Last) => {
            bail!("no request has been traced yet: send one to the gateway and ask again")
        }
        (Answer::NotFound, Question::Trace(id)) => {
            bail!("trace {id} is not here: `ccm up` keeps the newest 1,000 traces since its start")
        }
        (Answer::Invalid { message }, _) => bail!("`ccm up` did not understand the question: {message}"),
    }
}

/// A reader that has seen enough, such as `head`, is no failure.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::samples::request;
    use super::store::Trace;
    use super::*;

    const TERMINAL: Terminal = Terminal { width: 100, colour: false };

    #[test]
    fn each_answer_is_a_sentence_or_a_waterfall() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let say = |answer, which: &str| match in_words(answer, &which.parse().unwrap(), &TERMINAL) {
            Ok(text) => text,
            Err(error) => format!("error: {error}"),
        };
        let trace = Trace { spans: vec![request(id, 0..9)], dropped: 0 };
        assert!(say(Answer::Found { trace }, "last").starts_with(&format!("{id}  POST /api/tasks")));
        assert!(say(Answer::NotFound, "last").starts_with("error: no request has been traced yet"));
        assert!(say(Answer::NotFound, id).starts_with(&format!("error: trace {id} is not here")));
        let elsewhere =
            Answer::Elsewhere { destination: "to the collector http://collector:4317".to_owned() };
        assert!(say(elsewhere, "last").contains("spans go to the collector http://collector:4317"));
        assert!(say(Answer::Invalid { message: "why".to_owned() }, id).contains("why"));
    }

    #[tokio::test]
    async fn what_is_neither_last_nor_an_id_is_refused_before_anybody_is_asked() {
        let error = run(Path::new("nowhere"), "latest").await.unwrap_err().to_string();
        assert!(error.contains("`last`, or a trace id of 32 hexadecimal digits"), "{error}");
        let error = run(Path::new("nowhere"), "LAST").await.unwrap_err().to_string();
        assert!(!error.contains("nowhere"), "{error}");
        let error = run(Path::new("nowhere"), "last").await.unwrap_err().to_string();
        assert!(error.contains("no `ccm up` is running on nowhere"), "{error}");
    }
}
