//! Validates the claims of a token whose signature was verified and makes a [`Caller`] of them.

use std::time::Duration;

use http::HeaderValue;
use platform::clock::Micros;
use serde_json::{Map, Value};

use crate::name::{InvalidName, check_department, check_subject};
use crate::{Caller, Role, Unauthenticated, VerifiedClaims};

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

    /// Refuses the claims of another issuer.
    pub(crate) fn check_issuer(&self, claims: &Claims) -> Result<(), Unauthenticated> {
        let named = claims.get("iss").ok_or(Unauthenticated::NoIssuer)?.as_str().unwrap_or_default();
        if named == self.issuer {
            Ok(())
        } else if named.trim_end_matches('/') == self.issuer.trim_end_matches('/') {
            Err(Unauthenticated::IssuerWithSlash)
        } else {
            Err(Unauthenticated::WrongIssuer)
        }
    }

    /// The caller that the claims describe, or the first reason to refuse them at `now`. `authorization` is the header
    /// that the token came in.
    pub(crate) fn caller(
        &self,
        claims: &Claims,
        now: Micros,
        authorization: &HeaderValue,
    ) -> Result<Caller, Unauthenticated> {
        self.check_issuer(claims)?;
        if claims.get("typ").and_then(Value::as_str).is_some_and(is_other_purpose) {
            return Err(Unauthenticated::OtherPurpose);
        }
        let audience = claims.get("aud").filter(|it| !it.is_null()).ok_or(Unauthenticated::NoAudience)?;
        if !is_for(audience, &self.audience) {
            return Err(Unauthenticated::WrongAudience);
        }
        let leeway = i64::try_from(self.leeway.as_secs()).unwrap_or(i64::MAX);
        let now = now.seconds();
        let expires = match instant(claims.get("exp").ok_or(Unauthenticated::NoExpiry)?) {
            Ok(instant) => instant,
            Err(NoInstant::NotNumber) => return Err(Unauthenticated::ExpiryNotNumber),
            Err(NoInstant::NotDate) => return Err(Unauthenticated::ExpiryNotDate),
        };
        let accepted_until = expires.saturating_add(leeway);
        if accepted_until <= now {
            return Err(Unauthenticated::Expired);
        }
        match claims.get("nbf").map(instant) {
            Some(Err(NoInstant::NotNumber)) => return Err(Unauthenticated::StartNotNumber),
            Some(Err(NoInstant::NotDate)) => return Err(Unauthenticated::StartNotDate),
            Some(Ok(start)) if start > now.saturating_add(leeway) => {
                return Err(Unauthenticated::NotYetValid);
            }
            Some(Ok(_)) | None => {}
        }
        let (department, department_problem) = department(claim_at(claims, &self.department_claim));
        let claims = VerifiedClaims {
            issuer: self.issuer.as_str().into(),
            sub: subject(claims.get("sub"))?.into(),
            roles: roles(claim_at(claims, &self.roles_claim)),
            department: department.map(ToOwned::to_owned),
            department_problem,
            expires_at: seconds(expires),
            accepted_until: seconds(accepted_until),
        };
        Ok(Caller::new(claims, authorization.clone()))
    }
}

/// Whether the claim `typ` is one that Keycloak writes into tokens which are not access tokens; those have `Bearer`. It signs ID
/// tokens and logout tokens with the keys of access tokens, and their audience is the client. No standard has this claim, so
/// what else an issuer writes into it means nothing here.
fn is_other_purpose(typ: &str) -> bool {
    const OTHERS: [&str; 8] = [
        "ID",
        "Serialized-ID",
        "Refresh",
        "Offline",
        "Logout",
        "logout+jwt",
        "InitialAccessToken",
        "RegistrationAccessToken",
    ];
    OTHERS.iter().any(|it| typ.eq_ignore_ascii_case(it))
}

fn is_for(claim: &Value, audience: &str) -> bool {
    match claim {
        Value::String(one) => one == audience,
        Value::Array(all) => all.iter().any(|it| it.as_str() == Some(audience)),
        _ => false,
    }
}

/// Why a claim is not an instant.
enum NoInstant {
    NotNumber,
    /// After [`LAST_SECOND`], as an instant in milliseconds is.
    NotDate,
}

/// The last second of the year 9999, the last that RFC 3339 can write.
const LAST_SECOND: i64 = 253_402_300_799;

/// A NumericDate (RFC 7519) in whole seconds; fractions are cut off. A value that is not a number is an error, because
/// ignoring it would extend the token's life.
fn instant(claim: &Value) -> Result<i64, NoInstant> {
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut at the ends of i64")]
    let seconds = claim.as_i64().or_else(|| claim.as_f64().map(|it| it as i64));
    seconds
        .ok_or(NoInstant::NotNumber)
        .and_then(|it| if it > LAST_SECOND { Err(NoInstant::NotDate) } else { Ok(it) })
}

fn seconds(count: i64) -> Micros {
    Micros(count.saturating_mul(1_000_000))
}

/// Why the department claim of a token is not used. Each reads on from "the department claim".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DepartmentProblem {
    /// The claim is a list of several members.
    #[error("is a list of several departments, and only one is possible")]
    Several,
    /// The claim is a list without members.
    #[error("is an empty list")]
    EmptyList,
    /// The claim, or the one member of a list, is not a text.
    #[error("is not a text")]
    NotText,
    /// The text has nothing but white space.
    #[error("is empty or blank")]
    Empty,
    /// The text is too long.
    #[error("has more than {0} characters")]
    TooLong(usize),
    /// The text has a line break or another control character.
    #[error("has control characters")]
    Control,
}

impl From<InvalidName> for DepartmentProblem {
    fn from(it: InvalidName) -> Self {
        match it {
            InvalidName::Empty => Self::Empty,
            InvalidName::TooLong(max) => Self::TooLong(max),
            InvalidName::Control => Self::Control,
        }
    }
}

/// A claim that should be one text. A list with one member is that member: issuers send an attribute that may have several
/// values as a list, whatever the number of its values.
fn one(claim: &Value) -> Result<&str, DepartmentProblem> {
    let text = match claim {
        Value::Array(list) => match list.as_slice() {
            [] => return Err(DepartmentProblem::EmptyList),
            [one] => one,
            _ => return Err(DepartmentProblem::Several),
        },
        one => one,
    };
    text.as_str().ok_or(DepartmentProblem::NotText)
}

fn department(claim: Option<&Value>) -> (Option<&str>, Option<DepartmentProblem>) {
    let Some(claim) = claim.filter(|it| !it.is_null()) else { return (None, None) };
    match one(claim).and_then(|it| Ok(check_department(it).map(|()| it)?)) {
        Ok(department) => (Some(department), None),
        Err(problem) => (None, Some(problem)),
    }
}

fn subject(claim: Option<&Value>) -> Result<&str, Unauthenticated> {
    let claim = claim.filter(|it| !it.is_null()).ok_or(Unauthenticated::NoSubject)?;
    let text = one(claim).map_err(|_| Unauthenticated::SubjectNotText)?;
    match check_subject(text) {
        Ok(()) => Ok(text),
        Err(InvalidName::Empty) => Err(Unauthenticated::SubjectEmpty),
        Err(InvalidName::TooLong(_)) => Err(Unauthenticated::SubjectTooLong),
        Err(InvalidName::Control) => Err(Unauthenticated::SubjectControl),
    }
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
            (&*found.roles, found.department.as_deref()),
            (&[Role::Admin, Role::User][..], Some("network"))
        );
    }

    #[test]
    fn roles_may_be_one_text() {
        let found = caller(|it| it.roles_claim = "scope".to_owned(), json!({"scope": "openid manager user"}));
        assert_eq!(*found.unwrap().roles, [Role::Manager, Role::User]);
    }

    #[test]
    fn a_path_that_leads_nowhere_gives_no_role() {
        for claim in [json!({"realm_access": "admin"}), json!({"realm_access": {"roles": {"admin": true}}})] {
            assert_eq!(caller(|_| {}, claim).unwrap().roles.as_ref(), []);
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
    fn an_instant_that_is_no_date_is_not_passed_over() {
        let milliseconds = NOW.seconds() * 1_000;
        for (claims, reason) in [
            (json!({"exp": "tomorrow"}), Unauthenticated::ExpiryNotNumber),
            (json!({"exp": null}), Unauthenticated::ExpiryNotNumber),
            (json!({"exp": milliseconds}), Unauthenticated::ExpiryNotDate),
            (json!({"exp": LAST_SECOND + 1}), Unauthenticated::ExpiryNotDate),
            (json!({"exp": u64::MAX}), Unauthenticated::ExpiryNotDate),
            (json!({"exp": -1e300}), Unauthenticated::Expired),
            (json!({"nbf": "tomorrow"}), Unauthenticated::StartNotNumber),
            (json!({"nbf": milliseconds}), Unauthenticated::StartNotDate),
        ] {
            assert_eq!(caller(|_| {}, claims.clone()).unwrap_err(), reason, "{claims}");
        }
        let last = caller(|_| {}, json!({"exp": LAST_SECOND})).unwrap();
        assert_eq!(last.expires_at.to_rfc3339(), "9999-12-31T23:59:59.000000Z");
    }

    #[test]
    fn a_token_is_accepted_for_the_leeway_longer_than_it_says() {
        let found = caller(|it| it.leeway = Duration::from_secs(30), json!({})).unwrap();
        assert_eq!(found.accepted_until, found.expires_at + Duration::from_secs(30));
    }

    #[test]
    fn a_list_of_one_is_taken_for_its_member_and_other_departments_are_told_as_what_they_are() {
        let of = |department: Value| {
            let found = caller(|_| {}, json!({ "department": department })).unwrap();
            (found.department.clone(), found.department_problem)
        };
        let sales = (Some("sales".to_owned()), None);
        assert_eq!((of(json!("sales")), of(json!(["sales"]))), (sales.clone(), sales));
        assert_eq!(of(json!(null)), (None, None));
        for (claim, problem) in [
            (json!(["sales", "network"]), DepartmentProblem::Several),
            (json!([]), DepartmentProblem::EmptyList),
            (json!([["sales"]]), DepartmentProblem::NotText),
            (json!({}), DepartmentProblem::NotText),
            (json!([" "]), DepartmentProblem::Empty),
            (json!("x".repeat(101)), DepartmentProblem::TooLong(100)),
            (json!("a\nb"), DepartmentProblem::Control),
        ] {
            assert_eq!(of(claim.clone()), (None, Some(problem)), "{claim}");
        }
        assert_eq!(caller(|_| {}, json!({"sub": ["eve"]})).unwrap().sub.as_ref(), "eve");
    }

    #[test]
    fn a_token_whose_claim_says_that_it_is_for_another_purpose_is_refused() {
        for typ in ["ID", "Refresh", "Offline", "Logout", "refresh", "logout+jwt"] {
            let refused = caller(|_| {}, json!({ "typ": typ })).unwrap_err();
            assert_eq!(refused, Unauthenticated::OtherPurpose, "{typ}");
        }
        for typ in [json!("Bearer"), json!("person"), json!(7)] {
            assert!(caller(|_| {}, json!({ "typ": typ })).is_ok(), "{typ}");
        }
    }

    #[test]
    fn an_issuer_that_differs_in_a_slash_at_the_end_is_told_so() {
        let of = |issuer: &str, named: Value| {
            caller(|it| issuer.clone_into(&mut it.issuer), json!({ "iss": named })).map(|_| ())
        };
        assert_eq!(of("urn:a", json!("urn:a")), Ok(()));
        assert_eq!(of("urn:a/", json!("urn:a")), Err(Unauthenticated::IssuerWithSlash));
        assert_eq!(of("urn:a", json!("urn:a/")), Err(Unauthenticated::IssuerWithSlash));
        assert_eq!(of("urn:a", json!("urn:b")), Err(Unauthenticated::WrongIssuer));
        assert_eq!(of("urn:a", json!(["urn:a"])), Err(Unauthenticated::WrongIssuer));
        assert_eq!(of("urn:a", json!(null)), Err(Unauthenticated::WrongIssuer));
    }
}
