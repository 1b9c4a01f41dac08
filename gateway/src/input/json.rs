//! JSON values of a body, counted while they are read. What a value costs does not depend on its size: a body of small members
//! would keep a processor busy for long, so reading ends at the first value beyond the maximum.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Maximum number of values in a body, members and elements at all levels: several times what the largest resource has.
pub(crate) const MAX_VALUES: usize = 1_000;

/// The number of values that may still be read.
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) fn new() -> Self {
        Self(Cell::new(MAX_VALUES))
    }

    /// Whether there was a value beyond the maximum, at which reading has ended.
    pub(super) fn is_exceeded(&self) -> bool {
        self.0.get() == usize::MAX
    }

    fn take<E: Error>(&self) -> Result<(), E> {
        let left = self.0.get().wrapping_sub(1);
        self.0.set(left);
        if left == usize::MAX { Err(E::custom("more values than are accepted")) } else { Ok(()) }
    }
}

/// Reads one value and those within it.
#[derive(Clone, Copy)]
pub(super) struct Counted<'b>(pub(super) &'b Budget);

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.0.take()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value, E> {
        Ok(Number::from_f64(it).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_string<E>(self, it: String) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key()? {
            object.insert(name, members.next_value_seed(self)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<Value, serde_json::Error>, bool) {
        let budget = Budget::new();
        let read = Counted(&budget).deserialize(&mut serde_json::Deserializer::from_str(text));
        (read, budget.is_exceeded())
    }

    #[test]
    fn a_value_is_read_as_serde_json_reads_it() {
        let text = r#"{"a": [1, -1, 1.5, 1e3, true, null, "x\u00e9"], "b": {"c": {}}, "d": [], "a2": "\ud83d\ude00"}"#;
        assert_eq!(read(text).0.unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn reading_ends_at_the_first_value_too_many_wherever_it_is() {
        let members = |count: usize| (0..count).map(|it| format!("\"{it}\":1,")).collect::<Vec<_>>().concat();
        for (begin, element, end) in [
            ("[".to_owned(), "1,".to_owned(), "1]"),
            ("[".to_owned(), "[],".to_owned(), "[]]"),
            ("{\"x\": [".to_owned(), "{\"a\":0},".to_owned(), "0]}"),
            ("{".to_owned(), members(250), "\"\":1}"),
        ] {
            let text = format!("{begin}{}{end}", element.repeat(100_000 / element.len()));
            let (read, is_exceeded) = read(&text);
            let bytes = read.unwrap_err().column();
            assert!(is_exceeded && bytes < 10 * MAX_VALUES, "{bytes} bytes of {} were read", text.len());
        }
        let text = format!("[{}1]", "1,".repeat(MAX_VALUES - 2));
        assert!(matches!(read(&text), (Ok(_), false)), "the array is a value, too");
    }
}
