//! What release/build takes for a static program, which is what release/static says.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::in_repository;

/// What the script says of a file that it refuses.
fn refused(file: &Path, path: Option<&Path>) -> String {
    let mut command = Command::new("/bin/bash");
    command.arg(in_repository("release/static")).arg(file);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{} is taken for static", file.display());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_program_that_needs_the_dynamic_linker_is_refused() {
    let dynamic = PathBuf::from(env!("CARGO_BIN_EXE_ccm"));
    assert!(refused(&dynamic, None).ends_with("is not static\n"));
}

#[test]
fn a_file_that_cannot_be_read_as_a_program_is_not_taken_for_static() {
    let directory = tempfile::tempdir().unwrap();
    let unknown = "it is not known whether";
    assert!(refused(&in_repository("README.md"), None).contains(unknown));
    assert!(refused(&directory.path().join("nothing"), None).contains(unknown));
    // A machine without readelf.
    let dynamic = PathBuf::from(env!("CARGO_BIN_EXE_ccm"));
    assert!(refused(&dynamic, Some(directory.path())).contains(unknown));
}
