//! The axis of a waterfall, its scale and its bars. Pauses are cut out of it, so that work of milliseconds can be seen
//! beside waits of seconds.

use super::text::{columns, duration};

/// The time span that the bars cover.
#[derive(Clone, Debug, Default)]
pub(super) struct Timeline {
    /// Nanoseconds since 1970.
    pub(super) start: u64,
    /// Nanoseconds, the pauses included.
    pub(super) length: u64,
    /// Time that is left out, from and to, in order: each takes one column, however long it is.
    pub(super) cuts: Vec<(u64, u64)>,
}

/// The mark of a cut and of a pause.
pub(super) const CUT: char = '⋯';

/// Block characters by the number of eighths that are filled from the left.
const FROM_LEFT: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

impl Timeline {
    /// The bar from `start` to `end` in `width` columns, to an eighth of a column. It is never empty.
    pub(super) fn bar(&self, start: u64, end: u64, width: usize) -> String {
        let eighths = width * 8;
        let from = self.position(start, width, true).min(eighths.saturating_sub(1));
        let to = self.position(end, width, false).clamp(from + 1, eighths.max(from + 1));
        (0..width).map(|column| cell(from, to, column * 8)).collect()
    }

    /// The columns that cuts take. Unless a cut begins at a whole column, a bar reaches into its column.
    pub(super) fn cut_columns(&self, width: usize) -> Vec<usize> {
        let places = self.cuts.iter().map(|(from, _)| self.position(*from, width, false).div_ceil(8));
        if self.cut_eighths(width) > 0 { places.collect() } else { Vec::new() }
    }

    /// The scale above the bars: start, middle and end, or, when time is left out, start, cuts and end.
    pub(super) fn ruler(&self, width: usize) -> String {
        let (half, end) = (duration(self.length / 2), duration(self.length));
        let mut scale = vec![' '; width];
        let mut write = |at: usize, text: &str| {
            for (to, from) in scale.iter_mut().skip(at).zip(text.chars()) {
                *to = from;
            }
        };
        if self.cuts.is_empty() && width >= 30 {
            write((width / 2).saturating_sub(columns(&half) / 2), &half);
        }
        for column in self.cut_columns(width) {
            write(column, &CUT.to_string());
        }
        write(0, "0");
        write(width.saturating_sub(columns(&end) + 1), " ");
        write(width.saturating_sub(columns(&end)), &end);
        scale.into_iter().collect()
    }

    /// How wide a cut is, in eighths of a column: nothing if there are too many.
    fn cut_eighths(&self, width: usize) -> usize {
        if self.cuts.len() * 4 <= width { 8 } else { 0 }
    }

    /// The eighth of a column at which an instant is drawn. What starts at the end of a cut is drawn behind the cut, what
    /// ends at its start before it.
    fn position(&self, instant: u64, width: usize, starts: bool) -> usize {
        let column = self.cut_eighths(width);
        let steps = width * 8 - self.cuts.len() * column;
        let offset = |instant: u64| instant.saturating_sub(self.start).min(self.length);
        let (instant, mut cut, mut total, mut before) = (offset(instant), 0, 0, 0);
        for (from, to) in self.cuts.iter().map(|(from, to)| (offset(*from), offset(*to))) {
            total += to - from;
            cut += instant.clamp(from, to) - from;
            before += usize::from(instant > from && (instant > to || starts));
        }
        let length = u128::from(self.length.saturating_sub(total).max(1));
        let steps =
            u128::from(instant.saturating_sub(cut)) * u128::try_from(steps).unwrap_or_default() / length;
        usize::try_from(steps).unwrap_or_default() + before * column
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_drawn_at_its_time() {
        let line = Timeline { start: 1_000, length: 80, cuts: Vec::new() };
        let drawn = [(1_000, 1_080), (1_020, 1_040), (1_004, 1_036), (1_008, 1_010), (1_000, 1_003)]
            .map(|(start, end)| line.bar(start, end, 10));
        assert_eq!(drawn, ["██████████", "  ▐██     ", "▐███▌     ", " ▎        ", "▍         "]);
    }

    #[test]
    fn a_bar_is_never_empty_and_stays_within_its_width() {
        let line = Timeline { start: 1_000, length: 80, cuts: Vec::new() };
        let odd = [(1_080, 1_080), (5_000, 9_000), (0, 10), (1_050, 1_020), (u64::MAX, 0), (0, u64::MAX)];
        for (start, end) in odd {
            let bar = line.bar(start, end, 10);
            assert_eq!(bar.chars().count(), 10);
            assert!(!bar.trim().is_empty(), "{start} {end}");
        }
        let point = || Timeline { start: 7, ..Timeline::default() };
        assert_eq!(point().bar(7, 7, 3), "▏  ");
        assert_eq!(Timeline { length: 1, ..point() }.bar(u64::MAX, u64::MAX, 3), "  ▕");
        assert_eq!(point().bar(7, 7, 0), "");
    }

    #[test]
    fn a_cut_takes_one_column() {
        let line = Timeline { start: 1_000, length: 1_080, cuts: vec![(1_040, 2_040)] };
        let drawn = [(1_000, 1_040), (2_040, 2_080), (1_000, 2_080), (1_500, 1_500)]
            .map(|(start, end)| line.bar(start, end, 11));
        assert_eq!(drawn, ["█████      ", "      █████", "███████████", "      ▏    "]);
        assert_eq!(line.ruler(11), "0    ⋯ 1 µs");
        let many = Timeline { cuts: (0..9).map(|it| (1_000 + it * 100, 1_090 + it * 100)).collect(), ..line };
        assert_eq!(many.bar(1_990, 2_080, 11), "       ████");
        assert_eq!(many.bar(0, u64::MAX, 0), "");
    }
}
