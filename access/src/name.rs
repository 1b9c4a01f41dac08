//! The texts that name a person or a department: what can be stored, logged and answered.

/// Maximum number of characters of a subject.
const MAX_SUBJECT: usize = 255;
/// Maximum number of characters of a department.
const MAX_DEPARTMENT: usize = 100;

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// The text has nothing but white space.
    #[error("must not be empty or blank")]
    Empty,
    /// The text has more than this number of characters.
    #[error("must not have more than {0} characters")]
    TooLong(usize),
    /// The text has a line break or another control character.
    #[error("must not have control characters")]
    Control,
}

/// Checks the `sub` of a token.
pub fn check_subject(text: &str) -> Result<(), InvalidName> {
    check(text, MAX_SUBJECT)
}

/// Checks the department of a token.
pub fn check_department(text: &str) -> Result<(), InvalidName> {
    check(text, MAX_DEPARTMENT)
}

fn check(text: &str, max: usize) -> Result<(), InvalidName> {
    if text.trim().is_empty() {
        return Err(InvalidName::Empty);
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidName::Control);
    }
    if text.chars().count() > max {
        return Err(InvalidName::TooLong(max));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line_of_text() {
        let long = |count: usize| "ä".repeat(count);
        assert_eq!(check_subject(&long(255)), Ok(()));
        assert_eq!(check_subject(&long(256)), Err(InvalidName::TooLong(255)));
        assert_eq!(check_department(&long(100)), Ok(()));
        assert_eq!(check_department(&long(101)), Err(InvalidName::TooLong(100)));
        assert_eq!(check_subject(" \u{a0}"), Err(InvalidName::Empty));
        for control in ["a\nb", "a\u{0}b", "a\u{85}b"] {
            assert_eq!(check_subject(control), Err(InvalidName::Control), "{control:?}");
        }
    }
}
