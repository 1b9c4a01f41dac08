//! The text of trace ids and span ids, which requests have in headers and log lines.

/// Returns a text of ASCII characters in which the bytes stand as lowercase hexadecimal digits from `from` on.
pub(crate) fn written<const LENGTH: usize>(mut text: [u8; LENGTH], parts: &[(usize, &[u8])]) -> [u8; LENGTH] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (from, bytes) in parts {
        for (digits, byte) in text[*from..].chunks_exact_mut(2).zip(*bytes) {
            digits[0] = DIGITS[usize::from(byte >> 4)];
            digits[1] = DIGITS[usize::from(byte & 15)];
        }
    }
    text
}

/// Borrows a text of ASCII characters.
pub(crate) fn as_str(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap_or_default()
}
