//! Idempotency keys: a repeated request takes effect once, and gets the same response each time. The key is inserted
//! first in the transaction of the change, so that a concurrent repetition waits for it and a rollback removes it. A key is known
//! until housekeeping removes it, whatever the clock says when a request comes.

use std::time::Duration;

use access::Caller;
use events::NewEvent;
use futures_util::future::BoxFuture;
use net::grpc::status::{self, Reason};
use platform::clock::Micros;
use platform::violation::{Violation, Violations};
use prost::Message;
use sha2::{Digest as _, Sha256};
use storage::{
    Database, Dialects, Statement, Statements, StorageError, System, Transaction, Value, postgres_now, record,
};
use tonic::Status;

/// Minimum lifetime of a key.
pub(crate) const LIFETIME: Duration = Duration::from_hours(24);
const LIFETIME_MICROS: i64 = 24 * 60 * 60 * 1_000_000;
const MAX_LENGTH: usize = 255;

/// The idempotency key of a request, unique per caller and method.
#[derive(Clone, Debug)]
pub struct RequestKey {
    issuer: String,
    sub: String,
    method: &'static str,
    key: String,
    /// SHA-256 of the encoded request.
    hash: [u8; 32],
}

/// The result of an earlier request with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// The earlier request was identical; this is its encoded response.
    Answered(Vec<u8>),
    /// The earlier request was different.
    OtherRequest,
}

impl Earlier {
    /// Returns the response of the earlier request; INVALID_ARGUMENT if that request was different.
    pub fn answer<M: Message + Default>(self) -> Result<M, Status> {
        match self {
            Self::Answered(answer) => {
                // Another version may have written the message: fields may be missing, but it can be decoded.
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
    /// The work was done; this is its response.
    First(M),
    /// An earlier request used the key, and nothing was done.
    Repeated(Earlier),
}

impl<M> Once<M> {
    /// Returns the response; `replay` makes it from an earlier request.
    pub fn answer(self, replay: impl FnOnce(Earlier) -> Result<M, Status>) -> Result<M, Status> {
        match self {
            Self::First(answer) => Ok(answer),
            Self::Repeated(earlier) => replay(earlier),
        }
    }
}

/// What the work of [`once_with`] has done.
#[derive(Debug)]
pub struct Done<M, T> {
    /// The events of the changes, which are appended last; none if nothing has changed.
    pub events: Vec<NewEvent>,
    /// The response, if it is known only after the work.
    pub answer: Option<M>,
    /// What the caller gets besides the response.
    pub more: T,
}

/// Does `work` in a transaction, at most once for its key. A repetition gets the stored response, after waiting for an
/// in-flight request with the same key. `answer` is stored with the key. `work` returns the event of the change, which is
/// appended last, and, if the response is known only after the work, the response. Without a key, the work is always done.
pub async fn once<M, E>(
    database: &Database,
    key: Option<RequestKey>,
    now: Micros,
    answer: M,
    work: impl for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<(NewEvent, Option<M>), E>>
    + Send
    + 'static,
) -> Result<Once<M>, E>
where
    M: Message + 'static,
    E: From<StorageError> + Send + 'static,
{
    let once = once_with(database, key, now, answer, move |on| {
        Box::pin(async move {
            let (event, answer) = work(on).await?;
            Ok::<_, E>(Done { events: vec![event], answer, more: () })
        })
    });
    Ok(match once.await? {
        Once::First((answer, ())) => Once::First(answer),
        Once::Repeated(earlier) => Once::Repeated(earlier),
    })
}

/// Like [`once`], for work with any number of events, and with more to return than the response.
pub async fn once_with<M, T, E>(
    database: &Database,
    key: Option<RequestKey>,
    now: Micros,
    answer: M,
    work: impl for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<Done<M, T>, E>> + Send + 'static,
) -> Result<Once<(M, T)>, E>
where
    M: Message + 'static,
    T: Send + 'static,
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
                let Done { events, answer: known, more } = work(on).await?;
                if let (Some(key), Some(known)) = (&key, &known) {
                    key.answer(on, known.encode_to_vec()).await?;
                }
                for event in events {
                    events::append(on, event).await?;
                }
                Ok(Once::First((known.unwrap_or(answer), more)))
            })
        })
        .await
}

/// Returns the result of an earlier request with this key; `None` without a key, or if there was none within 24 hours.
pub async fn recall(database: &Database, key: Option<&RequestKey>) -> Result<Option<Earlier>, StorageError> {
    let Some(key) = key else { return Ok(None) };
    key.recall(&mut database.connection().await?).await
}

impl RequestKey {
    /// Makes the key of a request to `method` (`package.Service/Method`); `None` if `request_id` is empty. `request` is
    /// hashed and must not contain the `request_id`.
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
            issuer: caller.issuer.to_string(),
            sub: caller.sub.to_string(),
            method,
            key: request_id.to_owned(),
            hash: Sha256::digest(request.encode_to_vec()).into(),
        }))
    }

    /// Like [`Self::of`], but adds an invalid `request_id` to `violations`.
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
            violations.add("request_id", "must not be combined with validate_only, which stores nothing");
        }
        key.filter(|_| !validate_only)
    }

    /// Claims the key in the first statement of the transaction; `None` if this request now holds it.
    async fn claim(
        &self,
        on: &mut Transaction,
        answer: Vec<u8>,
        now: Micros,
    ) -> Result<Option<Earlier>, StorageError> {
        let [issuer, sub, method, key] = self.columns();
        // PostgreSQL adds it to the time of its own clock.
        let expires_at = match on.system() {
            System::Sqlite => now.0 + LIFETIME_MICROS,
            System::Postgres => LIFETIME_MICROS,
        };
        let hash = self.hash.to_vec();
        let values = [issuer, sub, method, key, hash.into(), answer.into(), expires_at.into()];
        let claimed: Option<Row> = on.fetch_optional(CLAIM.of(on.system()), values).await?;
        if claimed.is_some() {
            return Ok(None);
        }
        // The key can be missing only if it was removed in between; then the earlier request is unknown.
        Ok(Some(self.recall(on).await?.unwrap_or(Earlier::OtherRequest)))
    }

    /// Replaces the response that a repetition gets.
    async fn answer(&self, on: &mut Transaction, answer: Vec<u8>) -> Result<(), StorageError> {
        let [issuer, sub, method, key] = self.columns();
        on.execute(&ANSWER, [issuer, sub, method, key, answer.into()]).await
    }

    async fn recall(&self, on: &mut impl Statements) -> Result<Option<Earlier>, StorageError> {
        let row: Option<Row> = on.fetch_optional(&RECALL, self.columns()).await?;
        let earlier = |row: Row| {
            if row.hash == self.hash { Earlier::Answered(row.answer) } else { Earlier::OtherRequest }
        };
        Ok(row.map(earlier))
    }

    fn columns(&self) -> [Value; 4] {
        [self.issuer.as_str().into(), self.sub.as_str().into(), self.method.into(), self.key.as_str().into()]
    }
}

record! {
    struct Row {
        hash: Vec<u8>,
        answer: Vec<u8>,
    }
}

macro_rules! claim {
    ($expires_at:expr) => {
        concat!(
            "INSERT INTO request_keys (issuer, subject, method, key, hash, answer, expires_at) VALUES ($1, $2, $3, $4, $5, \
             $6, ",
            $expires_at,
            ") ON CONFLICT (issuer, subject, method, key) DO NOTHING RETURNING hash, answer"
        )
    };
}

const CLAIM: Dialects = Dialects {
    sqlite: Statement { summary: "INSERT request_keys", sql: claim!("$7") },
    postgres: Statement { summary: "INSERT request_keys", sql: claim!(concat!(postgres_now!(), " + $7")) },
};

const RECALL: Statement = Statement {
    summary: "SELECT request_keys",
    sql: "SELECT hash, answer FROM request_keys WHERE issuer = $1 AND subject = $2 AND method = $3 AND key = $4",
};

const ANSWER: Statement = Statement {
    summary: "UPDATE request_keys",
    sql: "UPDATE request_keys SET answer = $5 WHERE issuer = $1 AND subject = $2 AND method = $3 AND key = $4",
};
