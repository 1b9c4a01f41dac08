//! What the programs print that `tests/run` installs.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a program prints at the root of the repository, when it succeeds without a complaint.
pub(crate) fn printed(program: &str, arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ended = Command::new(root.join(program)).args(arguments).current_dir(root).output();
    let ended = ended.unwrap_or_else(|error| panic!("tests/run installs {program}: {error}"));
    let (printed, complaint) =
        (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
    assert!(ended.status.success() && complaint.is_empty(), "{program} {arguments:?}: {printed}{complaint}");
    printed
}

/// A YAML file of the repository.
pub(crate) fn yaml(file: &str) -> Value {
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    serde_json::from_str(&printed("target/compose-venv/bin/python", &["-c", script, file])).unwrap()
}
