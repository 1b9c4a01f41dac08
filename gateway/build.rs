//! Writes the table of the files in `web` that `src/web/assets.rs` embeds. A table by hand would forget a new file.
//!
//! Our own scripts are embedded without their comments, a third of what they weigh when compressed. Files of others are embedded
//! as they were published.

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
            let embedded = if is_ours(name) {
                let written = out.join(name.replace('/', "_"));
                std::fs::write(&written, without_comments(&std::fs::read_to_string(&file)?))?;
                written
            } else {
                file.clone()
            };
            let path = embedded.to_str().ok_or("the name of a file is not UTF-8")?;
            writeln!(table, "    ({name:?}, include_bytes!({path:?}).as_slice()),")?;
        }
    }
    table.push(']');
    Ok(std::fs::write(out.join("files.rs"), table)?)
}

/// Whether the file is a script that we have written.
fn is_ours(name: &str) -> bool {
    !name.starts_with("vendor/") && Path::new(name).extension().is_some_and(|it| it == "js")
}

/// The script with an empty line in place of each line that is a comment, so that the lines keep their numbers. Comments behind
/// code stay: telling them from text takes a parser.
fn without_comments(script: &str) -> String {
    let mut code = String::with_capacity(script.len());
    let mut in_block = false;
    for line in script.lines() {
        let text = line.trim();
        let begins_block = !in_block && text.starts_with("/*");
        let is_comment = in_block || text.starts_with("//") || (begins_block && !ends_early(text));
        if is_comment {
            in_block = (in_block || begins_block) && !text.ends_with("*/");
        } else {
            code.push_str(line);
        }
        code.push('\n');
    }
    code
}

/// Whether code follows the comment that the line begins with.
fn ends_early(line: &str) -> bool {
    line.find("*/").is_some_and(|at| at + 2 < line.len())
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
