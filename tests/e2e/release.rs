//! The archive of a release, made by release/pack. In the place of the binary is a script that runs the one under test, which has
//! hundreds of megabytes of debug information. release/build, which makes the static binary, compiles everything once more: `.ci/run`
//! runs it, without optimisation, and tries the archive in an empty root directory.

mod names;
mod static_binary;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What the archive has in its folder, besides the documentation.
const FILES: [(&str, &str); 12] = [
    ("ccm", "-rwxr-xr-x"),
    ("CHANGELOG.md", "-rw-r--r--"),
    ("LICENSE", "-rw-r--r--"),
    ("README.md", "-rw-r--r--"),
    ("completions/_ccm", "-rw-r--r--"),
    ("completions/ccm.bash", "-rw-r--r--"),
    ("completions/ccm.fish", "-rw-r--r--"),
    ("docs/operations.md", "-rw-r--r--"),
    ("licences/LGPL-2.1.txt", "-rw-r--r--"),
    ("licences/dependencies.txt", "-rw-r--r--"),
    ("licences/glibc.txt", "-rw-r--r--"),
    ("licences/rust-standard-library.html", "-rw-r--r--"),
];

/// Packed once for all tests, and unpacked.
static ARCHIVE: LazyLock<Archive> = LazyLock::new(Archive::pack);

struct Archive {
    directory: PathBuf,
    file: PathBuf,
    /// Of the folder in the archive, which has the same name.
    name: String,
}

impl Archive {
    fn pack() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release-archive");
        // What an earlier run has left.
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).unwrap();
        let packed =
            output(Command::new(in_repository("release/pack")).arg(stand_in(&directory)).arg(&directory));
        let file = PathBuf::from(packed.trim());
        let name = file.file_name().unwrap().to_str().unwrap().trim_end_matches(".tar.gz").to_owned();
        output(
            Command::new("tar").args(["--extract", "--gzip", "--file"]).arg(&file).arg("-C").arg(&directory),
        );
        Self { directory, file, name }
    }

    fn unpacked(&self, path: &str) -> PathBuf {
        self.directory.join(&self.name).join(path)
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.unpacked(path)).unwrap()
    }
}

fn stand_in(directory: &Path) -> PathBuf {
    let path = directory.join("stand-in");
    std::fs::write(&path, format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_ccm"))).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[track_caller]
fn output(command: &mut Command) -> String {
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_archive_has_every_file_of_root_in_one_folder_with_its_version() {
    let listed = output(
        Command::new("tar").args(["--list", "--verbose", "--numeric-owner", "--file"]).arg(&ARCHIVE.file),
    );
    let mut modes: BTreeMap<String, String> = BTreeMap::new();
    for line in listed.lines() {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let path = columns[5].strip_prefix(&format!("{}/", ARCHIVE.name)).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(columns[1], "0/0", "{line}");
        modes.insert(path.to_owned(), columns[0].to_owned());
    }
    for (path, mode) in FILES {
        assert_eq!(modes.get(path).map(String::as_str), Some(mode), "{path}");
    }
    let is_known = |it: &String| {
        it.is_empty()
            || it.ends_with('/')
            || it.starts_with("docs/")
            || FILES.iter().any(|(path, _)| path == it)
    };
    assert!(modes.keys().all(is_known), "{:?}", modes.keys());
    let packed = std::fs::read(ARCHIVE.unpacked("ccm")).unwrap();
    assert!(packed == std::fs::read(ARCHIVE.directory.join("stand-in")).unwrap());
    let version = output(Command::new(ARCHIVE.unpacked("ccm")).arg("--version"));
    let version = version.split(' ').nth(1).unwrap();
    assert!(ARCHIVE.name.starts_with(&format!("ccm-{version}-")) && ARCHIVE.name.ends_with("-linux"));
}

#[test]
fn the_checksum_is_that_of_the_archive() {
    let checksum = format!("{}.sha256", ARCHIVE.file.display());
    let mut check = Command::new("sh");
    check.args(["-c", r#"cd "$0" && sha256sum --check "$1""#]).arg(&ARCHIVE.directory).arg(checksum);
    assert_eq!(output(&mut check).trim(), format!("{}.tar.gz: OK", ARCHIVE.name));
}

#[test]
fn the_same_binary_makes_the_same_bytes() {
    let elsewhere = tempfile::tempdir().unwrap();
    // Whatever the umask and the time zone of whoever packs.
    let mut pack = Command::new("sh");
    pack.args(["-c", r#"umask 077; "$0" "$@""#]).arg(in_repository("release/pack"));
    pack.arg(stand_in(elsewhere.path())).arg(elsewhere.path()).env("TZ", "Asia/Tokyo");
    let again = output(&mut pack);
    let bytes = std::fs::read(again.trim()).unwrap();
    assert!(
        bytes == std::fs::read(&ARCHIVE.file).unwrap(),
        "{again} differs from {}",
        ARCHIVE.file.display()
    );
}

#[test]
fn the_completions_are_those_of_the_binary() {
    for (shell, file) in [("bash", "ccm.bash"), ("zsh", "_ccm"), ("fish", "ccm.fish")] {
        let printed = output(Command::new(env!("CARGO_BIN_EXE_ccm")).args(["completions", shell]));
        assert_eq!(ARCHIVE.text(&format!("completions/{file}")), printed);
    }
}

#[test]
fn every_crate_in_the_binary_has_its_licence_text() {
    let texts = ARCHIVE.text("licences/dependencies.txt");
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--features", "jemalloc", "--edges", "normal,no-proc-macro"]);
    let tree = output(tree.args(["--prefix", "none", "--format", "{p}|{l}"]));
    let mut crates = 0;
    for line in tree.lines() {
        let (package, licence) = line.trim_end_matches(" (*)").split_once('|').unwrap();
        let (name, version) = package.split_once(" v").unwrap();
        if version.contains('(') {
            continue;
        }
        crates += 1;
        assert!(texts.contains(&format!("\n{name} {version}: {licence}\n")), "{line} is not listed");
        assert!(texts.contains(&format!("\n{name} {version} (")), "{line} has no text");
    }
    assert!(crates > 200, "{crates}");
    for other in [
        "jemalloc/COPYING",
        "\nlit-html (LICENSE)",
        "\nswagger-ui (LICENSE)",
        "\nswagger-ui (swagger-ui-bundle.js.LICENSE.txt)",
    ] {
        assert!(texts.contains(other), "{other}");
    }
}
