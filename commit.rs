//! The build script of the package `cml-cloud-manager`: tells the commit for `ccm --version`, from `CCM_COMMIT` or from git. A
//! source archive has no git, so the version is all that is told.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=CCM_COMMIT");
    println!("cargo::rerun-if-changed=commit.rs");
    let given = std::env::var_os("CCM_COMMIT")
        .and_then(|it| it.into_string().ok())
        .filter(|it| !it.trim().is_empty());
    let commit = given.or_else(|| {
        // Not the commit of a repository in which an archive was unpacked.
        if !Path::new(".git").exists() {
            return None;
        }
        // They change with each commit and checkout, and with nothing else. Cargo would take a file that is missing for changed.
        for file in ["HEAD", "logs/HEAD"].into_iter().filter_map(|it| git(&["rev-parse", "--git-path", it])) {
            if Path::new(&file).exists() {
                println!("cargo::rerun-if-changed={file}");
            }
        }
        git(&["rev-parse", "--short=12", "HEAD"])
    });
    let version = env!("CARGO_PKG_VERSION");
    match commit {
        Some(commit) => println!("cargo::rustc-env=CCM_VERSION={version} ({})", commit.trim()),
        None => println!("cargo::rustc-env=CCM_VERSION={version}"),
    }
}

/// What git prints, if there is a git and it can.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|it| it.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
