//! Reads files that settings name. A pipe that nobody writes to, or a device without an end, would keep a process from starting, and
//! what was read from a pipe cannot be read again when it changes: only regular files are read.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Result};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

/// No file that a setting names is longer.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The content of a file, behind symbolic links too. Another kind of file, and a file of more than 4 MiB, is an error that says so.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let kind = std::fs::metadata(path)?.file_type();
    let refused = [
        (kind.is_fifo(), "it is a pipe, not a regular file"),
        (kind.is_char_device() || kind.is_block_device(), "it is a device, not a regular file"),
        (kind.is_socket(), "it is a socket, not a regular file"),
    ];
    if let Some((_, why)) = refused.into_iter().find(|it| it.0) {
        return Err(Error::new(ErrorKind::InvalidInput, why));
    }
    let mut content = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(Error::new(ErrorKind::FileTooLarge, format!("it is longer than {MAX_BYTES} bytes")));
    }
    Ok(content)
}

/// The same of a file that is text.
pub fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not text in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(path: &str) -> String {
        read(Path::new(path)).unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_regular_file_is_not_read() {
        assert_eq!(why("/dev/zero"), "it is a device, not a regular file");
        assert!(why("/nowhere").starts_with("No such file"));
        assert!(why("/").starts_with("Is a directory"));
        assert!(read(Path::new("/proc/self/status")).unwrap().len() > 10, "a file without a length");
    }
}
