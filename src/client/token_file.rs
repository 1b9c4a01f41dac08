//! Reads the file of a token. It may be anything that has a path: a pipe that nobody writes to, or a device without an end.

use std::io::Read as _;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

/// No token is longer.
const MAX_BYTES: u64 = 16 * 1024;
/// How long a program may take that writes the token into a pipe.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The token in a file, up to its end, without white space around it. It is empty while another program writes the file.
pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    let shown = file.display();
    let (send, receive) = mpsc::channel();
    let path = file.to_owned();
    // A read of a pipe cannot be given up, so the thread may stay until the process ends.
    let reader = std::thread::Builder::new().spawn(move || send.send(text(&path)));
    reader.with_context(|| format!("cannot read the token in {shown}"))?;
    let Ok(text) = receive.recv_timeout(TIMEOUT) else {
        bail!(
            "no token came out of {shown} within {} s: it is a pipe or a device, and nothing has written a token to it and \
             closed it",
            TIMEOUT.as_secs()
        );
    };
    let text = text.with_context(|| format!("cannot read the token in {shown}"))?;
    ensure!(text.len() as u64 <= MAX_BYTES, "{shown} is longer than {MAX_BYTES} bytes, which no token is");
    match String::from_utf8(text) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(_) => bail!("{shown} does not contain a token: it is not text"),
    }
}

/// Reads one byte more than a token has, so that a longer text is noticed.
fn text(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    std::fs::File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_token_is_told_with_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("token");
        let why = |content: &[u8]| {
            std::fs::write(&file, content).unwrap();
            read(&file).map_err(|it| format!("{it:#}"))
        };
        assert_eq!(why(b" abc\n"), Ok("abc".to_owned()));
        assert!(why(&vec![b'x'; 20_000]).unwrap_err().contains("token is longer than 16384 bytes"));
        assert!(why(b"\xff").unwrap_err().ends_with("it is not text"));
        let endless = read(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(endless.starts_with("/dev/zero is longer than"), "{endless}");
    }
}
