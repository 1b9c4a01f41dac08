//! `ccm --version` tells the commit of which it was built, wherever the source comes from.

use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a program prints, if it succeeds.
fn printed(command: &mut Command) -> Option<String> {
    let output = command.output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

fn git(directory: &Path) -> Command {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=x", "-c", "user.email=x@example.com"]).current_dir(directory);
    git
}

fn head(directory: &Path) -> Option<String> {
    // Not that of a repository around an archive that was unpacked.
    let is_clone = directory.join(".git").exists();
    is_clone.then(|| printed(git(directory).args(["rev-parse", "--short=12", "HEAD"]))).flatten()
}

#[test]
fn it_is_the_commit_that_is_checked_out() {
    let given = option_env!("CCM_COMMIT").map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let version = env!("CARGO_PKG_VERSION");
    let expected = match given.or_else(|| head(Path::new(ROOT))) {
        Some(commit) => format!("ccm {version} ({commit})"),
        None => format!("ccm {version}"),
    };
    let said = printed(Command::new(env!("CARGO_BIN_EXE_ccm")).arg("--version")).unwrap();
    assert_eq!(said, expected);
}

#[test]
fn the_source_of_an_archive_has_no_commit_unless_it_is_given() {
    let directory = tempfile::tempdir().unwrap();
    let script = directory.path().join("commit");
    let mut rustc = Command::new(Path::new(env!("CARGO")).with_file_name("rustc"));
    rustc.args(["--edition", "2024", "-o"]).arg(&script).arg(Path::new(ROOT).join("commit.rs"));
    assert!(rustc.env("CARGO_PKG_VERSION", "9.8.7").status().unwrap().success());
    let told = |place: &Path, commit: &str| {
        let lines = printed(Command::new(&script).current_dir(place).env("CCM_COMMIT", commit)).unwrap();
        let line = lines.lines().find_map(|it| it.strip_prefix("cargo::rustc-env=CCM_VERSION="));
        line.unwrap_or_else(|| panic!("{lines}")).to_owned()
    };
    let (clone, archive) = (directory.path().join("clone"), directory.path().join("clone/archive"));
    std::fs::create_dir_all(&archive).unwrap();
    assert_eq!(told(&archive, ""), "9.8.7");
    assert!(git(&clone).args(["init", "--quiet"]).status().unwrap().success());
    assert_eq!(told(&clone, ""), "9.8.7", "a repository without a commit");
    assert!(git(&clone).args(["commit", "--quiet", "--allow-empty", "-m", "x"]).status().unwrap().success());
    assert_eq!(told(&clone, ""), format!("9.8.7 ({})", head(&clone).unwrap()));
    assert_eq!(told(&archive, ""), "9.8.7", "not the commit of somebody else's repository");
    assert_eq!(told(&archive, "0123456789ab"), "9.8.7 (0123456789ab)");
    assert_eq!(told(&clone, "0123456789ab"), "9.8.7 (0123456789ab)", "what is given comes first");
}
