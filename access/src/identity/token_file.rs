//! Reads tokens and secrets from files.

use std::path::Path;

use tokio::io::AsyncReadExt as _;

use super::IdentityError;

/// Files are read up to this size; no token is longer.
const MAX_BYTES: u64 = 16 * 1024;

/// Reads the one token in the file.
pub(super) async fn read(path: &Path) -> Result<String, IdentityError> {
    let text = text(path).await.map_err(|source| IdentityError::File { path: path.to_owned(), source })?;
    let token = text.trim();
    if token.is_empty() || token.contains(char::is_whitespace) {
        return Err(IdentityError::NoToken(path.to_owned()));
    }
    Ok(token.to_owned())
}

/// The text of a file, cut after [`MAX_BYTES`].
pub(super) async fn text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    tokio::fs::File::open(path).await?.take(MAX_BYTES).read_to_string(&mut text).await?;
    Ok(text)
}
