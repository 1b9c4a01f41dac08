//! The text of an IP address, which the spans and the log lines of every request have.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

/// The longest text of an IPv6 address.
const LONGEST: usize = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".len();

/// The text of an address, as its `Display` writes it: without an allocation, and for IPv4, which is formatted number by
/// number otherwise, in a tenth of the time.
#[derive(Clone, Copy)]
pub struct IpText {
    bytes: [u8; LONGEST],
    length: usize,
}

impl IpText {
    /// Writes an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let mut text = Self { bytes: [0; LONGEST], length: 0 };
        match address {
            IpAddr::V4(address) => {
                for (index, number) in address.octets().into_iter().enumerate() {
                    if index > 0 {
                        text.push(b'.');
                    }
                    if number >= 100 {
                        text.push(b'0' + number / 100);
                    }
                    if number >= 10 {
                        text.push(b'0' + number / 10 % 10);
                    }
                    text.push(b'0' + number % 10);
                }
            }
            // There is room for the longest text.
            IpAddr::V6(address) => drop(write!(text, "{address}")),
        }
        text
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }
}

impl fmt::Write for IpText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn an_address_is_written_as_its_display_does() {
        let of_v4 = (0..=255_u8).map(|it| IpAddr::from([it, 0, 255 - it, it / 3]));
        let of_v6 = [
            Ipv6Addr::LOCALHOST,
            Ipv6Addr::UNSPECIFIED,
            Ipv6Addr::from([0xffff; 8]),
            Ipv6Addr::from([0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xfffe, 1]),
            Ipv4Addr::BROADCAST.to_ipv6_mapped(),
        ];
        for address in of_v4.chain(of_v6.map(IpAddr::from)) {
            assert_eq!(IpText::of(address).as_str(), address.to_string());
        }
    }
}
