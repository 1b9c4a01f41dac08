//! The addresses in a `Forwarded` header (RFC 7239). docs/adr/0021 says why the parser is our own.

use std::net::IpAddr;

use crate::client_address::address;

/// The `for` address of each element, in order; `None` for an element that has none or more than one, or that hides it.
/// A header that does not match the grammar is one element without an address: where a quoted text ends is then unknown.
pub(crate) fn addresses(header: &str) -> Vec<Option<IpAddr>> {
    let elements = split(header, ',').and_then(|it| it.into_iter().map(of_element).collect());
    elements.unwrap_or_else(|Malformed| vec![None])
}

/// A text that does not match the grammar.
struct Malformed;

fn of_element(element: &str) -> Result<Option<IpAddr>, Malformed> {
    let mut nodes = Vec::new();
    for pair in split(element, ';')?.into_iter().map(str::trim).filter(|it| !it.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or(Malformed)?;
        if name.eq_ignore_ascii_case("for") {
            nodes.push(unquoted(value)?);
        }
    }
    Ok(match nodes.as_slice() {
        [only] => address(only),
        _ => None,
    })
}

/// Splits at a separator outside of quoted texts. Fails if a quoted text does not end.
fn split(text: &str, separator: char) -> Result<Vec<&str>, Malformed> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, it) in text.char_indices() {
        match it {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if it == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    if quoted { Err(Malformed) } else { Ok(parts) }
}

/// The text of a token or of a quoted text. Addresses need no escapes.
fn unquoted(value: &str) -> Result<&str, Malformed> {
    let text = match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').filter(|it| !it.contains(['"', '\\'])),
        None => Some(value).filter(|it| !it.contains('"')),
    };
    text.ok_or(Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Vec<String> {
        let shown = |it: Option<IpAddr>| it.map_or("none".to_owned(), |it| it.to_string());
        addresses(header).into_iter().map(shown).collect()
    }

    #[test]
    fn each_element_has_its_address() {
        let header = "for=203.0.113.7;proto=https;by=_proxy:_p, For=\"[2001:db8::7]:4711\";, for=10.0.0.9:80";
        assert_eq!(of(header), ["203.0.113.7", "2001:db8::7", "10.0.0.9"]);
    }

    #[test]
    fn separators_in_a_quoted_text_separate_nothing() {
        for host in ["x;for=6.6.6.6", "x,for=6.6.6.6", "x\\\";for=6.6.6.6"] {
            assert_eq!(of(&format!("for=203.0.113.7;host=\"{host}\"")), ["203.0.113.7"], "{host}");
        }
    }

    #[test]
    fn an_element_without_one_address_has_none() {
        for element in ["for=_hidden", "for=unknown", "by=203.0.113.7", "for=1.1.1.1;for=2.2.2.2", ""] {
            assert_eq!(of(element), ["none"], "{element}");
        }
    }

    #[test]
    fn a_header_that_breaks_the_grammar_has_no_address_at_all() {
        for header in ["for=\"1.1.1.1, for=2.2.2.2", "for, for=2.2.2.2", "for=1.1.1.1\", for=\"2.2.2.2"] {
            assert_eq!(of(header), ["none"], "{header}");
        }
    }
}
