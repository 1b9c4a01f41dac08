//! From the claims of a token whose signature is right to a [`Caller`], or the reason why not.

use std::time::Duration;

use http::HeaderValue;
use platform::clock::Micros;
use serde_json::{Map, Value};

use crate::{Caller, Role, Unauthenticated};

/// The claims of a token.
pub(crate) type Claims = Map<String, Value>;

/// What a token has to say, and where it says who its caller is.
#[derive(Clone, Debug)]
pub struct Expected {
    /// `iss`, character by character.
    pub issuer: String,
    /// What `aud` is, or contains.
    pub audience: String,
    /// Where the roles are: the name of a claim, or a path with dots. A claim whose own name has dots wins.
    pub roles_claim: String,
    /// Where the department is, likewise.
    pub department_claim: String,
    /// How far the clocks of issuer and process may be apart.
    pub leeway: Duration,
}

impl Expected {
    /// What this product expects unless configured otherwise.
    #[must_use]
    pub fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: crate::local::AUDIENCE.to_owned(),
            roles_claim: "realm_access.roles".to_owned(),
            department_claim: "department".to_owned(),
            leeway: Duration::from_secs(10),
        }
    }

    /// Whether the token says that it is from this issuer.
    pub(crate) fn is_from_issuer(&self, claims: &Claims) -> bool {
        claims.get("iss").and_then(Value::as_str) == Some(&self.issuer)
    }

    /// The caller that these claims name at `now`, to be known by `authorization` elsewhere.
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
        let subject = claims.get("sub").and_then(Value::as_str).filter(|it| is_name(it, 255));
        let department = at(claims, &self.department_claim).and_then(Value::as_str);
        Ok(Caller {
            issuer: self.issuer.clone(),
            subject: subject.ok_or(Unauthenticated::Malformed)?.to_owned(),
            roles: roles(at(claims, &self.roles_claim)),
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

/// RFC 7519 allows fractions of a second in instants. One that is no number says nothing that could be relied on.
fn instant(claims: &Claims, name: &str) -> Result<Option<i64>, Unauthenticated> {
    let Some(claim) = claims.get(name) else { return Ok(None) };
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut at the ends of i64")]
    let seconds = claim.as_i64().or_else(|| claim.as_f64().map(|it| it as i64));
    seconds.map(Some).ok_or(Unauthenticated::Malformed)
}

fn at<'a>(claims: &'a Claims, path: &str) -> Option<&'a Value> {
    claims.get(path).or_else(|| {
        let mut names = path.split('.');
        let first = claims.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name))
    })
}

/// An array of names, or one text of names with spaces between them.
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

/// A name goes into rows, logs and answers.
pub(crate) fn is_name(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Micros = Micros(1_800_000_000_000_000);

    fn caller(change: impl FnOnce(&mut Expected), more: Value) -> Result<Caller, Unauthenticated> {
        let mut expected = Expected::of("urn:test");
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
            let set = |it: &mut Expected| it.leeway = Duration::from_secs(leeway);
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
