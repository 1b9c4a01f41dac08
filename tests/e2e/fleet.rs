//! The fleet under faults: workers and actions at random, through replicas that are killed, suspended beyond their leases and
//! restarted, beside a provider that fails. At the end everything is healed, and what the services know is compared with
//! each other, with their event logs and with the provider's journal.
//!
//! The decisions come from a seed, which is printed and which `CCM_FLEET_SEED` sets. `CCM_FLEET_WORKERS` and
//! `CCM_FLEET_ACTIONS` are the size. The full size, 200 workers and 2,000 actions:
//!
//! ```sh
//! CCM_FLEET_WORKERS=200 CCM_FLEET_ACTIONS=2000 tests/run --test e2e -- fleet::at_random --test-threads 1 --nocapture
//! ```

mod aimed;
mod at_random;
mod backups;
mod cluster;
mod driver;
mod fleet_of_workers;
mod hold;
mod late;
mod oracle;
mod records;
mod relay;
mod strike;

use std::time::Duration;

use platform::clock::{Clock, Micros};

/// Length of the leases of turns and of actions in these tests.
const LEASE: Duration = Duration::from_secs(4);
/// How long the provider remembers the token of a create.
const TOKEN_LIFETIME: Duration = Duration::from_secs(2);

/// The clock that the processes have, too.
fn now() -> Micros {
    Clock::system().now()
}

/// A setting for a process.
fn setting(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
