//! What was acknowledged exists, once for each key.

use std::collections::BTreeMap;

use proto::task::v1::Task;

use super::tasks::worker;
use super::{Findings, Run, target};

pub(super) fn examine(run: &Run, findings: &mut Findings) {
    let mut tasks = BTreeMap::<&str, &Task>::new();
    let mut with_reason = BTreeMap::<&str, Vec<&str>>::new();
    for change in &run.records.task_changes {
        let task = &change.after;
        let is_new = tasks.insert(&task.id, task).is_none();
        if let Some(reason) = task.action.as_ref().and_then(|it| it.reason.as_deref()).filter(|_| is_new) {
            with_reason.entry(reason).or_default().push(&task.id);
        }
    }
    for (key, made) in &with_reason {
        findings.unless(made.len() == 1, worker(tasks[made[0]]), || format!("{key} has made {made:?}"));
    }
    let mut answered = BTreeMap::<&str, &str>::new();
    for it in &run.acknowledged {
        let id = it.worker.parse().unwrap();
        let first = answered.entry(&it.key).or_insert(&it.task);
        findings.unless(*first == it.task, id, || {
            format!("{} was answered with {first} and {}", it.key, it.task)
        });
        let Some(task) = tasks.get(it.task.as_str()) else {
            findings.add(id, format!("{} was acknowledged with {}, which does not exist", it.key, it.task));
            continue;
        };
        let verb = task.action.as_ref().map(proto::task::v1::TaskAction::verb).unwrap_or_default();
        let wanted = match it.verb {
            "start" => "running",
            "stop" => "stopped",
            _ => "terminated",
        };
        findings.unless(worker(task) == id && target(verb) == wanted, id, || {
            format!("{} asked for {wanted} and was answered with {task:?}", it.key)
        });
    }
}
