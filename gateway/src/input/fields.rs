//! The fields of a JSON object, taken one by one with the type that is expected.

use std::collections::BTreeMap;
use std::fmt;

use platform::violation::Violations;
use proto::ContractEnum;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::json::{Budget, Counted};
use crate::names::choose;

/// The fields of an object that were not read yet, and the violations found so far.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    fields: BTreeMap<String, Value>,
    violations: Violations,
}

impl Fields {
    /// Takes a string; `null` counts as absent.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.fields.remove(name)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            _ => {
                self.violations.add(name, "must be a string");
                None
            }
        }
    }

    /// Takes the name of one of `choices`; a violation lists the names.
    pub(crate) fn choice<E: ContractEnum>(
        &mut self,
        name: &str,
        choices: impl IntoIterator<Item = E>,
    ) -> Option<E> {
        let text = match self.fields.remove(name)? {
            Value::Null => return None,
            Value::String(text) => text,
            // The empty name matches no value.
            _ => String::new(),
        };
        choose(&text, choices).map_err(|description| self.violations.add(name, description)).ok()
    }

    /// Takes one of `words`; `null` counts as absent. A violation lists the words.
    pub(crate) fn word(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let value = self.fields.remove(name).filter(|it| !it.is_null())?;
        let known = words.iter().find(|it| value == **it).copied();
        if known.is_none() {
            self.violations.add(name, format!("must be one of {}", words.join(", ")));
        }
        known
    }

    /// Takes a whole number from 0 to `max`; `null` counts as absent.
    pub(crate) fn count(&mut self, name: &str, max: u32) -> Option<u32> {
        let value = self.fields.remove(name).filter(|it| !it.is_null())?;
        // JSON does not tell 2.0 from 2.
        let whole = value.as_f64().filter(|it| it.fract() == 0.0 && (0.0..=f64::from(max)).contains(it));
        if whole.is_none() {
            self.violations.add(name, format!("must be a whole number from 0 to {max}"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to max")]
        whole.map(|it| it as u32)
    }

    /// Takes a number from 0 to `max`; `null` counts as absent.
    pub(crate) fn number(&mut self, name: &str, max: f64) -> Option<f64> {
        let value = self.fields.remove(name).filter(|it| !it.is_null())?;
        let number = value.as_f64().filter(|it| (0.0..=max).contains(it));
        if number.is_none() {
            self.violations.add(name, format!("must be a number from 0 to {max}"));
        }
        number
    }

    /// Whether the object has a field, `null` or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Whether a field is there and `null`.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(Value::is_null)
    }

    /// The names of the fields of a nested object; empty when the field is not an object.
    pub(super) fn names_in(&self, name: &str) -> Vec<String> {
        let object = self.fields.get(name).and_then(Value::as_object);
        object.map(|it| it.keys().cloned().collect()).unwrap_or_default()
    }

    /// Adds a violation of the field `name`.
    pub(super) fn add_violation(&mut self, name: &str, description: &str) {
        self.violations.add(name, description);
    }

    /// Removes the fields of a nested object that are `null`.
    pub(super) fn drop_nulls_in(&mut self, name: &str) {
        if let Some(object) = self.fields.get_mut(name).and_then(Value::as_object_mut) {
            object.retain(|_, value| !value.is_null());
        }
    }

    /// Takes the fields that clients cannot write and reports those that are present.
    pub(super) fn read_only(&mut self, names: &[&str]) {
        for name in names {
            if self.fields.remove(*name).is_some() {
                self.violations.add(*name, "cannot be changed");
            }
        }
    }

    /// Takes an object of strings; values of other types are reported and left out.
    pub(crate) fn texts(&mut self, name: &str) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        match self.fields.remove(name) {
            None | Some(Value::Null) => {}
            Some(Value::Object(object)) => {
                for (key, value) in object {
                    match value {
                        Value::String(text) => drop(texts.insert(key, text)),
                        _ => self.violations.add(name, format!("{key:?} must be a string")),
                    }
                }
            }
            Some(_) => self.violations.add(name, "must be an object whose values are strings"),
        }
        texts
    }

    /// Takes a nested object; `null` counts as absent. Its violations, unknown fields included, are named `name.field`.
    pub(crate) fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.fields.remove(name)? {
            Value::Null => None,
            Value::Object(object) => {
                let mut nested = Self { fields: object.into_iter().collect(), ..Self::default() };
                let value = read(&mut nested);
                for found in nested.finish().into_vec() {
                    self.violations.add(format!("{name}.{}", found.field), found.description);
                }
                Some(value)
            }
            _ => {
                self.violations.add(name, "must be an object");
                None
            }
        }
    }

    /// The violations, with one for each unknown field.
    pub(crate) fn finish(mut self) -> Violations {
        for name in self.fields.into_keys() {
            self.violations.add(name, "is not a known field");
        }
        self.violations
    }
}

/// Reads an object, and counts its values.
pub(super) struct CountedFields<'b>(pub(super) &'b Budget);

impl<'de> DeserializeSeed<'de> for CountedFields<'_> {
    type Value = Fields;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CountedFields<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut object = Fields::default();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Counted(self.0))?;
            if object.fields.insert(name.clone(), value).is_some() {
                object.violations.add(name, "must not be given twice");
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        CountedFields(&Budget::new()).deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use proto::task::v1::TaskPriority;

    use super::*;

    fn fields(json: &str) -> Fields {
        serde_json::from_str(json).unwrap()
    }

    fn names(violations: Violations) -> Vec<String> {
        violations.into_vec().into_iter().map(|it| it.field).collect()
    }

    #[test]
    fn every_bad_field_is_named() {
        let mut it = fields(
            r#"{"title": 7, "priority": "urgent", "tags": {"a": 1}, "colour": "red", "x": 1, "x": 2}"#,
        );
        assert_eq!(it.text("title"), None);
        assert_eq!(it.choice("priority", TaskPriority::values()), None);
        assert!(it.texts("tags").is_empty());
        assert_eq!(names(it.finish()), ["x", "title", "priority", "tags", "colour", "x"]);
    }

    #[test]
    fn null_counts_as_absent() {
        let mut it = fields(r#"{"title": null, "priority": null, "tags": null}"#);
        assert_eq!((it.text("title"), it.choice("priority", TaskPriority::values())), (None, None));
        assert!(it.texts("tags").is_empty() && it.finish().is_empty());
    }

    #[test]
    fn fields_of_a_nested_object_are_named_with_its_name() {
        let mut it = fields(r#"{"action": {"verb": 7, "colour": "red"}, "run": null, "worker": "x"}"#);
        assert_eq!(it.object("action", |action| action.text("verb")), Some(None));
        assert_eq!(it.object("run", |_| ()), None);
        assert_eq!(it.object("worker", |_| ()), None);
        assert_eq!(names(it.finish()), ["action.verb", "action.colour", "worker"]);
    }

    #[test]
    fn numbers_have_bounds_and_words_are_of_a_set() {
        let mut it = fields(r#"{"a": 2, "b": 2.0, "c": 0.5, "d": null, "e": "x"}"#);
        assert_eq!((it.count("a", 2), it.count("b", 2), it.count("d", 2)), (Some(2), Some(2), None));
        assert_eq!((it.number("c", 1.0), it.word("e", &["y", "x"])), (Some(0.5), Some("x")));
        assert!(it.finish().is_empty());
        let mut it =
            fields(r#"{"a": 3, "b": -1, "c": 0.5, "d": "1", "e": -0.1, "f": 1.1, "g": null, "h": 7}"#);
        let counts = ["a", "b", "c", "d"].map(|name| it.count(name, 2));
        assert_eq!((counts, it.number("e", 1.0), it.number("f", 1.0)), ([None; 4], None, None));
        assert_eq!(["g", "h"].map(|name| it.word(name, &["x"])), [None; 2]);
        assert_eq!(names(it.finish()), ["a", "b", "c", "d", "e", "f", "h"]);
    }

    #[test]
    fn choices_are_compared_with_their_case() {
        let mut it = fields(r#"{"priority": "HIGH"}"#);
        assert_eq!(it.choice("priority", TaskPriority::values()), None);
        let found = it.finish().into_vec();
        assert_eq!(found[0].description, "must be one of low, medium, high");
    }
}
