//! Converts the field mask and the etag of an update (AIP-134, AIP-154).

use std::collections::BTreeSet;

use platform::violation::Violations;
use proto::worker::v1 as wire;

use crate::worker::Change;

/// Returns the change of the fields that the mask names; of all fields that are set if the mask is empty.
pub(crate) fn change(worker: wire::Worker, paths: &[String], violations: &mut Violations) -> Change {
    let mut change = Change::default();
    if let [all] = paths
        && all == "*"
    {
        change.name = Some(worker.name);
        change.tags = Some(worker.tags);
        return change;
    }
    if paths.is_empty() {
        change.name = Some(worker.name).filter(|it| !it.is_empty());
        change.tags = Some(worker.tags).filter(|it| !it.is_empty());
        return change;
    }
    let mut seen = BTreeSet::new();
    for path in paths {
        let key = path.strip_prefix("tags.").map(tag_key);
        match (path.as_str(), &key) {
            ("name", _) => change.name = Some(worker.name.clone()),
            ("tags", _) => change.tags = Some(worker.tags.clone()),
            (_, Some(Some(key))) => {
                change.each_tag.insert(key.clone(), worker.tags.get(key).cloned());
            }
            ("*", _) => {
                violations.add("update_mask", "must be \"*\" alone or a list of fields");
                continue;
            }
            _ => {
                let path: String = path.chars().take(80).collect();
                violations.add("update_mask", format!("{path:?} is not one of name, tags, tags.KEY"));
                continue;
            }
        }
        // A quoted key is the same path as the plain one.
        if !seen.insert(key.flatten().map_or_else(|| path.clone(), |it| format!("tags.{it}"))) {
            let path: String = path.chars().take(80).collect();
            violations.add("update_mask", format!("{path:?} is listed twice"));
        }
    }
    if change.tags.is_some() && !change.each_tag.is_empty() {
        violations.add("update_mask", "must not contain both tags and a single tag");
    }
    change
}

/// Parses a tag key in a path. The key is the whole text, including dots, or the text within backquotes (AIP-161), in
/// which a doubled backquote stands for one.
fn tag_key(text: &str) -> Option<String> {
    let Some(quoted) = text.strip_prefix('`') else {
        return (!text.is_empty()).then(|| text.to_owned());
    };
    let inner = quoted.strip_suffix('`')?;
    let lone = inner.replace("``", "").contains('`');
    (!inner.is_empty() && !lone).then(|| inner.replace("``", "`"))
}

/// Parses an etag, which is a version; `None` if it is empty.
pub(crate) fn etag(text: &str, violations: &mut Violations) -> Option<i64> {
    let version = text.parse::<i64>().ok().filter(|it| *it > 0 && it.to_string() == text);
    if version.is_none() && !text.is_empty() {
        violations.add("etag", "must be a version of the worker, in decimal");
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_key_is_all_behind_the_dot_or_between_backquotes() {
        let of = |text: &str| tag_key(text).unwrap_or_else(|| "refused".to_owned());
        for (text, key) in
            [("a.b-c", "a.b-c"), ("`a.b`", "a.b"), ("`a``b`", "a`b"), ("", "refused"), ("`a", "refused")]
        {
            assert_eq!(of(text), key);
        }
        assert_eq!((of("``"), of("`a`b`")), ("refused".to_owned(), "refused".to_owned()));
    }

    #[test]
    fn an_asterisk_replaces_the_worker() {
        let mut violations = Violations::default();
        let worker = wire::Worker { name: "w".to_owned(), version: 7, ..wire::Worker::default() };
        let change = change(worker, &["*".to_owned()], &mut violations);
        assert_eq!((change.name.as_deref(), change.tags.map(|it| it.len())), (Some("w"), Some(0)));
        assert!(violations.is_empty());
    }

    #[test]
    fn unknown_output_only_and_repeated_paths_are_named() {
        let mut violations = Violations::default();
        let paths = ["version", "name", "name", "tags.a", "tags.`a`", "*", "tags."].map(String::from);
        change(wire::Worker::default(), &paths, &mut violations);
        assert_eq!(violations.into_vec().len(), 5);
    }

    #[test]
    fn an_etag_is_a_version_in_decimal() {
        for (text, valid) in
            [("", true), ("7", true), ("07", false), ("+7", false), ("0", false), ("x", false)]
        {
            let mut violations = Violations::default();
            etag(text, &mut violations);
            assert_eq!(violations.is_empty(), valid, "{text}");
        }
    }
}
