//! The story of a task or a worker: the traces in which something was done about it, out of all that are kept.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use telemetry::semconv;

use super::store::{Arriving, Trace};

/// A worker lives long: of its traces, only the newest are shown.
const MAX_TRACES: usize = 20;

/// What a story is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Topic {
    Task,
    Worker,
}

impl Topic {
    pub(super) const ALL: [Self; 2] = [Self::Task, Self::Worker];

    /// The attribute of spans that holds the id.
    pub(super) fn attribute(self) -> &'static str {
        match self {
            Self::Task => semconv::CCM_TASK_ID,
            Self::Worker => semconv::CCM_WORKER_ID,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Task => "task",
            Self::Worker => "worker",
        })
    }
}

/// The traces about one task or worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Story {
    pub(crate) topic: Topic,
    /// UUID of the task or worker.
    pub(crate) id: String,
    /// In the order of their start.
    pub(crate) traces: Vec<Trace>,
    /// How many older traces were left out.
    pub(crate) left_out: usize,
}

/// The traces of a story, in the store.
pub(super) struct Chosen<'a> {
    topic: Topic,
    /// In the order of their start.
    pub(super) traces: Vec<&'a Arriving>,
    /// How many older traces were left out.
    pub(super) left_out: usize,
}

/// The story of the task or worker with this id, `None` if no span names the id.
pub(super) fn find(kept: &HashMap<String, Arriving>, id: &str) -> Option<Story> {
    let Chosen { topic, traces, left_out } = choose(kept, id)?;
    let traces = traces.into_iter().map(|it| it.trace.clone()).collect();
    Some(Story { topic, id: id.to_owned(), traces, left_out })
}

/// The traces of the story of the task or worker with this id, `None` if no span names the id. It consists of the traces that
/// changed the task or worker and of those that are connected with them by links of deferred work. Traces that only read it
/// are the story only if there are no others.
pub(super) fn choose<'a>(kept: &'a HashMap<String, Arriving>, id: &str) -> Option<Chosen<'a>> {
    let is_named = |topic: &Topic| kept.values().any(|it| it.mentions.of(*topic, id).is_some());
    let topic = Topic::ALL.into_iter().find(is_named)?;
    let changed = |it: &Arriving| it.mentions.of(topic, id) == Some(true);
    let mut chosen =
        with_links(kept, kept.iter().filter(|it| changed(it.1)).map(|it| it.0.as_str()), topic, id);
    if chosen.is_empty() {
        chosen =
            kept.iter().filter(|it| it.1.mentions.of(topic, id).is_some()).map(|it| it.0.as_str()).collect();
    }
    let mut traces: Vec<&Arriving> = chosen.into_iter().filter_map(|it| kept.get(it)).collect();
    traces.sort_by_cached_key(|it| (it.trace.start(), it.trace.id().to_owned()));
    let left_out = match topic {
        Topic::Task => 0,
        Topic::Worker => traces.len().saturating_sub(MAX_TRACES),
    };
    Some(Chosen { topic, traces: traces.split_off(left_out), left_out })
}

/// The traces `from`, and all that can be reached from them over links in either direction. Traces about other tasks
/// (or workers) alone are not followed, and neither are reads.
fn with_links<'a>(
    kept: &'a HashMap<String, Arriving>,
    from: impl Iterator<Item = &'a str>,
    topic: Topic,
    id: &str,
) -> HashSet<&'a str> {
    let mut neighbours: HashMap<&str, Vec<&str>> = HashMap::new();
    for (source, arriving) in kept {
        for target in &arriving.mentions.links {
            if let Some((target, _)) = kept.get_key_value(target) {
                neighbours.entry(source).or_default().push(target);
                neighbours.entry(target).or_default().push(source);
            }
        }
    }
    let belongs = |it: &&str| kept.get(*it).is_some_and(|it| it.mentions.may_belong_to(topic, id));
    let mut chosen: HashSet<&str> = from.collect();
    let mut open: Vec<&str> = chosen.iter().copied().collect();
    while let Some(next) = open.pop() {
        let found = neighbours.get(next).into_iter().flatten().copied().filter(belongs);
        open.extend(found.filter(|it| chosen.insert(it)));
    }
    chosen
}

#[cfg(test)]
mod tests;
