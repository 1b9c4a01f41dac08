//! Metrics of the tokio runtime.

use tokio::runtime::RuntimeMetrics;

use super::{Definition, Kind, Observable};

static WORKERS: Observable = Observable::new(
    Kind::Gauge,
    "tokio.worker.count",
    "{worker}",
    "Worker threads of the tokio runtime.",
    &[],
);
static BUSY_TIME: Observable = Observable::new(
    Kind::Counter,
    "tokio.worker.busy.time",
    "s",
    "Time that all worker threads of the tokio runtime were busy.",
    &[],
);
static TASKS: Observable =
    Observable::new(Kind::Gauge, "tokio.task.alive.count", "{task}", "Tokio tasks that have not ended.", &[]);
static QUEUE: Observable = Observable::new(
    Kind::Gauge,
    "tokio.global_queue.depth",
    "{task}",
    "Tokio tasks that wait in the global queue of the runtime.",
    &[],
);

pub(super) fn definitions() -> Vec<&'static Definition> {
    [&WORKERS, &BUSY_TIME, &TASKS, &QUEUE].map(Observable::definition).to_vec()
}

pub(super) fn observe(runtime: RuntimeMetrics) {
    let it = runtime.clone();
    WORKERS.observe(move |to| to.observe(it.num_workers() as u64, &[]));
    let it = runtime.clone();
    BUSY_TIME.observe_seconds(move |to| {
        let workers = 0..it.num_workers();
        to.observe(workers.map(|worker| it.worker_total_busy_duration(worker).as_secs_f64()).sum(), &[]);
    });
    let it = runtime.clone();
    TASKS.observe(move |to| to.observe(it.num_alive_tasks() as u64, &[]));
    QUEUE.observe(move |to| to.observe(runtime.global_queue_depth() as u64, &[]));
}
