//! `url.query` of a span: the query without the values that may be personal or secret.

/// What stands for a value that is not shown, as in the semantic conventions.
const REDACTED: &str = "REDACTED";
/// Longer names and values are not shown.
const MAX_SHOWN: usize = 32;
/// Maximum length of the attribute in bytes.
const MAX_QUERY: usize = 256;

/// The query with every value replaced but those of the parameters `shown`, which are numbers and names of a closed set.
/// Whatever else a client sends as such a value or as a name is replaced, too.
pub(super) fn redacted(query: &str, shown: &[&str]) -> String {
    let mut text = String::new();
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or(("", pair));
        let value = if shown.contains(&name) && is_plain(value) { value } else { REDACTED };
        let name = if is_plain(name) { name } else { REDACTED };
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

fn is_plain(text: &str) -> bool {
    let is_word = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
    !text.is_empty() && text.len() <= MAX_SHOWN && text.bytes().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_of_a_closed_set_are_shown() {
        let of = |query| redacted(query, &["page_size", "status"]);
        assert_eq!(
            of("page_size=50&status=pending&assignee_id=ada"),
            "page_size=50&status=pending&assignee_id=REDACTED"
        );
        assert_eq!(of("access_token=abc"), "access_token=REDACTED");
        assert_eq!(of("status=a%20secret%20text"), "status=REDACTED");
        // Base64 of a token without a name: its padding looks like an empty value.
        assert_eq!(of("c2VjcmV0LXRleHQtb2YtMzItY2hhcmFjdGVycyE="), "REDACTED=REDACTED");
        assert_eq!(of("secret"), "REDACTED=REDACTED");
        assert_eq!(of("&&"), "");
    }

    #[test]
    fn a_long_query_is_cut_between_parameters() {
        let long = "a=1&".repeat(1_000);
        let shown = redacted(&long, &[]);
        assert!(shown.len() <= MAX_QUERY && shown.ends_with("a=REDACTED"), "{shown}");
    }
}
