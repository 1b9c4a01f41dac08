//! Context switches of this process, as Linux counts them.

use procfs::process::Process;

/// How often the threads of this process have waited for something, without the calling thread.
pub(crate) fn voluntary_of_others() -> u64 {
    let own = std::fs::read_link("/proc/thread-self").unwrap();
    let own = own.file_name().and_then(|it| it.to_str()).unwrap().parse::<i32>().unwrap();
    let tasks = Process::myself().unwrap().tasks().unwrap().flatten().filter(|it| it.tid != own);
    tasks.filter_map(|it| it.status().ok()?.voluntary_ctxt_switches).sum()
}
