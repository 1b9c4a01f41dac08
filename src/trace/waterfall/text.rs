//! The parts of a waterfall: escaped text of a known width, durations, bars, colours.

use std::time::Duration;

/// The text with control and invisible characters escaped, so that a span cannot send commands to the terminal.
pub(super) fn clean(text: &str) -> String {
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

/// A duration in nanoseconds, formatted with three digits in the unit that fits.
pub(super) fn duration(nanos: u64) -> String {
    let seconds = Duration::from_nanos(nanos).as_secs_f64();
    let (value, unit) = match nanos {
        0..500 => return "<1 µs".to_owned(),
        500..999_500 => return format!("{:.0} µs", seconds * 1e6),
        999_500..999_500_000 => (seconds * 1e3, "ms"),
        _ => (seconds, "s"),
    };
    let decimals = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

/// The time span that the bars cover.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeline {
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    /// Nanoseconds.
    pub(super) length: u64,
}

/// Block characters by the number of eighths that are filled from the left.
const FROM_LEFT: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

impl Timeline {
    /// The bar from `start` to `end` in `width` columns, to an eighth of a column. It is never empty.
    pub(super) fn bar(self, start: u64, end: u64, width: usize) -> String {
        let eighths = width * 8;
        let from = self.position(start, eighths).min(eighths.saturating_sub(1));
        let to = self.position(end, eighths).clamp(from + 1, eighths.max(from + 1));
        (0..width).map(|column| cell(from, to, column * 8)).collect()
    }

    fn position(self, instant: u64, steps: usize) -> usize {
        let offset = u128::from(instant.saturating_sub(self.start).min(self.length));
        let steps = offset * u128::try_from(steps).unwrap_or_default() / u128::from(self.length.max(1));
        usize::try_from(steps).unwrap_or_default()
    }
}

/// The character of the column whose first eighth is `first`. Unicode has no blocks that touch neither side, and only
/// two that are filled from the right, so the nearest one is used.
fn cell(from: usize, to: usize, first: usize) -> char {
    let (begin, end) = (from.clamp(first, first + 8) - first, to.clamp(first, first + 8) - first);
    let filled = end - begin;
    match filled {
        0 => ' ',
        _ if begin == 0 || (end < 8 && begin + end < 8) => FROM_LEFT[filled],
        1..=2 => '▕',
        3..=5 => '▐',
        _ => '█',
    }
}

/// Adds colours to text; does nothing when it holds `false`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
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
    }

    #[test]
    fn a_bar_is_drawn_at_its_time() {
        let line = Timeline { start: 1_000, length: 80 };
        let drawn = [(1_000, 1_080), (1_020, 1_040), (1_004, 1_036), (1_008, 1_010), (1_000, 1_003)]
            .map(|(start, end)| line.bar(start, end, 10));
        assert_eq!(drawn, ["██████████", "  ▐██     ", "▐███▌     ", " ▎        ", "▍         "]);
    }

    #[test]
    fn a_bar_is_never_empty_and_stays_within_its_width() {
        let line = Timeline { start: 1_000, length: 80 };
        let odd = [(1_080, 1_080), (5_000, 9_000), (0, 10), (1_050, 1_020), (u64::MAX, 0), (0, u64::MAX)];
        for (start, end) in odd {
            let bar = line.bar(start, end, 10);
            assert_eq!(bar.chars().count(), 10);
            assert!(!bar.trim().is_empty(), "{start} {end}");
        }
        let point = Timeline { start: 7, length: 0 };
        assert_eq!(point.bar(7, 7, 3), "▏  ");
        assert_eq!(Timeline { length: 1, ..point }.bar(u64::MAX, u64::MAX, 3), "  ▕");
        assert_eq!(point.bar(7, 7, 0), "");
    }
}
