//! Which process listens at a port, from `/proc`. The files of processes of other users can be read by root only.

/// A process that listens.
pub(super) struct Owner {
    pub(super) process: i32,
    pub(super) name: String,
    /// Whether it runs a program of the same name as this one.
    pub(super) is_this_program: bool,
}

/// The process that listens at this TCP port; `None` if it cannot be found out.
#[cfg(target_os = "linux")]
pub(super) fn of(port: u16) -> Option<Owner> {
    use procfs::net::{TcpState, tcp, tcp6};
    use procfs::process::{FDTarget, Process, all_processes};

    let entries = [tcp(), tcp6()].into_iter().filter_map(Result::ok).flatten();
    let is_it =
        |it: &procfs::net::TcpNetEntry| it.state == TcpState::Listen && it.local_address.port() == port;
    let sockets: Vec<u64> = entries.filter(is_it).map(|it| it.inode).collect();
    let holds = |process: &Process| {
        let mut files = process.fd().ok()?.filter_map(Result::ok);
        files.find(|it| matches!(it.target, FDTarget::Socket(inode) if sockets.contains(&inode)))
    };
    let found = all_processes().ok()?.filter_map(Result::ok).find(|it| holds(it).is_some())?;
    let name = found.stat().ok()?.comm;
    let own = Process::myself().ok()?.stat().ok()?.comm;
    let is_this_program = name == own && found.pid() != i32::try_from(std::process::id()).ok()?;
    Some(Owner { process: found.pid(), is_this_program, name })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn of(_: u16) -> Option<Owner> {
    None
}
