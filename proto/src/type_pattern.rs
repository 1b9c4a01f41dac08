//! Patterns of event types, as the field `event_types` of `WatchEventsRequest` documents them.

/// Maximum length of a pattern in bytes.
const MAX_LENGTH: usize = 100;

/// The name of an event type (`task.created`), or a prefix of names (`task.*`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypePattern(Box<str>);

impl TypePattern {
    /// Reads a pattern; `None` if the text is neither a name nor a prefix that ends in `.*`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.strip_suffix(".*").unwrap_or(text);
        let is_word = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
        let valid = text.len() <= MAX_LENGTH && name.split('.').all(is_word);
        valid.then(|| Self(text.into()))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The prefix up to and including its last dot; `None` if the pattern is a name.
    fn prefix(&self) -> Option<&str> {
        self.0.strip_suffix('*')
    }

    /// Whether the pattern matches the name of an event type.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.prefix().map_or(name == self.as_str(), |it| name.starts_with(it))
    }

    /// Whether the pattern can match names that begin with `prefix`, which ends in a dot.
    #[must_use]
    pub fn concerns(&self, prefix: &str) -> bool {
        self.0.starts_with(prefix) || self.prefix().is_some_and(|it| prefix.starts_with(it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_names_that_begin_with_it() {
        let matches = |pattern, name| TypePattern::parse(pattern).unwrap().matches(name);
        assert!(matches("task.*", "task.created") && matches("task.*", "task.status.updated"));
        assert!(!matches("task.*", "tasks.created") && !matches("task.created", "task.created.x"));
    }

    #[test]
    fn a_pattern_concerns_the_kind_whose_names_it_can_match() {
        let concerns = |pattern, prefix| TypePattern::parse(pattern).unwrap().concerns(prefix);
        assert!(concerns("task.*", "task.") && concerns("task.status.*", "task."));
        assert!(concerns("task.created", "task.") && !concerns("worker.created", "task."));
    }
}
