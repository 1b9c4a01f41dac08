//! A JSON Web Token in the compact form of a JWS (RFC 7515, RFC 7519), read before and for the check of its signature. Every
//! refusal here depends on the token alone, not on a key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::Unauthenticated;
use crate::claims::Claims;
use crate::keys::Key;

/// A token whose signature has not been verified.
pub(crate) struct Unverified<'a> {
    /// Header and payload as they were signed.
    message: &'a str,
    signature: &'a str,
    algorithm: Algorithm,
    key_id: String,
    claims: Claims,
}

impl<'a> Unverified<'a> {
    /// Reads a token, and refuses one that no key can make good.
    pub(crate) fn parse(token: &'a str) -> Result<Self, Unauthenticated> {
        let (header, message, signature) = parts(token)?;
        let header = object(header).ok_or(Unauthenticated::HeaderNotJson)?;
        if header.has_duplicate {
            return Err(Unauthenticated::ParameterTwice);
        }
        let header = header.members;
        // An extension that is not understood may change what the token means. None is understood.
        if header.contains_key("crit") {
            return Err(Unauthenticated::Critical);
        }
        if !is_access_token(header.get("typ")) {
            return Err(Unauthenticated::OtherType);
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        let algorithm = text("alg").and_then(algorithm).ok_or(Unauthenticated::UnsupportedAlgorithm)?;
        let key_id = text("kid").ok_or(Unauthenticated::NoKeyId)?.to_owned();
        let payload = message.split_once('.').map_or("", |it| it.1);
        let payload = object(payload).ok_or(Unauthenticated::PayloadNotJson)?;
        if payload.has_duplicate {
            return Err(Unauthenticated::ClaimTwice);
        }
        Ok(Self { message, signature, algorithm, key_id, claims: payload.members })
    }

    /// `kid` of the header.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The claims, which anybody may have written: to refuse a token by, never to accept it.
    pub(crate) fn unverified_claims(&self) -> &Claims {
        &self.claims
    }

    /// The claims, if the key has signed them.
    pub(crate) fn verified(self, key: &Key) -> Result<Claims, Unauthenticated> {
        // The algorithm is that of the key, never the one that the token names.
        if self.algorithm != key.algorithm {
            return Err(Unauthenticated::WrongAlgorithm);
        }
        let message = self.message.as_bytes();
        match jsonwebtoken::crypto::verify(self.signature, message, &key.decoding, key.algorithm) {
            Ok(true) => Ok(self.claims),
            _ => Err(Unauthenticated::BadSignature),
        }
    }
}

/// The header, the header with the payload, and the signature.
fn parts(token: &str) -> Result<(&str, &str, &str), Unauthenticated> {
    let dots: Vec<usize> = token.match_indices('.').map(|it| it.0).take(5).collect();
    match *dots {
        [first, second] => Ok((&token[..first], &token[..second], &token[second + 1..])),
        [_, _, _, _] => Err(Unauthenticated::Encrypted),
        _ => Err(Unauthenticated::NotThreeParts),
    }
}

/// Whether `typ` is absent or that of an access token. The issuer signs other tokens with the same keys, such as logout tokens
/// and security events, which would otherwise be taken for access tokens (RFC 8725 section 3.11). Media types are compared
/// without case and `application/` (RFC 7515 section 4.1.9).
fn is_access_token(typ: Option<&Value>) -> bool {
    let Some(typ) = typ else { return true };
    let Some(text) = typ.as_str() else { return false };
    let name = match text.split_at_checked("application/".len()) {
        Some((prefix, name)) if prefix.eq_ignore_ascii_case("application/") => name,
        _ => text,
    };
    name.eq_ignore_ascii_case("JWT") || name.eq_ignore_ascii_case("at+jwt")
}

fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "RS256" => Some(Algorithm::RS256),
        "ES256" => Some(Algorithm::ES256),
        "EdDSA" => Some(Algorithm::EdDSA),
        _ => None,
    }
}

/// A JSON object.
struct Object {
    members: Map<String, Value>,
    /// A name is there twice (RFC 7515 section 4, RFC 7519 section 4).
    has_duplicate: bool,
}

/// The object in a part of a token.
fn object(part: &str) -> Option<Object> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object { members: Map::new(), has_duplicate: false };
                while let Some((name, value)) = map.next_entry()? {
                    object.has_duplicate |= object.members.insert(name, value).is_some();
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encoded(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    fn refusal(header: &str, payload: &str) -> Option<Unauthenticated> {
        Unverified::parse(&format!("{}.{}.", encoded(header), encoded(payload))).err()
    }

    fn of_header(change: impl FnOnce(&mut Value)) -> Option<Unauthenticated> {
        let mut header = json!({"alg": "EdDSA", "kid": "k"});
        change(&mut header);
        refusal(&header.to_string(), "{}")
    }

    #[test]
    fn a_token_has_three_parts() {
        for (token, reason) in [
            ("abc", Unauthenticated::NotThreeParts),
            ("a.b", Unauthenticated::NotThreeParts),
            ("a.b.c.d", Unauthenticated::NotThreeParts),
            ("a.b.c.d.e.f", Unauthenticated::NotThreeParts),
            ("a.b.c.d.e", Unauthenticated::Encrypted),
            ("..", Unauthenticated::HeaderNotJson),
        ] {
            assert_eq!(Unverified::parse(token).err(), Some(reason), "{token}");
        }
    }

    #[test]
    fn a_critical_extension_is_refused_whatever_it_is() {
        for crit in [json!(["b64"]), json!([]), json!("exp"), json!(null)] {
            assert_eq!(of_header(|it| it["crit"] = crit.clone()), Some(Unauthenticated::Critical), "{crit}");
        }
    }

    #[test]
    fn a_token_of_another_type_is_refused() {
        assert_eq!(of_header(|_| {}), None);
        for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/JWT"] {
            assert_eq!(of_header(|it| it["typ"] = typ.into()), None, "{typ}");
        }
        for typ in [
            json!("logout+jwt"),
            json!("dpop+jwt"),
            json!("secevent+jwt"),
            json!("token-introspection+jwt"),
            json!("entity-statement+jwt"),
            json!("application/"),
            json!(""),
            json!(null),
            json!(["JWT"]),
        ] {
            assert_eq!(of_header(|it| it["typ"] = typ.clone()), Some(Unauthenticated::OtherType), "{typ}");
        }
    }

    #[test]
    fn header_and_payload_are_objects_without_a_member_twice() {
        let header = r#"{"alg":"EdDSA","kid":"k"}"#;
        assert_eq!(refusal(header, "{}"), None);
        for (header, payload, reason) in [
            ("[]", "{}", Unauthenticated::HeaderNotJson),
            (r#"{"alg":"#, "{}", Unauthenticated::HeaderNotJson),
            (r#"{"alg":"none","alg":"EdDSA"}"#, "{}", Unauthenticated::ParameterTwice),
            (r#"{"kid":"k"}"#, "{}", Unauthenticated::UnsupportedAlgorithm),
            (r#"{"alg":"none","kid":"k"}"#, "{}", Unauthenticated::UnsupportedAlgorithm),
            (r#"{"alg":"HS256","kid":"k"}"#, "{}", Unauthenticated::UnsupportedAlgorithm),
            (r#"{"alg":"EdDSA"}"#, "{}", Unauthenticated::NoKeyId),
            (header, "7", Unauthenticated::PayloadNotJson),
            (header, "\u{feff}{}", Unauthenticated::PayloadNotJson),
            (header, r#"{"sub":"ada","sub":"eve"}"#, Unauthenticated::ClaimTwice),
        ] {
            assert_eq!(refusal(header, payload), Some(reason), "{header} {payload}");
        }
    }
}
