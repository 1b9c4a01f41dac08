//! Violations of input rules: the invalid fields of a request, each with a description.

use std::ops::RangeInclusive;

/// An invalid field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request, `task.title`.
    pub field: String,
    /// Description for people, which continues the field name: "must not be empty".
    pub description: String,
}

/// Collects the violations of a request, so that one response can list all of them.
#[derive(Clone, Debug, Default)]
pub struct Violations(Vec<Violation>);

/// Whether a text may contain line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// One line: no control characters are allowed.
    One,
    /// Several lines: of the control characters, line breaks and tabs are allowed.
    Many,
}

/// Whether a character is white space in Unicode or in ECMA-262, whose regular expressions openapi.json uses.
fn is_blank(it: char) -> bool {
    it.is_whitespace() || it == '\u{feff}'
}

impl Violations {
    /// Adds a violation of `field`.
    pub fn add(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.0.push(Violation { field: field.into(), description: description.into() });
    }

    /// Checks the length of a text in characters, that it contains no forbidden control characters and, if the minimum
    /// length is above 0, that it is not only white space.
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

    /// Checks an identifier of a cloud provider: 1 to `max` lower-case letters, digits, and characters of `others`.
    pub fn identifier(&mut self, field: &str, text: &str, max: usize, others: &str) {
        let is_allowed = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || others.contains(it);
        if text.is_empty() {
            self.add(field, "must not be empty");
        } else if text.chars().count() > max || !text.chars().all(is_allowed) {
            self.add(field, format!("must be 1 to {max} characters of a-z, 0-9 and {others}"));
        }
    }

    /// Whether there are no violations.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the violations in the order in which they were added.
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
