//! The text of `traceparent` and `traceresponse` (W3C Trace Context Level 2, section 3.2).

use opentelemetry::trace::{SpanId, TraceFlags, TraceId};

use crate::hexadecimal;

/// The flag that says that at least the last seven bytes of the trace id are random; new in Level 2.
pub(super) const RANDOM: TraceFlags = TraceFlags::new(0x02);
/// The flags that Level 2 defines. Others must be cleared.
const DEFINED: TraceFlags = TraceFlags::new(0x03);
/// Length of a text of version 00.
const LENGTH: usize = 55;

/// The ids and flags of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traceparent {
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
    pub(super) flags: TraceFlags,
}

impl Traceparent {
    /// Parses a text of version 00 or later, of which later versions may have further parts after the flags.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (known, further) = text.split_at_checked(LENGTH)?;
        let known = known.as_bytes();
        if [2, 35, 52].iter().any(|it| known[*it] != b'-') {
            return None;
        }
        let number = |from: usize, to: usize| number_of(&known[from..to]);
        let (version, flags) = (number(0, 2)?, number(53, 55)?);
        let trace_id = u128::from(number(3, 19)?) << 64 | u128::from(number(19, 35)?);
        let span_id = number(36, 52)?;
        let is_longer = !further.is_empty();
        let is_malformed = version == 0xff || is_longer && (version == 0 || !further.starts_with('-'));
        if is_malformed || trace_id == 0 || span_id == 0 {
            return None;
        }
        Some(Self {
            trace_id: trace_id.into(),
            span_id: span_id.into(),
            flags: TraceFlags::new(u8::try_from(flags).ok()?) & DEFINED,
        })
    }

    /// Returns the text of version 00, in ASCII characters.
    pub(super) fn written(self) -> [u8; LENGTH] {
        let Self { trace_id, span_id, flags } = self;
        let frame: [u8; LENGTH] = *b"00-                                -                -  ";
        let parts: [(usize, &[u8]); 3] =
            [(3, &trace_id.to_bytes()), (36, &span_id.to_bytes()), (53, &[flags.to_u8()])];
        hexadecimal::written(frame, &parts)
    }

    /// Returns the text of version 00.
    pub(super) fn text(self) -> String {
        hexadecimal::as_str(&self.written()).to_owned()
    }
}

/// Parses at most 16 lowercase hexadecimal digits. The parsers of the standard library accept signs and capitals too.
fn number_of(digits: &[u8]) -> Option<u64> {
    let (number, seen) = digits.iter().fold((0, 0), |(number, seen), digit| {
        let value = VALUES[usize::from(*digit)];
        (number << 4 | u64::from(value & 15), seen | value)
    });
    (seen < 16).then_some(number)
}

/// The value of each character as a digit; 16 if it is none.
const VALUES: [u8; 256] = {
    let mut values = [16; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value as usize] as usize] = value;
        value += 1;
    }
    values
};

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_valid_text_is_written_as_it_was_read() {
        for flags in ["00", "01", "02", "03"] {
            let text = format!("{}{flags}", &TEXT[..53]);
            assert_eq!(Traceparent::parse(&text).unwrap().text(), text);
        }
    }

    #[test]
    fn flags_that_level_2_does_not_define_are_cleared() {
        for (received, sent) in [("ff", "03"), ("fd", "01"), ("fe", "02"), ("04", "00")] {
            let parsed = Traceparent::parse(&format!("{}{received}", &TEXT[..53])).unwrap();
            assert_eq!(parsed.text(), format!("{}{sent}", &TEXT[..53]), "{received}");
        }
    }

    #[test]
    fn a_later_version_may_have_further_parts_and_is_answered_as_version_00() {
        for rest in ["", "-", "-what-the-future-will-be-like"] {
            let later = format!("cc{}{rest}", &TEXT[2..]);
            assert_eq!(Traceparent::parse(&later).map(Traceparent::text).as_deref(), Some(TEXT), "{later}");
        }
        assert_eq!(Traceparent::parse(&format!("cc{}.future", &TEXT[2..])), None);
    }

    #[test]
    fn a_malformed_text_is_refused() {
        let replaced = |from: &str, to: &str| TEXT.replacen(from, to, 1);
        let malformed = [
            String::new(),
            "x".to_owned(),
            TEXT.to_uppercase(),
            TEXT[..54].to_owned(),
            TEXT[1..].to_owned(),
            format!("{TEXT}-"),
            format!("{TEXT}-00"),
            format!(" {TEXT}"),
            replaced("00-", "ff-"),
            replaced("00-", "+0-"),
            replaced("-4bf", "-+bf"),
            replaced("-4bf9", "-4bf"),
            replaced("-4bf9", "-4bf90"),
            replaced("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            replaced("00f067aa0ba902b7", &"0".repeat(16)),
            replaced("-01", "-0ä"),
        ];
        for text in malformed {
            assert_eq!(Traceparent::parse(&text), None, "{text}");
        }
    }
}
