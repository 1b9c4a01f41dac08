//! A JSON merge patch (RFC 7396): a field that is absent stays, `null` clears it.

use axum::extract::{FromRequest, Request};
use proto::FieldMask;

use super::Fields;
use super::body::{FromFields, Wrong, object};
use crate::error::ApiError;

/// A resource that can be patched.
pub(crate) trait PatchFields: FromFields {
    /// Fields of texts and choices that clients can change.
    const WRITABLE: &'static [&'static str];
    /// Objects of texts that clients can change, text by text.
    const OBJECTS: &'static [&'static str];
    /// Fields that only the product changes.
    const READ_ONLY: &'static [&'static str];
}

/// A patch, with what is wrong with it, as [`super::Body`] has it.
pub(crate) struct Patch<T> {
    /// The new values.
    pub(crate) value: T,
    /// What to change.
    pub(crate) mask: FieldMask,
    pub(crate) wrong: Wrong,
}

impl<T: PatchFields> Patch<T> {
    fn of(mut fields: Fields) -> Self {
        let mut paths: Vec<String> =
            T::WRITABLE.iter().filter(|it| fields.has(it)).map(|it| (*it).to_owned()).collect();
        for name in T::OBJECTS {
            let within = fields.names_in(name);
            if within.iter().any(String::is_empty) {
                fields.wrong(name, "must not have an empty name in it");
            }
            let within = within.iter().filter(|it| !it.is_empty());
            paths.extend(within.map(|it| format!("{name}.`{}`", it.replace('`', "``"))));
            // Only `null` clears the whole; an empty object changes nothing.
            if fields.is_null(name) {
                paths.push((*name).to_owned());
            }
            fields.drop_nulls_in(name);
        }
        fields.read_only(T::READ_ONLY);
        let value = T::from_fields(&mut fields);
        Self { value, mask: FieldMask { paths }, wrong: Wrong::of(fields) }
    }
}

impl<T: PatchFields, S: Send + Sync> FromRequest<S> for Patch<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let types = ["application/merge-patch+json", "application/json"];
        object(request, state, &types).await.map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    struct Thing(Option<String>, BTreeMap<String, String>);

    impl FromFields for Thing {
        fn from_fields(fields: &mut Fields) -> Self {
            let _ = fields.text("size");
            Self(fields.text("name"), fields.texts("tags"))
        }
    }

    impl PatchFields for Thing {
        const WRITABLE: &'static [&'static str] = &["name", "size"];
        const OBJECTS: &'static [&'static str] = &["tags"];
        const READ_ONLY: &'static [&'static str] = &["id"];
    }

    fn patch(json: &str) -> Patch<Thing> {
        Patch::of(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn what_is_named_is_changed_and_null_clears_it() {
        let it = patch(r#"{"name": null, "tags": {"a.b": "1", "c`d": null}}"#);
        assert_eq!(it.mask.paths, ["name", "tags.`a.b`", "tags.`c``d`"]);
        assert_eq!((it.value.0, it.value.1), (None, BTreeMap::from([("a.b".to_owned(), "1".to_owned())])));
        assert!(!it.wrong.is_certain());
    }

    #[test]
    fn only_null_clears_a_whole_object() {
        assert_eq!(patch(r#"{"tags": null}"#).mask.paths, ["tags"]);
        assert!(patch(r#"{"tags": {}}"#).mask.paths.is_empty());
    }

    #[test]
    fn what_only_the_product_changes_is_refused() {
        assert!(patch(r#"{"id": "x"}"#).wrong.is_certain());
        assert!(patch(r#"{"tags": 1}"#).wrong.is_certain());
    }
}
