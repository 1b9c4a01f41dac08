//! What is wrong with an input: every bad field by name, and what would be right.

use std::ops::RangeInclusive;

/// A field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request, `task.title`.
    pub field: String,
    /// What is wrong, for people: "must not be empty".
    pub description: String,
}

/// Collects what is wrong while an input is looked at.
#[derive(Clone, Debug, Default)]
pub struct Violations(Vec<Violation>);

/// Whether a text may have more than one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// No control character at all.
    One,
    /// Line breaks and tabs are allowed.
    Many,
}

/// White space of Unicode, and of ECMA-262, whose regular expressions the description of the API has.
fn is_blank(it: char) -> bool {
    it.is_whitespace() || it == '\u{feff}'
}

impl Violations {
    /// Notes that `field` is wrong.
    pub fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.0.push(Violation { field: field.into(), description: description.into() });
    }

    /// Checks a text: its length in characters, control characters (no database and no terminal takes them), and, when
    /// something is required, that it is not only white space.
    pub fn text(&mut self, field: &str, text: &str, length: RangeInclusive<usize>, lines: Lines) {
        let allowed = |it: char| lines == Lines::Many && matches!(it, '\n' | '\r' | '\t');
        let count = text.chars().count();
        if count > *length.end() {
            self.add(field, format!("must have at most {} characters", length.end()));
        } else if *length.start() > 0 && text.chars().all(is_blank) {
            self.add(field, "must not be empty");
        } else if text.chars().any(|it| it.is_control() && !allowed(it)) {
            self.add(field, "must not contain control characters");
        }
    }

    /// Checks a name of the machine's world: 1 to `max` lower-case letters, digits, and the characters of `others`.
    pub fn identifier(&mut self, field: &str, text: &str, max: usize, others: &str) {
        let is_allowed = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || others.contains(it);
        if text.is_empty() {
            self.add(field, "must not be empty");
        } else if text.chars().count() > max || !text.chars().all(is_allowed) {
            self.add(field, format!("must be 1 to {max} characters of a-z, 0-9 and {others}"));
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong, in the order it was found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(check: impl FnOnce(&mut Violations)) -> Vec<String> {
        let mut violations = Violations::default();
        check(&mut violations);
        violations.into_vec().into_iter().map(|it| it.description).collect()
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(found(|it| it.text("title", &"ä".repeat(200), 1..=200, Lines::One)).is_empty());
        let long = found(|it| it.text("title", &"ä".repeat(201), 1..=200, Lines::One));
        assert_eq!(long, ["must have at most 200 characters"]);
    }

    #[test]
    fn white_space_alone_is_empty_and_only_where_something_is_required() {
        assert_eq!(found(|it| it.text("title", " \u{3000}", 1..=9, Lines::One)), ["must not be empty"]);
        assert_eq!(found(|it| it.text("title", "\u{feff}", 1..=9, Lines::One)), ["must not be empty"]);
        assert!(found(|it| it.text("description", " ", 0..=9, Lines::Many)).is_empty());
    }

    #[test]
    fn control_characters_are_refused_but_for_line_breaks_where_lines_are_many() {
        let refused = ["must not contain control characters"];
        assert_eq!(found(|it| it.text("title", "a\nb", 1..=9, Lines::One)), refused);
        assert_eq!(found(|it| it.text("description", "a\0b", 0..=9, Lines::Many)), refused);
        assert!(found(|it| it.text("description", "a\r\n\tb", 0..=9, Lines::Many)).is_empty());
    }

    #[test]
    fn identifiers_are_lower_case_and_short() {
        assert!(found(|it| it.identifier("region", "us-east-1", 64, "-")).is_empty());
        for bad in ["", "US", "a_b", "a.b"] {
            assert_eq!(found(|it| it.identifier("region", bad, 64, "-")).len(), 1, "{bad}");
        }
    }
}
