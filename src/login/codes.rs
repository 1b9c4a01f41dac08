//! The codes that `ccm up` has made: in memory, by their hashes, so that neither a copy of the memory nor the time of a
//! comparison tells a code.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use access::local::{LocalIssuer, TokenClaims};
use access::{check_department, check_subject};
use anyhow::anyhow;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway::supervisor::CodeReply;
use platform::clock::{Clock, Micros};
use sha2::{Digest as _, Sha256};

use super::Person;

/// Most codes that are remembered, used and expired ones included. The oldest are forgotten first.
const MAX_CODES: usize = 100;
/// So many wrong codes within [`FAILURE_WINDOW`] are told why they are refused. A right code is always taken.
const MAX_FAILURES: usize = 20;
const FAILURE_WINDOW: Duration = Duration::from_mins(1);

type Hash = [u8; 32];

/// The codes, and the issuer that signs the tokens they are exchanged for.
pub(crate) struct Codes {
    issuer: LocalIssuer,
    clock: Clock,
    /// How long a code can be used.
    lifetime: Duration,
    /// Lifetime of the tokens.
    token_lifetime: Duration,
    fresh: fn() -> Hash,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The oldest first.
    codes: VecDeque<Code>,
    /// When wrong codes were tried, the oldest first.
    failures: VecDeque<Micros>,
}

struct Code {
    hash: Hash,
    ends_at: Micros,
    /// `None` once the code was used.
    claims: Option<TokenClaims>,
}

impl Codes {
    /// `fresh` must return random bytes that nobody can guess.
    pub(crate) fn new(
        issuer: LocalIssuer,
        clock: Clock,
        lifetime: Duration,
        token_lifetime: Duration,
        fresh: fn() -> Hash,
    ) -> Self {
        Self { issuer, clock, lifetime, token_lifetime, fresh, state: Mutex::default() }
    }

    /// Makes a code of 32 random bytes in base64url.
    pub(crate) fn make(&self, person: Person) -> anyhow::Result<String> {
        let Person { sub, roles, department } = person;
        check_subject(&sub).map_err(|it| anyhow!("the subject {it}"))?;
        if let Some(department) = &department {
            check_department(department).map_err(|it| anyhow!("the department {it}"))?;
        }
        let roles = roles.iter().map(|it| it.parse()).collect::<Result<_, _>>()?;
        let claims = TokenClaims { sub, roles, department, lifetime: self.token_lifetime };
        let code = URL_SAFE_NO_PAD.encode((self.fresh)());
        let ends_at = self.clock.now() + self.lifetime;
        let mut state = self.state();
        if state.codes.len() == MAX_CODES {
            state.codes.pop_front();
        }
        state.codes.push_back(Code { hash: hash(&code), ends_at, claims: Some(claims) });
        Ok(code)
    }

    /// Exchanges a code for a new token, once.
    pub(crate) fn redeem(&self, code: &str) -> anyhow::Result<CodeReply> {
        let now = self.clock.now();
        let claims = match self.state().take(&hash(code), now) {
            Ok(claims) => claims,
            Err(refused) => return Ok(refused),
        };
        Ok(CodeReply::Token(self.issuer.issue(&claims, &self.clock)?))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self, hash: &Hash, now: Micros) -> Result<TokenClaims, CodeReply> {
        // Before the failures are counted: wrong codes of others must not keep out somebody with the right one.
        let found = self.codes.iter_mut().find(|it| it.hash == *hash);
        let refused = match found {
            None => CodeReply::Unknown,
            Some(code) if code.claims.is_none() => CodeReply::Used,
            Some(code) if code.ends_at <= now => CodeReply::Expired,
            Some(code) => return code.claims.take().ok_or(CodeReply::Used),
        };
        while self.failures.front().is_some_and(|it| *it + FAILURE_WINDOW <= now) {
            self.failures.pop_front();
        }
        if let Some(first) = self.failures.front().filter(|_| self.failures.len() >= MAX_FAILURES) {
            let left = (*first + FAILURE_WINDOW) - now;
            return Err(CodeReply::TooManyFailures { seconds: left.as_secs() + 1 });
        }
        self.failures.push_back(now);
        Err(refused)
    }
}

fn hash(code: &str) -> Hash {
    Sha256::digest(code).into()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    const LIFETIME: Duration = Duration::from_mins(5);

    fn codes() -> (Codes, Clock) {
        fn fresh() -> Hash {
            static NEXT: AtomicU8 = AtomicU8::new(0);
            [NEXT.fetch_add(1, Ordering::Relaxed); 32]
        }
        let clock = Clock::manual(Micros(1_795_338_611_000_000));
        let issuer = LocalIssuer::generate();
        (Codes::new(issuer, clock.clone(), LIFETIME, Duration::from_hours(12), fresh), clock)
    }

    fn reply(codes: &Codes, code: &str) -> &'static str {
        match codes.redeem(code).unwrap() {
            CodeReply::Token(_) => "token",
            CodeReply::Unknown => "unknown",
            CodeReply::Used => "used",
            CodeReply::Expired => "expired",
            CodeReply::TooManyFailures { .. } => "too many",
        }
    }

    #[test]
    fn a_code_is_taken_once_and_in_time() {
        let (codes, clock) = codes();
        let [first, second] = [(); 2].map(|()| codes.make(Person::local_admin()).unwrap());
        assert_eq!(first.len(), 43);
        assert_eq!((reply(&codes, &first), reply(&codes, &first)), ("token", "used"));
        assert_eq!(reply(&codes, "abc"), "unknown");
        clock.advance(LIFETIME);
        assert_eq!((reply(&codes, &second), reply(&codes, &first)), ("expired", "used"));
    }

    #[test]
    fn wrong_codes_are_bounded_but_keep_out_nobody_and_so_are_codes() {
        let (codes, clock) = codes();
        let first = codes.make(Person::local_admin()).unwrap();
        for _ in 0..MAX_FAILURES {
            assert_eq!(reply(&codes, "abc"), "unknown");
        }
        assert_eq!((reply(&codes, "abc"), reply(&codes, &first)), ("too many", "token"));
        assert_eq!(reply(&codes, &first), "too many");
        clock.advance(FAILURE_WINDOW);
        assert_eq!(reply(&codes, &first), "used");
        for _ in 0..MAX_CODES {
            codes.make(Person::local_admin()).unwrap();
        }
        assert_eq!(codes.state().codes.len(), MAX_CODES);
        assert_eq!(reply(&codes, &first), "unknown");
    }

    #[test]
    fn a_person_needs_a_name_and_roles_that_exist() {
        let (codes, _) = codes();
        let person = |sub: &str, role: &str| Person {
            sub: sub.to_owned(),
            roles: vec![role.to_owned()],
            department: None,
        };
        for sub in ["", "a\nb", &"x".repeat(256)] {
            assert!(codes.make(person(sub, "admin")).is_err(), "{sub:?}");
        }
        let nowhere = Person { department: Some(String::new()), ..person("ada", "admin") };
        assert!(codes.make(nowhere).is_err());
        assert!(codes.make(person("ada", "admin")).is_ok());
        assert!(codes.make(person("ada", "root")).is_err());
    }
}
