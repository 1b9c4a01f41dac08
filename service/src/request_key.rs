//! Idempotency keys: a request that is repeated does its work once and is answered twice. The key's row is written first in
//! the transaction of the change, so that a repetition in flight waits for it, and a failure leaves nothing behind.

use access::Caller;
use futures_util::future::BoxFuture;
use net::grpc::status::{self, Reason};
use platform::clock::Micros;
use platform::violation::{Violation, Violations};
use prost::Message;
use sha2::{Digest as _, Sha256};
use storage::{Database, Statement, Statements, StorageError, Transaction, Value, record};
use tonic::Status;

/// How long a key counts, in microseconds: 24 hours.
const LIFETIME: i64 = 24 * 60 * 60 * 1_000_000;
const MAX_LENGTH: usize = 255;

/// The key of one request of one caller to one method.
#[derive(Clone, Debug)]
pub struct RequestKey {
    issuer: String,
    subject: String,
    method: &'static str,
    key: String,
    /// SHA-256 of the request.
    hash: [u8; 32],
}

/// What an earlier request under the same key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It was this very request, and was answered with this encoded message.
    Answered(Vec<u8>),
    /// It was another request.
    OtherRequest,
}

impl Earlier {
    /// The earlier answer, to be given again; INVALID_ARGUMENT when the key belongs to another request.
    pub fn answer<M: Message + Default>(self) -> Result<M, Status> {
        match self {
            Self::Answered(answer) => {
                // Written by this program, perhaps by another version: fields may be missing, the message may not.
                M::decode(answer.as_slice()).map_err(|_| status::internal())
            }
            Self::OtherRequest => Err(status::with_reason(
                Reason::IdempotencyKeyReused,
                "this idempotency key was used for another request within the last 24 hours",
            )),
        }
    }
}

/// The outcome of [`once`].
#[derive(Debug)]
pub enum Once<M> {
    /// The work was done, and this is its answer.
    First(M),
    /// An earlier request has the key, and nothing was done.
    Repeated(Earlier),
}

impl<M> Once<M> {
    /// The answer to give; `replay` makes it of an earlier one.
    pub fn answer(self, replay: impl FnOnce(Earlier) -> Result<M, Status>) -> Result<M, Status> {
        match self {
            Self::First(answer) => Ok(answer),
            Self::Repeated(earlier) => replay(earlier),
        }
    }
}

/// Does `work` in a transaction, once for its key: a repetition of the request gets the answer again, and one that is in
/// flight is waited for. `answer` is stored with the key; where it is known only when the work is done, the work answers
/// `Some`, which replaces it. Without a key the work is done each time.
pub async fn once<M, E>(
    database: &Database,
    key: Option<RequestKey>,
    now: Micros,
    answer: M,
    work: impl for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<Option<M>, E>> + Send + 'static,
) -> Result<Once<M>, E>
where
    M: Message + 'static,
    E: From<StorageError> + Send + 'static,
{
    database
        .write(move |on| {
            Box::pin(async move {
                if let Some(key) = &key
                    && let Some(earlier) = key.claim(on, answer.encode_to_vec(), now).await?
                {
                    return Ok(Once::Repeated(earlier));
                }
                let Some(known) = work(on).await? else { return Ok(Once::First(answer)) };
                if let Some(key) = &key {
                    key.answer(on, known.encode_to_vec()).await?;
                }
                Ok(Once::First(known))
            })
        })
        .await
}

/// What an earlier request under this key came to; `None` without a key, or when there was none within 24 hours.
pub async fn recall(
    database: &Database,
    key: Option<&RequestKey>,
    now: Micros,
) -> Result<Option<Earlier>, StorageError> {
    let Some(key) = key else { return Ok(None) };
    key.recall(&mut database.connection().await?, now).await
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

    /// Claims the key, in the first statement of the transaction: `None` when it is this request's now.
    async fn claim(
        &self,
        on: &mut Transaction,
        answer: Vec<u8>,
        now: Micros,
    ) -> Result<Option<Earlier>, StorageError> {
        let [issuer, subject, method, key] = self.columns();
        let (hash, expires_at) = (self.hash.to_vec(), now.0 + LIFETIME);
        let values =
            [issuer, subject, method, key, hash.into(), answer.into(), expires_at.into(), now.0.into()];
        let claimed: Option<Row> = on.fetch_optional(&CLAIM, values).await?;
        if claimed.is_some() {
            return Ok(None);
        }
        // It can be gone by now only when it has expired in between: then nothing is known of this request.
        Ok(Some(self.recall(on, now).await?.unwrap_or(Earlier::OtherRequest)))
    }

    /// Replaces the answer that a repetition is to get.
    async fn answer(&self, on: &mut Transaction, answer: Vec<u8>) -> Result<(), StorageError> {
        let [issuer, subject, method, key] = self.columns();
        on.execute(&ANSWER, [issuer, subject, method, key, answer.into()]).await
    }

    async fn recall(&self, on: &mut impl Statements, now: Micros) -> Result<Option<Earlier>, StorageError> {
        let [issuer, subject, method, key] = self.columns();
        let row: Option<Row> =
            on.fetch_optional(&RECALL, [issuer, subject, method, key, now.0.into()]).await?;
        let earlier = |row: Row| {
            if row.hash == self.hash { Earlier::Answered(row.answer) } else { Earlier::OtherRequest }
        };
        Ok(row.map(earlier))
    }

    fn columns(&self) -> [Value; 4] {
        [
            self.issuer.as_str().into(),
            self.subject.as_str().into(),
            self.method.into(),
            self.key.as_str().into(),
        ]
    }
}

record! {
    struct Row {
        hash: Vec<u8>,
        answer: Vec<u8>,
    }
}

/// A key that has ended is anybody's again.
const CLAIM: Statement = Statement {
    operation: "INSERT",
    collection: "request_keys",
    sql: "INSERT INTO request_keys (issuer, subject, method, key, hash, answer, expires_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT (issuer, subject, method, key) DO UPDATE
            SET hash = excluded.hash, answer = excluded.answer, expires_at = excluded.expires_at
            WHERE request_keys.expires_at <= $8
          RETURNING hash, answer",
};

const RECALL: Statement = Statement {
    operation: "SELECT",
    collection: "request_keys",
    sql: "SELECT hash, answer FROM request_keys
          WHERE issuer = $1 AND subject = $2 AND method = $3 AND key = $4 AND expires_at > $5",
};

const ANSWER: Statement = Statement {
    operation: "UPDATE",
    collection: "request_keys",
    sql: "UPDATE request_keys SET answer = $5 WHERE issuer = $1 AND subject = $2 AND method = $3 AND key = $4",
};
