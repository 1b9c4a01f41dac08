//! Writes the table of the files in `web` that `src/web/assets.rs` embeds. A table by hand would forget a new file.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Files that are for the readers of the repository only.
const NOT_SERVED: [&str; 2] = ["README.md", ".d.ts"];

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or("cargo runs this");
    let (root, out) = (variable("CARGO_MANIFEST_DIR")?.join("web"), variable("OUT_DIR")?);
    // Cargo watches everything beneath a folder.
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut table = String::from("[\n");
    for file in files(&root)? {
        let name = file.strip_prefix(&root)?.to_str().ok_or("the name of a file is not UTF-8")?;
        if !NOT_SERVED.iter().any(|it| name.ends_with(it)) {
            let path = format!("/web/{name}");
            writeln!(
                table,
                "    ({name:?}, include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?})).as_slice()),"
            )?;
        }
    }
    table.push(']');
    Ok(std::fs::write(out.join("files.rs"), table)?)
}

/// Every file beneath a folder, in the order of their names.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
