//! Where the story takes place: what it makes, what it says, and the end, at which the workers are terminated.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use platform::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Call, Client, Exit, Failure};
use crate::console;
use crate::resources::text;
use crate::trace::Paint;

/// Nothing in the story takes longer, even if the provider is swept seldom.
const PATIENCE: Duration = Duration::from_mins(3);
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// What is made: its id and the trace of the request that made it.
pub(super) struct Made {
    pub(super) id: String,
    pub(super) trace: String,
}

pub(super) struct Stage {
    client: Client,
    /// The value of the tag `demo`.
    pub(super) tag: String,
    pause: Duration,
    paint: Paint,
    steps: usize,
    /// The template of links to traces, if there is a page that shows them.
    trace_url: Option<String>,
    /// Whether `ccm trace` shows them: a `ccm up` keeps them.
    keeps_traces: bool,
    tasks: usize,
}

impl Stage {
    /// Fails unless the caller may do everything in the story.
    pub(super) async fn new(client: Client, pause: Duration) -> anyhow::Result<Self> {
        let me = client.send(Call::new(Method::GET, client.url(&["api", "me"]))).await?.json()?;
        if !me["roles"].as_array().is_some_and(|it| it.iter().any(|role| role == "admin")) {
            let hint = "`ccm token --role admin` prints a token with it, beside a `ccm up`";
            return Err(Failure::new(Exit::Refused, "the demo needs the role admin").with_hint(hint).into());
        }
        let trace_url = me["trace_url"]
            .as_str()
            .map(|it| if it.starts_with('/') { format!("{}{it}", client.page()) } else { it.to_owned() });
        let keeps_traces = me["traces"] == true;
        let id = Clock::system().new_id().simple().to_string();
        let tag = id[id.len() - 6..].to_owned();
        let paint = Paint(crate::cli::colour());
        Ok(Self { client, tag, pause, paint, steps: 0, trace_url, keeps_traces, tasks: 0 })
    }

    /// Begins a step, after a pause to look at the step before.
    pub(super) async fn step(&mut self, title: &str) -> anyhow::Result<()> {
        if self.steps > 0 {
            tokio::time::sleep(self.pause).await;
        }
        self.steps += 1;
        console::print(&format!("\n{}\n", self.paint.bold(&format!("{}. {title}", self.steps))))
    }

    /// Says something, below the title of the step.
    #[expect(clippy::unused_self, reason = "only a stage says something")]
    pub(super) fn say(&self, sentence: &str) -> anyhow::Result<()> {
        console::print(&format!("   {}\n", crate::trace::clean(sentence)))
    }

    /// Says what to look at: views and commands, a trace, and all traces about a task or worker.
    pub(super) fn look_at(&self, what: &[String], trace: &str, about: &str) -> anyhow::Result<()> {
        let mut text = String::new();
        let traces = [self.trace(trace), self.traces(about)].into_iter().flatten();
        for (number, it) in what.iter().cloned().chain(traces).enumerate() {
            let label = if number == 0 { "Look at" } else { "" };
            let _ = writeln!(text, "   {}  {it}", self.paint.dim(&format!("{label:<7}")));
        }
        console::print(&text)
    }

    /// The address of a view of the page.
    pub(super) fn page(&self, path: &[&str]) -> String {
        format!("{}/{}", self.client.page(), path.join("/"))
    }

    /// How to see a trace.
    fn trace(&self, id: &str) -> Option<String> {
        if id.is_empty() {
            return None;
        }
        Some(match &self.trace_url {
            Some(page) => page.replace("{trace_id}", id),
            None if self.keeps_traces => format!("ccm trace {id}"),
            None => format!("the trace {id}, where the processes send their spans"),
        })
    }

    /// How to see all traces about a task or worker.
    fn traces(&self, about: &str) -> Option<String> {
        (self.keeps_traces && !about.is_empty()).then(|| format!("ccm trace {about}"))
    }

    pub(super) async fn get(&self, path: &[&str]) -> anyhow::Result<Value> {
        self.client.send(Call::new(Method::GET, self.client.url(path))).await?.json()
    }

    pub(super) async fn post(&self, path: &[&str], body: Value) -> anyhow::Result<Answer> {
        self.client.send(Call::new(Method::POST, self.client.url(path)).body(body).key(None)).await
    }

    pub(super) async fn patch(&self, path: &[&str], body: Value) -> anyhow::Result<Answer> {
        self.client.send(Call::new(Method::PATCH, self.client.url(path)).body(body)).await
    }

    /// Creates a worker of the simulated provider. A tag can make its machine misbehave.
    pub(super) async fn worker(&self, name: &str, tag: Option<(&str, &str)>) -> anyhow::Result<Made> {
        let body = self.described(name, tag);
        made(&self.post(&["api", "workers"], body).await?)
    }

    /// Registers a machine that runs at the simulated provider.
    pub(super) async fn imported(&self, name: &str, tag: (&str, &str)) -> anyhow::Result<Made> {
        let mut body = self.described(name, Some(tag));
        body["instance_id"] = format!("i-sim-demo{}", self.tag).into();
        made(&self.post(&["api", "workers", "import"], body).await?)
    }

    fn described(&self, name: &str, tag: Option<(&str, &str)>) -> Value {
        let mut tags = json!({"demo": self.tag});
        if let Some((key, value)) = tag {
            tags[key] = value.into();
        }
        json!({"name": name, "region": "us-east-1", "instance_type": "m5.metal", "provider": "simulated", "tags": tags})
    }

    /// Creates a task, or asks for an action, which is one.
    pub(super) async fn task(&mut self, path: &[&str], body: Value) -> anyhow::Result<Made> {
        let made = made(&self.post(path, body).await?)?;
        self.tasks += 1;
        Ok(made)
    }

    /// Waits until a task or worker is as it is to be.
    pub(super) async fn until(
        &self,
        collection: &str,
        id: &str,
        is_so: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let begun = Instant::now();
        loop {
            let item = self.get(&["api", collection, id]).await?;
            if is_so(&item) {
                return Ok(item);
            }
            if begun.elapsed() > PATIENCE {
                let state =
                    format!("{} is still {}", &collection[..collection.len() - 1], text(&item["status"]));
                return Err(
                    Failure::new(Exit::TimedOut, format!("the {state}: the story cannot go on")).into()
                );
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the worker has reached its desired state, or has failed.
    pub(super) async fn settled(&self, id: &str) -> anyhow::Result<Value> {
        self.until("workers", id, |it| it["reconciling"] == false).await
    }

    /// Terminates the workers, and says what is left. The list of them is the gateway's: a request that was interrupted may have
    /// made one.
    pub(super) async fn end(&mut self) -> anyhow::Result<()> {
        let mut url = self.client.url(&["api", "workers"]);
        url.query_pairs_mut()
            .append_pair("tag", &format!("demo={}", self.tag))
            .append_pair("page_size", "200");
        let listed = self.client.send(Call::new(Method::GET, url)).await?.json()?;
        let named = |it: &Value| (text(&it["id"]), text(&it["name"]));
        let workers: Vec<_> = listed["items"].as_array().into_iter().flatten().map(named).collect();
        if workers.is_empty() {
            return Ok(());
        }
        self.step("The end").await?;
        self.say("The workers of this story are terminated, and their machines with them.")?;
        // A worker that cannot be terminated keeps none of the others.
        let (mut asked, mut failed) = (Vec::new(), None);
        for (id, name) in &workers {
            let body = json!({"confirm": name, "reason": "the demo has ended"});
            match self.task(&["api", "workers", id, "terminate"], body).await {
                Ok(_) => asked.push(id),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        for id in asked {
            if let Err(error) = self.until("workers", id, |it| it["status"] == "terminated").await {
                failed = failed.or(Some(error));
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        let (workers, tasks, tag) = (workers.len(), self.tasks, &self.tag);
        self.say(&format!(
            "Left: {workers} terminated workers and {tasks} tasks, so that the links above go on working."
        ))?;
        self.say("To delete the workers:")?;
        self.say(&format!(
            "for id in $(ccm worker list --tag demo={tag} -o id); do ccm worker delete $id; done"
        ))
    }
}

fn made(answer: &Answer) -> anyhow::Result<Made> {
    let trace = answer.trace.clone().unwrap_or_default();
    Ok(Made { id: text(&answer.json()?["id"]), trace })
}
