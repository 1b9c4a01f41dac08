//! Metrics of the process, from `/proc`.

use std::time::Instant;

use super::{Definition, KeyValue, Kind, Observable};
use crate::semconv;

static CPU_TIME: Observable =
    Observable::new(Kind::Counter, "process.cpu.time", "s", "CPU time of the process.", &[semconv::CPU_MODE]);
static MEMORY: Observable = Observable::new(
    Kind::UpDownCounter,
    "process.memory.usage",
    "By",
    "Physical memory of the process.",
    &[],
);
static VIRTUAL_MEMORY: Observable = Observable::new(
    Kind::UpDownCounter,
    "process.memory.virtual",
    "By",
    "Virtual memory of the process.",
    &[],
);
static THREADS: Observable =
    Observable::new(Kind::UpDownCounter, "process.thread.count", "{thread}", "Threads of the process.", &[]);
static FILES: Observable = Observable::new(
    Kind::UpDownCounter,
    "process.unix.file_descriptor.count",
    "{file_descriptor}",
    "Open file descriptors of the process, those of connections included.",
    &[],
);
static UPTIME: Observable =
    Observable::new(Kind::Gauge, "process.uptime", "s", "Time since the process started.", &[]);

pub(super) fn definitions() -> Vec<&'static Definition> {
    [&CPU_TIME, &MEMORY, &VIRTUAL_MEMORY, &THREADS, &FILES, &UPTIME].map(Observable::definition).to_vec()
}

pub(super) fn observe() {
    let started = Instant::now();
    UPTIME.observe_seconds(move |to| to.observe(started.elapsed().as_secs_f64(), &[]));
    #[cfg(target_os = "linux")]
    linux::observe();
}

#[cfg(target_os = "linux")]
mod linux {
    use procfs::process::{Process, Stat};

    use super::{CPU_TIME, FILES, KeyValue, MEMORY, THREADS, VIRTUAL_MEMORY, semconv};

    /// Reads `/proc/self/stat`; `None` if it cannot be read.
    fn stat() -> Option<Stat> {
        Process::myself().and_then(|it| it.stat()).ok()
    }

    pub(super) fn observe() {
        CPU_TIME.observe_seconds(|to| {
            let Some(stat) = stat() else { return };
            for (mode, ticks) in [("user", stat.utime), ("system", stat.stime)] {
                #[expect(clippy::cast_precision_loss, reason = "far less than 2^53 ticks")]
                let seconds = ticks as f64 / procfs::ticks_per_second() as f64;
                to.observe(seconds, &[KeyValue::new(semconv::CPU_MODE, mode)]);
            }
        });
        MEMORY.observe(|to| {
            if let Some(stat) = stat() {
                to.observe(stat.rss.saturating_mul(procfs::page_size()), &[]);
            }
        });
        VIRTUAL_MEMORY.observe(|to| {
            if let Some(stat) = stat() {
                to.observe(stat.vsize, &[]);
            }
        });
        THREADS.observe(|to| {
            if let Some(threads) = stat().and_then(|it| u64::try_from(it.num_threads).ok()) {
                to.observe(threads, &[]);
            }
        });
        FILES.observe(|to| {
            if let Ok(files) = Process::myself().and_then(|it| it.fd_count()) {
                to.observe(files as u64, &[]);
            }
        });
    }
}
