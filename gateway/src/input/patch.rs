//! JSON merge patches (RFC 7396): an absent field is left unchanged, `null` clears it.

use axum::extract::{FromRequest, Request};
use proto::FieldMask;

use super::Fields;
use super::body::{BodyViolations, FromFields, object};
use super::media::Accepts;
use crate::error::ApiError;

/// The fields of a resource by how a patch treats them.
pub(crate) trait PatchFields: FromFields {
    /// Fields whose whole value a patch replaces.
    const WRITABLE: &'static [&'static str];
    /// Objects of strings whose members a patch sets or removes one by one.
    const OBJECTS: &'static [&'static str];
    /// Fields that clients cannot change; each one in a patch is a violation.
    const READ_ONLY: &'static [&'static str];
}

/// A merge patch, with the violations found in it; see [`super::Body`].
pub(crate) struct Patch<T> {
    /// The new values of the fields in `mask`.
    pub(crate) value: T,
    /// The paths to change, in the syntax of the contract: `title`, ``tags.`key` ``.
    pub(crate) mask: FieldMask,
    pub(crate) violations: BodyViolations,
}

impl<T: PatchFields> Patch<T> {
    fn of(mut fields: Fields) -> Self {
        let mut paths: Vec<String> =
            T::WRITABLE.iter().filter(|it| fields.has(it)).map(|it| (*it).to_owned()).collect();
        for name in T::OBJECTS {
            let within = fields.names_in(name);
            if within.iter().any(String::is_empty) {
                fields.add_violation(name, "must not contain an empty name");
            }
            let within = within.iter().filter(|it| !it.is_empty());
            paths.extend(within.map(|it| format!("{name}.`{}`", it.replace('`', "``"))));
            // Only `null` clears the whole object; an empty object changes nothing.
            if fields.is_null(name) {
                paths.push((*name).to_owned());
            }
            fields.drop_nulls_in(name);
        }
        fields.read_only(T::READ_ONLY);
        let value = T::from_fields(&mut fields);
        Self { value, mask: FieldMask { paths }, violations: BodyViolations::of(fields) }
    }
}

impl<T: PatchFields, S: Send + Sync> FromRequest<S> for Patch<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        object(request, Accepts::Patch).await.map(Self::of)
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
    fn the_mask_names_the_fields_of_the_patch_and_null_clears_them() {
        let it = patch(r#"{"name": null, "tags": {"a.b": "1", "c`d": null}}"#);
        assert_eq!(it.mask.paths, ["name", "tags.`a.b`", "tags.`c``d`"]);
        assert_eq!((it.value.0, it.value.1), (None, BTreeMap::from([("a.b".to_owned(), "1".to_owned())])));
        assert!(!it.violations.exist());
    }

    #[test]
    fn only_null_clears_a_whole_object() {
        assert_eq!(patch(r#"{"tags": null}"#).mask.paths, ["tags"]);
        assert!(patch(r#"{"tags": {}}"#).mask.paths.is_empty());
    }

    #[test]
    fn read_only_fields_are_refused() {
        assert!(patch(r#"{"id": "x"}"#).violations.exist());
        assert!(patch(r#"{"tags": 1}"#).violations.exist());
    }
}
