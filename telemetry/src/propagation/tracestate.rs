//! The grammar and the limits of `tracestate` (W3C Trace Context Level 2, section 3.3).

use opentelemetry::trace::TraceState;

/// Maximum length of the text that is passed on. W3C Trace Context requires this much as a minimum.
const MAX_LENGTH: usize = 512;
/// Maximum number of members in the grammar.
const MAX_MEMBERS: usize = 32;
/// When members have to be left out, the ones longer than this go first.
const LONG_MEMBER: usize = 128;
/// Maximum length of a key and of a value in the grammar.
const MAX_PART: usize = 256;

/// The members, `key=value`, of a valid header, as many of them as are passed on.
#[derive(Debug, Default)]
pub(super) struct Tracestate<'a>(Vec<&'a str>);

impl<'a> Tracestate<'a> {
    /// Parses a header; repeated ones have to be joined first. Empty members are allowed and left out. One invalid member
    /// makes the whole header invalid, and so does the 33rd member.
    ///
    /// Of a valid header that is longer than 512 bytes, whole members are left out until the rest fits: the ones longer
    /// than 128 bytes first, then any, in both cases beginning with the last.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let mut members = Vec::new();
        for member in text.split(',') {
            let member = member.trim_matches([' ', '\t']);
            if member.is_empty() {
                continue;
            }
            if members.len() == MAX_MEMBERS || !is_member(member) {
                return None;
            }
            members.push(member);
        }
        shorten(&mut members);
        Some(Self(members))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the members in the order of the header, without optional whitespace.
    pub(super) fn text(&self) -> String {
        self.0.join(",")
    }

    /// Returns the members that OpenTelemetry's own type accepts: it refuses some keys that contain an at sign.
    pub(super) fn accepted(&self) -> TraceState {
        let is_accepted = |(key, value): &(&str, &str)| {
            !key.contains('@') || TraceState::from_key_value([(*key, *value)]).is_ok()
        };
        let pairs = self.0.iter().filter_map(|it| it.split_once('='));
        TraceState::from_key_value(pairs.filter(is_accepted)).unwrap_or_default()
    }
}

fn shorten(members: &mut Vec<&str>) {
    let length = |members: &[&str]| members.iter().map(|it| it.len() + 1).sum::<usize>().saturating_sub(1);
    while length(members) > MAX_LENGTH {
        let last_long = members.iter().rposition(|it| it.len() > LONG_MEMBER);
        members.remove(last_long.unwrap_or(members.len() - 1));
    }
}

/// Whether a text that contains no comma and does not end in whitespace is a member.
fn is_member(text: &str) -> bool {
    text.split_once('=').is_some_and(|(key, value)| is_key(key) && is_value(value))
}

fn is_key(key: &str) -> bool {
    let is_first = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let is_further = |it: u8| is_first(it) || matches!(it, b'_' | b'-' | b'*' | b'/' | b'@');
    key.len() <= MAX_PART && key.bytes().next().is_some_and(is_first) && key.bytes().all(is_further)
}

fn is_value(value: &str) -> bool {
    (1..=MAX_PART).contains(&value.len()) && value.bytes().all(|it| matches!(it, b' '..=b'~') && it != b'=')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passed_on(text: &str) -> String {
        Tracestate::parse(text).unwrap_or_default().text()
    }

    #[test]
    fn every_key_and_value_of_the_grammar_is_passed_on() {
        let values: String = (b' '..=b'~').map(char::from).filter(|it| !",=".contains(*it)).collect();
        let valid = [
            "a=1".to_owned(),
            "0=1".to_owned(),
            "a= leading spaces belong to the value".to_owned(),
            "abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/=1".to_owned(),
            format!("a={values}"),
            "foo@=1,bar=2".to_owned(),
            "foo@@bar=1,foo@bar@baz=2".to_owned(),
            format!("foo=1,{}@{}=1", "t".repeat(241), "v".repeat(14)),
            format!("foo=1,{}@v=1", "t".repeat(242)),
            format!("t@{}=1", "v".repeat(15)),
            format!("{}=1", "z".repeat(256)),
            format!("z={}", "1".repeat(256)),
            "foo=1,foo=2".to_owned(),
        ];
        for text in valid {
            assert_eq!(passed_on(&text), text);
        }
    }

    #[test]
    fn an_invalid_member_makes_the_header_invalid() {
        let (key, value) = ("z".repeat(257), "v".repeat(257));
        let invalid = [
            "foo",
            "foo=",
            "=1",
            "foo =1",
            "FOO=1",
            "foo.bar=1",
            "@foo=1",
            "_foo=1",
            "foo=bar=baz",
            "foo= ",
            "foo=a\tb",
            "foo=ä",
            &format!("{key}=1"),
            &format!("foo={value}"),
        ];
        for member in invalid {
            assert!(Tracestate::parse(&format!("bar=1,{member}")).is_none(), "{member}");
            assert!(Tracestate::parse(&format!("{member},bar=1")).is_none(), "{member}");
        }
    }

    #[test]
    fn whitespace_around_members_and_empty_members_are_left_out() {
        assert_eq!(passed_on(" foo=1 \t , \t bar=2,\t,, baz=3\t"), "foo=1,bar=2,baz=3");
        assert_eq!(passed_on(" \t "), "");
        assert_eq!(passed_on(&format!("a=1{}", ",".repeat(100))), "a=1");
    }

    #[test]
    fn a_header_of_33_members_is_invalid() {
        let members: Vec<String> = (0..33).map(|it| format!("bar{it}={it}")).collect();
        assert_eq!(passed_on(&members[..32].join(",")), members[..32].join(","));
        assert!(Tracestate::parse(&members.join(",")).is_none());
    }

    #[test]
    fn of_a_header_that_is_too_long_the_last_long_members_go_first() {
        let long = |key: &str, length: usize| format!("{key}={}", "x".repeat(length - key.len() - 1));
        let (a, b) = (long("a", 250), long("b", 200));
        assert_eq!(
            passed_on(&format!("{a},{b},small=1,{}", long("c", 96))),
            format!("{a},small=1,{}", long("c", 96))
        );
        assert_eq!(passed_on(&format!("{a},{b},{a},tiny=1")), format!("{a},{b},tiny=1"));
        let (limit, beyond) = (long("a", 128), long("a", 129));
        assert_eq!(passed_on(&format!("{beyond},{limit},{limit},{limit}")), [limit.as_str(); 3].join(","));
        assert_eq!(passed_on(&[limit.as_str(); 4].join(",")), [limit.as_str(); 3].join(","));
        let full = long("a", 255);
        assert_eq!(passed_on(&format!("{full},{}", long("b", 256))).len(), 512);
        assert_eq!(passed_on(&format!("{full},{}", long("b", 257))), full);
        assert_eq!(passed_on(&format!("{}={}", "k".repeat(256), "v".repeat(256))), "");
    }

    #[test]
    fn the_type_of_opentelemetry_gets_the_members_that_it_accepts() {
        let tenant = format!("{}@{}=1", "t".repeat(241), "v".repeat(14));
        let text = format!("foo=1,{tenant},fw529a3039@dt=2,foo@bar@baz=3,bar=4");
        let parsed = Tracestate::parse(&text).unwrap();
        assert_eq!(parsed.accepted().header(), "foo=1,fw529a3039@dt=2,bar=4");
        assert_eq!(parsed.text(), text);
    }

    proptest! {
        #[test]
        fn a_valid_header_within_the_limits_is_passed_on_as_it_came(
            members in prop::collection::vec("[a-z0-9][a-z0-9_*/@-]{0,20}=[ -+\\--<>-~]{0,20}[!-+\\--<>-~]", 1..=32)
        ) {
            let mut length = 0;
            let fits = |it: &&String| {
                length += it.len() + 1;
                length <= MAX_LENGTH + 1
            };
            let text = members.iter().take_while(fits).map(String::as_str).collect::<Vec<_>>().join(",");
            prop_assert_eq!(passed_on(&text), text);
        }

        #[test]
        fn what_is_passed_on_is_valid_and_within_the_limits(text in "[a-z@=, \t]{0,700}") {
            let once = passed_on(&text);
            prop_assert!(once.len() <= MAX_LENGTH);
            prop_assert_eq!(passed_on(&once), once);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            passed_on(&text);
        }
    }
}
