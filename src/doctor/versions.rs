//! Whether all processes, and this program, are of the same version.

use std::collections::BTreeSet;

use super::finding::{Check, Finding};
use super::gateway::Ready;
use crate::roles::VERSION;

const UNTOLD: &str = "a version that does not tell its name";

pub(super) fn compare(ready: &Ready) -> Finding {
    let of_gateway = ready.version.clone().unwrap_or_else(|| UNTOLD.to_owned());
    let mut all = vec![(gateway::NAME.to_owned(), BTreeSet::from([of_gateway]))];
    for service in ready.services.iter().filter(|it| it.status != "unreachable") {
        let mut versions = service.versions.clone();
        // Gateways of before do not tell those of the services either.
        if versions.is_empty() {
            versions.insert(UNTOLD.to_owned());
        }
        all.push((service.name.clone(), versions));
    }
    let distinct: BTreeSet<&String> = all.iter().flat_map(|it| &it.1).collect();
    let told: Vec<String> = all
        .iter()
        .map(|(name, of)| format!("{name} is {}", of.iter().cloned().collect::<Vec<_>>().join(" and ")))
        .collect();
    if distinct.len() > 1 {
        let seen = format!("the processes are of different versions: {}", told.join(", "));
        let advice =
            "finish the upgrade: replace the processes of the earlier version (docs/operations.md, Upgrade)";
        return Finding::problem(Check::Versions, seen, advice);
    }
    let version = distinct.first().map_or(UNTOLD, |it| it.as_str());
    if version == VERSION {
        return Finding::ok(Check::Versions, format!("all processes and this ccm are {version}"));
    }
    Finding::warning(
        Check::Versions,
        format!("all processes are {version}, this ccm is {VERSION}"),
        "run `ccm doctor` of the version of the processes: it knows the migrations of its own version only",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Level;

    fn compared(gateway: Option<&str>, tasks: &[&str]) -> Finding {
        let versions: Vec<String> = tasks.iter().map(|&it| it.to_owned()).collect();
        let ready = serde_json::json!({"version": gateway, "services": [
            {"name": "task-service", "status": "serving", "versions": versions},
            {"name": "worker-service", "status": "unreachable", "versions": []},
        ]});
        compare(&serde_json::from_value(ready).unwrap())
    }

    #[test]
    fn processes_of_two_versions_are_named_with_theirs() {
        assert_eq!(compared(Some(VERSION), &[VERSION]).level, Level::Ok);
        assert_eq!(compared(Some("9.0.0"), &["9.0.0"]).level, Level::Warning);
        let apart = compared(Some("9.0.0"), &["8.0.0", "9.0.0"]);
        assert_eq!(apart.level, Level::Problem);
        assert!(apart.seen.ends_with("gateway is 9.0.0, task-service is 8.0.0 and 9.0.0"), "{}", apart.seen);
        assert_eq!(compared(Some("9.0.0"), &[]).level, Level::Problem);
        assert_eq!(compared(None, &[]).level, Level::Warning);
    }
}
