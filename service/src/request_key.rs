//! Idempotency keys: a request that is repeated does its work once and is answered twice. The key's row is written first in
//! the transaction of the change, so that a repetition in flight waits for it, and a failure leaves nothing behind.

use access::Caller;
use net::grpc::status;
use platform::violation::{Violation, Violations};
use prost::Message;
use sha2::{Digest as _, Sha256};
use storage::Statement;
use tonic::{Code, Status};

/// Reason of an INVALID_ARGUMENT: the key belongs to another request.
pub const IDEMPOTENCY_KEY_REUSED: &str = "IDEMPOTENCY_KEY_REUSED";

/// How long a key counts, in microseconds: 24 hours.
#[doc(hidden)]
pub const LIFETIME: i64 = 24 * 60 * 60 * 1_000_000;
const MAX_LENGTH: usize = 255;

/// The key of one request of one caller to one method.
#[derive(Clone, Debug)]
pub struct RequestKey {
    #[doc(hidden)]
    pub issuer: String,
    #[doc(hidden)]
    pub subject: String,
    #[doc(hidden)]
    pub method: &'static str,
    #[doc(hidden)]
    pub key: String,
    /// SHA-256 of the request.
    #[doc(hidden)]
    pub hash: [u8; 32],
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The key is this request's: go on.
    New,
    /// This very request was answered before, with these encoded bytes.
    Replayed(Vec<u8>),
    /// The key belongs to another request.
    Reused,
}

impl Claim {
    /// The earlier answer to this request, if there is one; an error when the key belongs to another one.
    pub fn replayed<M: Message + Default>(self) -> Result<Option<M>, Status> {
        match self {
            Self::New => Ok(None),
            Self::Replayed(answer) => {
                // Written by this program, perhaps by another version: fields may be missing, the message may not.
                let internal = |_| status::with_reason(Code::Internal, status::INTERNAL, "internal error");
                M::decode(answer.as_slice()).map(Some).map_err(internal)
            }
            Self::Reused => Err(status::with_reason(
                Code::InvalidArgument,
                IDEMPOTENCY_KEY_REUSED,
                "this idempotency key was used for another request within the last 24 hours",
            )),
        }
    }
}

impl RequestKey {
    /// The key of `caller`'s `request` to `method` (`package.Service/Method`), which is given without its `request_id`;
    /// `None` when that is empty. The error is what is wrong with it.
    fn of(
        caller: &Caller,
        method: &'static str,
        request_id: &str,
        request: &impl Message,
    ) -> Result<Option<Self>, Violation> {
        if request_id.is_empty() {
            return Ok(None);
        }
        if request_id.len() > MAX_LENGTH || !request_id.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(Violation {
                field: "request_id".to_owned(),
                description: format!("must be 1 to {MAX_LENGTH} visible ASCII characters"),
            });
        }
        Ok(Some(Self {
            issuer: caller.issuer.clone(),
            subject: caller.sub.clone(),
            method,
            key: request_id.to_owned(),
            hash: Sha256::digest(request.encode_to_vec()).into(),
        }))
    }

    /// [`Self::of`] while a request is checked: what is wrong with it is added to what else is.
    pub fn checked(
        caller: &Caller,
        method: &'static str,
        request_id: &str,
        request: &impl Message,
        validate_only: bool,
        violations: &mut Violations,
    ) -> Option<Self> {
        let key = Self::of(caller, method, request_id, request).unwrap_or_else(|wrong| {
            violations.add(wrong.field, wrong.description);
            None
        });
        if key.is_some() && validate_only {
            violations.add("request_id", "makes no sense with validate_only, which stores nothing");
        }
        key.filter(|_| !validate_only)
    }

    /// What a row found under this key means. It can only be gone when it has ended in between: then nothing is known
    /// of this request, and the claim is taken for a repetition of nothing, which the caller may send again.
    #[doc(hidden)]
    #[must_use]
    pub fn claim_by(&self, row: Option<Row>) -> Claim {
        match row {
            Some(row) if row.hash == self.hash => Claim::Replayed(row.answer),
            _ => Claim::Reused,
        }
    }
}

#[doc(hidden)]
#[derive(sqlx::FromRow)]
pub struct Row {
    hash: Vec<u8>,
    answer: Vec<u8>,
}

/// A key that has ended is anybody's again.
#[doc(hidden)]
pub const CLAIM: Statement = Statement {
    operation: "INSERT",
    collection: "request_keys",
    sql: "INSERT INTO request_keys (issuer, subject, method, key, hash, answer, expires_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT (issuer, subject, method, key) DO UPDATE
            SET hash = excluded.hash, answer = excluded.answer, expires_at = excluded.expires_at
            WHERE request_keys.expires_at <= $8
          RETURNING hash, answer",
};

#[doc(hidden)]
pub const RECALL: Statement = Statement {
    operation: "SELECT",
    collection: "request_keys",
    sql: "SELECT hash, answer FROM request_keys
          WHERE issuer = $1 AND subject = $2 AND method = $3 AND key = $4 AND expires_at > $5",
};

#[doc(hidden)]
pub const ANSWER: Statement = Statement {
    operation: "UPDATE",
    collection: "request_keys",
    sql: "UPDATE request_keys SET answer = $5 WHERE issuer = $1 AND subject = $2 AND method = $3 AND key = $4",
};

/// Claims a [`crate::request_key::RequestKey`] in the transaction `on`, as its first statement: `claim!(on, key, answer,
/// now)` with the encoded answer that a repetition is to get. A request of the same key that is in flight is waited for.
#[macro_export]
macro_rules! claim {
    ($on:expr, $key:expr, $answer:expr, $now:expr) => {{
        let (key, now): (&$crate::request_key::RequestKey, i64) = (&$key, $now.0);
        let claimed: Option<$crate::request_key::Row> = $crate::storage::fetch_optional!(
            $on,
            $crate::request_key::CLAIM,
            $crate::request_key::Row,
            key.issuer.clone(),
            key.subject.clone(),
            key.method,
            key.key.clone(),
            key.hash.to_vec(),
            $answer,
            now + $crate::request_key::LIFETIME,
            now,
        )?;
        match claimed {
            Some(_) => Ok::<_, $crate::storage::StorageError>($crate::request_key::Claim::New),
            None => Ok(key.claim_by($crate::recalled_row!($on, key, now)?)),
        }
    }};
}

/// Says what a repetition is to get, when a [`crate::claim`] could not yet: `answer!(on, key, answer)` in the same
/// transaction.
#[macro_export]
macro_rules! answer {
    ($on:expr, $key:expr, $answer:expr) => {{
        let key: &$crate::request_key::RequestKey = &$key;
        $crate::storage::execute!(
            $on,
            $crate::request_key::ANSWER,
            key.issuer.clone(),
            key.subject.clone(),
            key.method,
            key.key.clone(),
            $answer,
        )
    }};
}

/// What a request of this key came to, if there was one: `recall!(on, key, now)`.
#[macro_export]
macro_rules! recall {
    ($on:expr, $key:expr, $now:expr) => {{
        let (key, now): (&$crate::request_key::RequestKey, i64) = (&$key, $now.0);
        let row: Option<$crate::request_key::Row> = $crate::recalled_row!($on, key, now)?;
        Ok::<_, $crate::storage::StorageError>(row.map(|it| key.claim_by(Some(it))))
    }};
}

/// Used by [`crate::claim`] and [`crate::recall`].
#[doc(hidden)]
#[macro_export]
macro_rules! recalled_row {
    ($on:expr, $key:expr, $now:expr) => {
        $crate::storage::fetch_optional!(
            $on,
            $crate::request_key::RECALL,
            $crate::request_key::Row,
            $key.issuer.clone(),
            $key.subject.clone(),
            $key.method,
            $key.key.clone(),
            $now,
        )
    };
}
