//! Where a command is in the event stream: the last id, in memory and, across runs, in a file.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

/// The last id, after which the next connection begins.
pub(crate) struct Place {
    id: Option<String>,
    file: Option<PathBuf>,
    is_saved: bool,
}

impl Place {
    /// Reads the id from the file, if there is one.
    pub(crate) fn open(file: Option<PathBuf>) -> anyhow::Result<Self> {
        let Some(path) = &file else { return Ok(Self { id: None, file, is_saved: true }) };
        let id = match platform::regular_file::read_text(path) {
            Ok(text) => Some(text.trim().to_owned()).filter(|it| !it.is_empty()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("cannot read the last id from {}", path.display()));
            }
        };
        let is_id = |it: &String| it.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
        if id.as_ref().is_some_and(|it| !is_id(it)) {
            bail!("{} does not hold the id of an event stream; delete it to begin anew", path.display());
        }
        Ok(Self { id, file, is_saved: true })
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(super) fn reached(&mut self, id: String) {
        if self.id.as_ref() != Some(&id) {
            (self.id, self.is_saved) = (Some(id), false);
        }
    }

    /// Writes the id to the file, once everything up to it has been printed. The file holds either the id before or this one,
    /// whenever the process is killed.
    pub(super) fn save(&mut self) -> anyhow::Result<()> {
        let (Some(path), Some(id), false) = (&self.file, &self.id, self.is_saved) else { return Ok(()) };
        let mut new = path.clone().into_os_string();
        new.push(".new");
        let written = std::fs::write(&new, format!("{id}\n")).and_then(|()| std::fs::rename(&new, path));
        written.with_context(|| format!("cannot write the last id to {}", path.display()))?;
        self.is_saved = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_run_begins_where_this_one_saved() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("last-id");
        let mut place = Place::open(Some(path.clone())).unwrap();
        assert_eq!(place.id(), None);
        place.reached("AQAA".to_owned());
        place.save().unwrap();
        place.reached("not-saved".to_owned());
        assert_eq!(Place::open(Some(path.clone())).unwrap().id(), Some("AQAA"));
        std::fs::write(&path, "{}").unwrap();
        assert!(Place::open(Some(path)).is_err());
    }
}
