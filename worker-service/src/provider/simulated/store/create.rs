//! Creates, at most one machine for each client token while it is remembered.

use platform::clock::{Clock, Micros};
use sqlx::types::Json;
use storage::{Dialects, Statement, Statements as _, StorageError, Transaction, record};

use super::request::{gone, invalid, parameters, refused};
use super::{Failure, insert, lock, save};
use crate::provider::simulated::command::Call;
use crate::provider::simulated::knobs::{Counters, Knobs};
use crate::provider::simulated::machine::Stored;
use crate::provider::simulated::settings::SimulatedSettings;
use crate::provider::simulated::settled::settled;
use crate::provider::{Machine, MachineSpec, PermanentReason, ProviderError};

/// Claims a token. A call with the same token waits here until the transaction ends.
const CLAIM: Statement = Statement {
    summary: "INSERT tokens",
    sql: "INSERT INTO tokens (token, used_at, parameters, fails_left, throttles_left) VALUES ($1, $2, $3, $4, $5) \
          ON CONFLICT (token) DO NOTHING",
};

const GET: Statement = Statement {
    summary: "SELECT tokens",
    sql: "SELECT machine_id, used_at, parameters, fails_left, throttles_left FROM tokens WHERE token = $1",
};

/// [`GET`] with a row lock until the transaction ends. SQLite has one writer at a time.
const LOCK: Dialects = Dialects {
    sqlite: GET,
    postgres: Statement {
        summary: "SELECT tokens",
        sql: "SELECT machine_id, used_at, parameters, fails_left, throttles_left FROM tokens WHERE token = $1 \
              FOR UPDATE",
    },
};

const COUNT: Statement = Statement {
    summary: "UPDATE tokens",
    sql: "UPDATE tokens SET fails_left = $2, throttles_left = $3 WHERE token = $1",
};

/// Notes the machine that a token has made, unless it is that of an earlier call.
const USE: Statement = Statement {
    summary: "UPDATE tokens",
    sql: "UPDATE tokens SET machine_id = $2, used_at = $3, parameters = $4 \
          WHERE token = $1 AND (machine_id IS NULL OR machine_id <> $2)",
};

record! {
    struct Token {
        machine_id: Option<String>,
        used_at: i64,
        parameters: Json<serde_json::Value>,
        fails_left: i64,
        throttles_left: i64,
    }
}

/// Creates a machine, or returns the one that the client token has made. The age of the token is judged at `arrived`, so the time
/// that the call has waited does not count.
pub(super) async fn create(
    on: &mut Transaction,
    spec: &MachineSpec,
    arrived: Micros,
    settings: &SimulatedSettings,
    clock: &Clock,
) -> Result<Machine, Failure> {
    let knobs = Knobs::of(&spec.tags).map_err(invalid)?;
    let (key, parameters) = (spec.client_token.as_str(), parameters(spec));
    let Counters { fails, throttles, .. } = knobs.counters;
    let claim = [key.into(), clock.now().0.into(), parameters.clone().into(), fails.into(), throttles.into()];
    on.execute(&CLAIM, claim).await?;
    let token: Option<Token> = on.fetch_optional(LOCK.of(on.system()), [key.into()]).await?;
    let missing = || StorageError::Corrupt { table: "tokens", what: "a row is missing".to_owned() };
    let token = token.ok_or_else(missing)?;
    let now = clock.now();
    let is_remembered = arrived < Micros(token.used_at) + settings.token_lifetime;
    if let Some(id) = token.machine_id.as_deref().filter(|_| is_remembered) {
        return repeated(on, id, token.parameters.0 == parameters, settings, clock).await;
    }
    // There is no machine yet, so its token has the counters.
    let mut counters = Counters { fails: token.fails_left, throttles: token.throttles_left, misses: 0 };
    if let Some(error) = counters.next_failure() {
        on.execute(&COUNT, [key.into(), counters.fails.into(), counters.throttles.into()]).await?;
        return Err(error.into());
    }
    if knobs.refuse == Some(Call::Create) {
        return Err(refused(Call::Create).into());
    }
    let mut machine = Stored::created(spec, settings, clock.new_id(), now);
    // Without delays, it runs at once.
    machine.phase = settled(&machine, settings, now).unwrap_or(machine.phase);
    insert(on, &machine, settings).await?;
    Ok(machine.seen(machine.phase, now))
}

/// Remembers which machine a create has made. The last step of a call: the life of the token begins here, and what the call has
/// waited for so far is not part of it. The commit that follows is.
pub(super) async fn remember(
    on: &mut Transaction,
    spec: &MachineSpec,
    machine: &Machine,
    clock: &Clock,
) -> Result<(), StorageError> {
    let key = spec.client_token.as_str();
    let values = [key.into(), machine.id.as_str().into(), clock.now().0.into(), parameters(spec).into()];
    on.execute(&USE, values).await
}

/// Answers a create whose token is known with the machine of the first one.
async fn repeated(
    on: &mut Transaction,
    id: &str,
    has_same_parameters: bool,
    settings: &SimulatedSettings,
    clock: &Clock,
) -> Result<Machine, Failure> {
    if !has_same_parameters {
        let message = "the client token was used for a machine with other parameters".to_owned();
        return Err(ProviderError::Permanent { reason: PermanentReason::TokenMismatch, message }.into());
    }
    let mut machine = lock(on, id, clock).await?.ok_or_else(|| gone(id))?;
    let now = clock.now();
    if let Some(error) = machine.counters.next_failure() {
        save(on, &machine, settings).await?;
        return Err(error.into());
    }
    let phase = settled(&machine, settings, now).ok_or_else(|| gone(id))?;
    Ok(machine.seen(phase, now))
}
