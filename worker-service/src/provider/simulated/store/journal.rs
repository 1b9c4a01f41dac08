//! The journal: every call that changes something or was asked to, in the order of their effects on each machine. Tests
//! compare what the services believe with it.

use std::time::Duration;

use platform::clock::Micros;
use storage::{Statement, Statements as _, StorageError, Transaction};

use super::Request;
use crate::provider::{CallOrigin, Machine, ProviderError};

const INSERT: Statement = Statement {
    summary: "INSERT journal",
    sql: "INSERT INTO journal (at, call, worker_id, fence, machine_id, client_token, parameters, result, detail, \
          message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
};

/// A call that has waited for longer than this says so: its caller may have given up before it had its effect.
const NOTED_WAIT: Duration = Duration::from_millis(100);
/// What it says, before the seconds. tests/e2e/fleet/oracle/calls.rs reads it.
const HAS_WAITED: &str = "has waited for ";

/// Appends a call: when it arrived, and now. The machine is still locked, so that the order of a machine's calls is the order
/// of their effects.
pub(super) async fn append(
    on: &mut Transaction,
    request: &Request,
    origin: CallOrigin,
    outcome: &Result<Machine, ProviderError>,
    [arrived, now]: [Micros; 2],
) -> Result<(), StorageError> {
    let created = outcome.as_ref().ok().map(|it| it.id.as_str());
    let (result, detail): (_, Option<&'static str>) = match outcome {
        Ok(machine) => ("ok", Some(machine.state.into_str())),
        Err(ProviderError::Throttled { .. }) => ("throttled", None),
        Err(ProviderError::Transient(_)) => ("transient", None),
        Err(ProviderError::Conflict { state }) => ("conflict", Some(state.into_str())),
        Err(ProviderError::Permanent { reason, .. }) => ("permanent", Some(reason.into_str())),
    };
    let values = [
        now.0.into(),
        request.call().into_str().into(),
        origin.worker_id.into(),
        origin.fence.into(),
        request.machine_id().or(created).map(ToOwned::to_owned).into(),
        request.token().map(ToOwned::to_owned).into(),
        request.parameters().into(),
        result.into(),
        detail.map(ToOwned::to_owned).into(),
        message(outcome, now - arrived).into(),
    ];
    on.execute(&INSERT, values).await
}

/// Why a call was refused, and how long it has waited if that was long: `REFUSAL; has waited for 1.250000 s`, or one of the
/// two. The wait for the journal itself and for the commit is not in it.
fn message(outcome: &Result<Machine, ProviderError>, waited: Duration) -> Option<String> {
    let refused = outcome.as_ref().err().map(ToString::to_string);
    let waited = (waited >= NOTED_WAIT).then(|| format!("{HAS_WAITED}{:.6} s", waited.as_secs_f64()));
    let parts: Vec<String> = refused.into_iter().chain(waited).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
storage::record! {
    /// A row of the journal.
    #[derive(Clone, Debug)]
    pub(crate) struct Journaled {
        pub(crate) call: String,
        pub(crate) worker_id: uuid::Uuid,
        pub(crate) fence: i64,
        pub(crate) machine_id: Option<String>,
        pub(crate) client_token: Option<String>,
        pub(crate) parameters: sqlx::types::Json<serde_json::Value>,
        pub(crate) result: String,
        pub(crate) detail: Option<String>,
        pub(crate) message: Option<String>,
    }
}

#[cfg(test)]
pub(super) async fn all(database: &storage::Database) -> Result<Vec<Journaled>, StorageError> {
    const ALL: Statement = Statement {
        summary: "SELECT journal",
        sql: "SELECT call, worker_id, fence, machine_id, client_token, parameters, result, detail, message \
              FROM journal ORDER BY seq",
    };
    database.connection().await?.fetch_all(&ALL, []).await
}
