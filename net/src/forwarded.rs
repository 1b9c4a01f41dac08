//! The addresses and other parameters in a `Forwarded` header (RFC 7239). docs/adr/0021 says why the parser is our own.

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
    Ok(parameter(element, "for")?.and_then(address))
}

/// The value of a parameter of the first element: `host` or `proto`, as the first proxy has seen it. `None` if there is none or
/// more than one, or if the header does not match the grammar.
pub(crate) fn first(header: &str, name: &str) -> Option<String> {
    let elements = split(header, ',').ok()?;
    parameter(elements.first()?, name).ok().flatten().map(ToOwned::to_owned)
}

/// The value of the parameter with this name in an element that has exactly one.
fn parameter<'a>(element: &'a str, name: &str) -> Result<Option<&'a str>, Malformed> {
    let mut values = Vec::new();
    for pair in split(element, ';')?.into_iter().map(str::trim).filter(|it| !it.is_empty()) {
        let (found, value) = pair.split_once('=').ok_or(Malformed)?;
        if found.eq_ignore_ascii_case(name) {
            values.push(unquoted(value)?);
        }
    }
    Ok(match values.as_slice() {
        [only] => Some(only),
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
