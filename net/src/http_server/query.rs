//! `url.query` of a span: the query without what may be personal or secret.

/// What stands for a name or a value that is not shown, as in the semantic conventions.
const REDACTED: &str = "REDACTED";
/// Maximum length of the attribute in bytes.
const MAX_QUERY: usize = 256;

/// A query parameter that a route knows.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether a value may be shown: one of a closed set, or a number. Other values are replaced.
    pub shows: fn(&str) -> bool,
}

/// The query with every value replaced that its parameter does not show, and every name that is not `known`.
pub(super) fn redacted(query: &str, known: &[Parameter]) -> String {
    let mut text = String::new();
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let parameter = known.iter().find(|it| it.name == name);
        let name = parameter.map_or(REDACTED, |it| it.name);
        let value = if parameter.is_some_and(|it| (it.shows)(value)) { value } else { REDACTED };
        if text.len() + name.len() + value.len() + 2 > MAX_QUERY {
            break;
        }
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [Parameter; 2] = [
        Parameter { name: "status", shows: |it| it == "pending" },
        Parameter { name: "assignee_id", shows: |_| false },
    ];

    #[test]
    fn only_known_names_and_values_of_a_closed_set_are_shown() {
        let of = |query| redacted(query, &KNOWN);
        assert_eq!(of("status=pending&assignee_id=ada"), "status=pending&assignee_id=REDACTED");
        assert_eq!(of("status=s3cretToken"), "status=REDACTED");
        assert_eq!(of("access_token=abc"), "REDACTED=REDACTED");
        // Base64 of a token without a name: its padding looks like an empty value.
        assert_eq!(of("MTIzNDU2Nzg5MDEyMzQ1Ng=="), "REDACTED=REDACTED");
        assert_eq!(of("secret"), "REDACTED=REDACTED");
        assert_eq!(of("&&"), "");
    }

    #[test]
    fn a_long_query_is_cut_between_parameters() {
        let shown = redacted(&"status=1&".repeat(1_000), &KNOWN);
        assert!(shown.len() <= MAX_QUERY && shown.ends_with("status=REDACTED"), "{shown}");
    }
}
