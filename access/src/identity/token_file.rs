//! Reads tokens and secrets from files.

use std::path::Path;

use platform::regular_file;

use super::IdentityError;

/// Reads the one token in the file.
pub(super) async fn read(path: &Path) -> Result<String, IdentityError> {
    let text = text(path).await.map_err(|source| IdentityError::File { path: path.to_owned(), source })?;
    let token = text.trim();
    if token.is_empty() || token.contains(char::is_whitespace) {
        return Err(IdentityError::NoToken(path.to_owned()));
    }
    Ok(token.to_owned())
}

/// The text of a file.
pub(super) async fn text(path: &Path) -> std::io::Result<String> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || regular_file::read_text(&path)).await?
}
