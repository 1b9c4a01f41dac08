//! Whether the system lets a process have as many open files as it is to have connections.

use super::finding::{Check, Finding};
use crate::cli::bounds::OWN_OPEN_FILES;
use crate::roles::MAX_OPEN_FILES;

/// Of processes that are started as this one was.
pub(super) fn examine(max_connections: usize) -> Finding {
    match rlimit::getrlimit(rlimit::Resource::NOFILE) {
        Ok((_, hard)) => compare(hard.min(MAX_OPEN_FILES), max_connections),
        Err(error) => Finding::not_checked(
            Check::OpenFiles,
            format!("the limit of open files cannot be read: {error}"),
            "look at `ulimit -Hn`",
        ),
    }
}

fn compare(allowed: u64, max_connections: usize) -> Finding {
    let wanted = u64::try_from(max_connections).unwrap_or(u64::MAX).saturating_add(OWN_OPEN_FILES);
    if wanted <= allowed {
        let seen = format!("{allowed} open files are enough for {max_connections} connections of a process");
        return Finding::ok(Check::OpenFiles, seen);
    }
    Finding::warning(
        Check::OpenFiles,
        format!("a process started here may open {allowed} files, too few for {max_connections} connections"),
        format!("raise the hard limit (`ulimit -Hn`) to {wanted}, or lower CCM_MAX_CONNECTIONS"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Level;

    #[test]
    fn too_few_open_files_are_a_warning() {
        assert_eq!(compare(65_536, 4_096).level, Level::Ok);
        let few = compare(1_024, 4_096);
        assert_eq!(few.level, Level::Warning);
        assert!(few.advice.unwrap().contains("to 4224"));
    }
}
