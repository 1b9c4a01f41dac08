//! Walks and prints the chain of causes of an error.

use std::error::Error;

/// Iterates over an error and its causes, the error itself first.
pub fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |it: &&'a (dyn Error + 'static)| (*it).source())
}

/// Formats an error and its causes as one text, separated by colons. Some errors end with the text of their cause, which is
/// not repeated then.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut all = String::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if all.is_empty() {
            all = text;
        } else if all != text && !all.ends_with(&format!(": {text}")) {
            all = format!("{all}: {text}");
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Told(&'static str, Option<Box<Told>>);

    impl fmt::Display for Told {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Told {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|it| it as _)
        }
    }

    fn of(texts: &[&'static str]) -> String {
        let made = texts.iter().rev().fold(None, |cause, text| Some(Box::new(Told(text, cause))));
        chain(made.as_deref().unwrap())
    }

    #[test]
    fn the_text_of_a_cause_that_an_error_ends_with_is_not_repeated() {
        assert_eq!(of(&["no file", "disk full"]), "no file: disk full");
        assert_eq!(of(&["cannot connect", "I/O: refused", "refused"]), "cannot connect: I/O: refused");
        assert_eq!(of(&["refused", "refused"]), "refused");
        assert_eq!(of(&["is unrefused", "refused"]), "is unrefused: refused");
    }
}
