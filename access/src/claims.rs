//! Validates the claims of a token whose signature was verified and makes a [`Caller`] of them.

use std::time::Duration;

use http::HeaderValue;
use platform::clock::Micros;
use serde_json::{Map, Value};

use crate::{Caller, Role, Unauthenticated};

pub(crate) type Claims = Map<String, Value>;

/// The claims that a token must have, and the names of the claims that describe its caller.
#[derive(Clone, Debug)]
pub struct ExpectedClaims {
    /// The value that `iss` must have, compared character by character.
    pub issuer: String,
    /// The value that `aud` must have, or must contain when it is an array.
    pub audience: String,
    /// The claim with the roles: its name, or a path with dots into nested objects. A claim whose name is the whole
    /// text, dots included, takes precedence over the path.
    pub roles_claim: String,
    /// The claim with the department: a name or a path, as for `roles_claim`.
    pub department_claim: String,
    /// How long before `nbf` and after `exp` a token is accepted, for clocks that differ. Whole seconds count.
    pub leeway: Duration,
}

impl ExpectedClaims {
    /// The defaults of this product for the tokens of `issuer`.
    #[must_use]
    pub fn for_issuer(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: crate::local::AUDIENCE.to_owned(),
            roles_claim: "realm_access.roles".to_owned(),
            department_claim: "department".to_owned(),
            leeway: Duration::from_secs(10),
        }
    }

    /// Whether `iss` names the expected issuer.
    pub(crate) fn is_from_issuer(&self, claims: &Claims) -> bool {
        claims.get("iss").and_then(Value::as_str) == Some(&self.issuer)
    }

    /// The caller that the claims describe, or the first reason to refuse them at `now`. `authorization` is the header
    /// that the token came in.
    pub(crate) fn caller(
        &self,
        claims: &Claims,
        now: Micros,
        authorization: &HeaderValue,
    ) -> Result<Caller, Unauthenticated> {
        if !self.is_from_issuer(claims) {
            return Err(Unauthenticated::WrongIssuer);
        }
        if !is_for(claims.get("aud"), &self.audience) {
            return Err(Unauthenticated::WrongAudience);
        }
        let leeway = i64::try_from(self.leeway.as_secs()).unwrap_or(i64::MAX);
        let now = now.seconds();
        let expires = instant(claims, "exp")?.ok_or(Unauthenticated::Malformed)?;
        if expires.saturating_add(leeway) <= now {
            return Err(Unauthenticated::Expired);
        }
        if instant(claims, "nbf")?.is_some_and(|it| it > now.saturating_add(leeway)) {
            return Err(Unauthenticated::NotYetValid);
        }
        let sub = claims.get("sub").and_then(Value::as_str).filter(|it| is_name(it, 255));
        let department = claim_at(claims, &self.department_claim).and_then(Value::as_str);
        Ok(Caller {
            issuer: self.issuer.clone(),
            sub: sub.ok_or(Unauthenticated::Malformed)?.to_owned(),
            roles: roles(claim_at(claims, &self.roles_claim)),
            department: department.filter(|it| is_name(it, 100)).map(ToOwned::to_owned),
            expires_at: Micros(expires.saturating_mul(1_000_000)),
            on_behalf_of: None,
            authorization: authorization.clone(),
        })
    }
}

fn is_for(claim: Option<&Value>, audience: &str) -> bool {
    match claim {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(all)) => all.iter().any(|it| it.as_str() == Some(audience)),
        _ => false,
    }
}

/// A NumericDate (RFC 7519) in whole seconds; fractions are cut off. A value that is not a number is an error, because
/// ignoring it would extend the token's life.
fn instant(claims: &Claims, name: &str) -> Result<Option<i64>, Unauthenticated> {
    let Some(claim) = claims.get(name) else { return Ok(None) };
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut at the ends of i64")]
    let seconds = claim.as_i64().or_else(|| claim.as_f64().map(|it| it as i64));
    seconds.map(Some).ok_or(Unauthenticated::Malformed)
}

/// The value of the claim named `path`, or else of the member that the path leads to.
fn claim_at<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    claims.get(path).or_else(|| {
        let mut names = path.split('.');
        let first = claims.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))
    })
}

/// The known roles of a claim that is an array of names, or one string of names separated by spaces like `scope`.
fn roles(claim: Option<&Value>) -> Vec<Role> {
    let mut roles: Vec<Role> = match claim {
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).filter_map(|it| it.parse().ok()).collect()
        }
        Some(Value::String(names)) => names.split(' ').filter_map(|it| it.parse().ok()).collect(),
        _ => Vec::new(),
    };
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Whether a text can be stored, logged and answered as a name: not blank, no control characters, `max` characters.
pub(crate) fn is_name(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Micros = Micros(1_800_000_000_000_000);

    fn caller(change: impl FnOnce(&mut ExpectedClaims), more: Value) -> Result<Caller, Unauthenticated> {
        let mut expected = ExpectedClaims::for_issuer("urn:test");
        change(&mut expected);
        let mut claims = json!({
            "iss": "urn:test", "aud": "cml-cloud-manager", "sub": "ada", "exp": NOW.seconds() + 60,
        });
        let Value::Object(more) = more else { panic!("no object") };
        let claims = claims.as_object_mut().unwrap();
        claims.extend(more);
        expected.caller(claims, NOW, &HeaderValue::from_static("Bearer secret"))
    }

    #[test]
    fn roles_and_department_are_found_where_the_settings_say() {
        let found = caller(
            |it| {
                it.roles_claim = "resource_access.ccm.roles".to_owned();
                it.department_claim = "https://example.com/org.unit".to_owned();
            },
            json!({
                "resource_access": {"ccm": {"roles": ["user", "admin"]}},
                "realm_access": {"roles": ["manager"]},
                "https://example.com/org.unit": "network",
                "department": "other",
            }),
        );
        let found = found.unwrap();
        assert_eq!(
            (found.roles, found.department.as_deref()),
            (vec![Role::Admin, Role::User], Some("network"))
        );
    }

    #[test]
    fn roles_may_be_one_text() {
        let found = caller(|it| it.roles_claim = "scope".to_owned(), json!({"scope": "openid manager user"}));
        assert_eq!(found.unwrap().roles, [Role::Manager, Role::User]);
    }

    #[test]
    fn a_path_that_leads_nowhere_gives_no_role() {
        for claim in [json!({"realm_access": "admin"}), json!({"realm_access": {"roles": {"admin": true}}})] {
            assert_eq!(caller(|_| {}, claim).unwrap().roles, []);
        }
    }

    #[test]
    fn the_leeway_is_what_the_settings_say() {
        let late = json!({"exp": NOW.seconds() - 30});
        let early = json!({"nbf": NOW.seconds() + 30});
        for leeway in [30, 10, 0] {
            let set = |it: &mut ExpectedClaims| it.leeway = Duration::from_secs(leeway);
            assert_eq!(caller(set, late.clone()).unwrap_err(), Unauthenticated::Expired, "{leeway}");
            assert_eq!(caller(set, early.clone()).is_ok(), leeway == 30, "{leeway}");
        }
        assert!(caller(|it| it.leeway = Duration::from_secs(31), late).is_ok());
    }

    #[test]
    fn an_instant_that_is_no_number_is_not_passed_over() {
        assert_eq!(caller(|_| {}, json!({"nbf": "tomorrow"})).unwrap_err(), Unauthenticated::Malformed);
    }
}
