//! The parts of a waterfall: escaped text of a known width, durations, colours.

use std::time::Duration;

/// The text with control and invisible characters escaped, so that a span cannot send commands to the terminal.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '\\' | '"' | '\'' => cleaned.push(it),
            _ => cleaned.extend(it.escape_debug()),
        }
    }
    cleaned
}

/// The text, truncated to `width` columns with … at the end.
pub(super) fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut shortened: String = text.chars().take(width.saturating_sub(1)).collect();
    if width > 0 {
        shortened.push('…');
    }
    shortened
}

/// The width of a text in columns, for text without wide or combining characters.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

/// A duration in nanoseconds, formatted with three digits in the unit that fits; from two minutes on, in two units.
pub(super) fn duration(nanos: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    let seconds = Duration::from_nanos(nanos).as_secs_f64();
    let (value, unit) = match nanos {
        0..500 => return "<1 µs".to_owned(),
        500..999_500 => return format!("{:.0} µs", seconds * 1e6),
        999_500..999_500_000 => (seconds * 1e3, "ms"),
        _ if nanos >= 120 * SECOND => return long_duration(nanos / SECOND),
        _ => (seconds, "s"),
    };
    let decimals = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

fn long_duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match hours {
        0 => format!("{minutes} min {} s", seconds % 60),
        1..48 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

/// Adds colours to text; does nothing when it holds `false`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    /// With the parameters of an SGR sequence (ECMA-48).
    pub(super) fn with(self, parameters: &str, text: &str) -> String {
        if self.0 && !text.trim().is_empty() {
            format!("\x1b[{parameters}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        let hostile = "a\x1b[2J\n\r\u{7}\u{9b}31m\u{202e}\u{200b}é\\\"'日";
        assert_eq!(clean(hostile), r#"a\u{1b}[2J\n\r\u{7}\u{9b}31m\u{202e}\u{200b}é\"'日"#);
    }

    #[test]
    fn long_text_ends_in_an_ellipsis_within_its_width() {
        assert_eq!(cut("INSERT tasks", 12), "INSERT tasks");
        assert_eq!(cut("INSERT tasks", 8), "INSERT …");
        assert_eq!(cut("é", 0), "");
    }

    #[test]
    fn durations_have_three_digits_and_a_unit_that_fits() {
        let shown =
            [0, 850, 999_499, 999_500, 9_994_000, 23_440_000, 999_499_999, 999_500_000, 75_300_000_000]
                .map(duration);
        let expected =
            ["<1 µs", "1 µs", "999 µs", "1.00 ms", "9.99 ms", "23.4 ms", "999 ms", "1.00 s", "75.3 s"];
        assert_eq!(shown, expected);
        let shown = [119, 120, 3_661, 172_799, 172_800].map(|it| duration(it * 1_000_000_000));
        assert_eq!(shown, ["119 s", "2 min 0 s", "1 h 1 min", "47 h 59 min", "2 d 0 h"]);
    }
}
