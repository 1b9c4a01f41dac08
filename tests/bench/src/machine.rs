//! What a table can only be read with: the machine, its load, how fast its disk makes things last.

use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// CPU time and memory of a process.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    /// User and system time, of all threads.
    pub(crate) cpu: Duration,
    /// Resident, bytes.
    pub(crate) memory: u64,
}

impl std::iter::Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, it| Self { cpu: sum.cpu + it.cpu, memory: sum.memory + it.memory })
    }
}

/// The usage of a process so far, by `/proc/<pid>/stat` and `/proc/<pid>/status`.
pub(crate) fn usage(process: u32) -> anyhow::Result<Usage> {
    /// `USER_HZ`: 100 on every Linux that Rust runs on.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may contain anything.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/<pid>/stat has no name")?;
    let ticks: u32 = fields.split(' ').skip(11).take(2).filter_map(|it| it.parse::<u32>().ok()).sum();
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let resident = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let kibibytes: u64 =
        resident.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or_default();
    Ok(Usage { cpu: TICK * ticks, memory: kibibytes * 1024 })
}

/// The most memory that a process has had since `forget_peak`, resident, in bytes.
pub(crate) fn peak(process: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let kibibytes: u64 = peak
        .and_then(|it| it.split_whitespace().next())
        .context("/proc/<pid>/status has no VmHWM")?
        .parse()?;
    Ok(kibibytes * 1024)
}

/// Begins `peak` anew.
pub(crate) fn forget_peak(process: u32) -> anyhow::Result<()> {
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").context("the peak of the memory is not reset")
}

/// The bytes that a process has made the disk store so far, by `/proc/<pid>/io`.
pub(crate) fn written(process: u32) -> anyhow::Result<u64> {
    let io = std::fs::read_to_string(format!("/proc/{process}/io"))?;
    let bytes = io.lines().find_map(|it| it.strip_prefix("write_bytes: "));
    Ok(bytes.context("/proc/<pid>/io has no write_bytes")?.parse()?)
}

/// Writes of 4 KiB, each followed by fdatasync, in a second.
pub(crate) fn syncs_per_second(directory: &Path) -> anyhow::Result<u32> {
    let path = directory.join("fsync");
    let mut file = File::create(&path)?;
    let started = Instant::now();
    let mut syncs = 0;
    while started.elapsed() < Duration::from_secs(1) {
        if syncs % 256 == 0 {
            file.rewind()?;
        }
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        syncs += 1;
    }
    std::fs::remove_file(path)?;
    Ok(syncs)
}

/// The load averages of 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Processor and how many of it.
pub(crate) fn processors() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|it| it.strip_prefix("model name")?.split_once(": ")).map(|it| it.1);
    let count = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{count} × {}", name.unwrap_or("a processor without a name"))
}

/// The file system that `directory` is in.
pub(crate) fn file_system(directory: &Path) -> String {
    printed("stat", &["-f", "-c", "%T", &directory.display().to_string()])
}

/// The kernel, without what its builder added to the version.
pub(crate) fn kernel() -> String {
    let text = printed("uname", &["-sr"]);
    text.split('-').next().unwrap_or_default().to_owned()
}

/// The commit that was built, and whether with changes.
pub(crate) fn commit() -> String {
    let dirty = printed("git", &["status", "--porcelain", "--untracked-files=no"]);
    let commit = printed("git", &["rev-parse", "--short", "HEAD"]);
    if dirty.is_empty() { commit } else { format!("{commit} with changes") }
}

/// The compiler.
pub(crate) fn rustc() -> String {
    printed("rustc", &["--version"])
}

fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| String::new(), |it| String::from_utf8_lossy(&it.stdout).trim().to_owned())
}
