//! Whether the clock may be believed when it says that something is old enough to be forgotten. A clock that is set ahead by a month makes
//! what was deleted a minute ago a month old. So the clock of the database is compared with a clock that nobody can set, the uptime of
//! the machine. After a jump, data is forgotten again once the clock has been steady for as long as the data is kept: by then, all that
//! was stored before the jump is old enough.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use platform::clock::{Clock, Micros, Uptime};
use storage::{Database, Dialects, Statement, Statements as _, StorageError, System, postgres_now, record};

/// Differences between the two clocks up to this are no jump: leap seconds, adjustments by NTP, and slow statements.
const TOLERANCE: i64 = 60_000_000;
/// How long the clock has to be steady after a time for which nothing shows that it was: the machine was off. A clock that is wrong after
/// a start is set by NTP within minutes.
const SETTLING: Duration = Duration::from_hours(1);

/// What the clocks said at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sighting {
    at: Micros,
    uptime: Uptime,
}

/// What has become of the clock between two sightings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    Steady,
    /// Microseconds that it was set ahead, or back if negative.
    Jumped(i64),
    /// The machine was started again in between, after more time than a start takes.
    Unknown,
}

impl Sighting {
    /// `usual` is the longest time that usually goes by between sightings of several processes.
    fn since(&self, before: &Self, usual: Duration) -> Since {
        let by_clock = self.at.0 - before.at.0;
        let by_uptime = self.uptime.micros - before.uptime.micros;
        // In some containers, the uptime begins anew under the same boot id.
        if self.uptime.boot == before.uptime.boot && by_uptime >= 0 {
            let jump = by_clock - by_uptime;
            return if jump.abs() > TOLERANCE { Since::Jumped(jump) } else { Since::Steady };
        }
        if by_clock < -TOLERANCE {
            Since::Jumped(by_clock)
        } else if by_clock > micros(usual) + TOLERANCE {
            Since::Unknown
        } else {
            Since::Steady
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

record! {
    /// The row of the database.
    struct Row {
        seen_at: i64,
        boot: String,
        uptime: i64,
        steady_since: i64,
    }
}

const SEEN: Dialects = Dialects {
    sqlite: Statement {
        summary: "SELECT housekeeping_clock",
        sql: "SELECT seen_at, boot, uptime, steady_since FROM housekeeping_clock",
    },
    postgres: Statement {
        summary: "SELECT housekeeping_clock",
        sql: "SELECT seen_at, boot, uptime, steady_since FROM housekeeping_clock FOR UPDATE",
    },
};

const NOW: Statement = Statement { summary: "SELECT now", sql: concat!("SELECT ", postgres_now!()) };

const SEE: Statement = Statement {
    summary: "UPDATE housekeeping_clock",
    sql: "UPDATE housekeeping_clock SET seen_at = $1, boot = $2, uptime = $3, steady_since = $4",
};

/// What a process has seen of the clock of its database.
#[derive(Debug)]
pub(crate) struct Steadiness {
    clock: Clock,
    /// The longest time between two sightings of another process.
    usual: Duration,
    seen: Mutex<Seen>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    /// By this process.
    last: Option<Sighting>,
    /// Until then, the clock settles.
    settles_until: Option<Uptime>,
}

/// The clock of the database at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Believed {
    now: Micros,
    steady_since: Micros,
    settles: bool,
}

impl Believed {
    pub(crate) fn now(self) -> Micros {
        self.now
    }

    /// The time before which data is old enough to be forgotten that is kept for this long; `None` while the clock cannot be believed.
    pub(crate) fn before(self, kept: Duration) -> Option<Micros> {
        let is_steady = !self.settles && self.now - self.steady_since >= kept;
        is_steady.then(|| Micros(self.now.0.saturating_sub(micros(kept))))
    }
}

impl Steadiness {
    /// `interval` is the time between two looks.
    pub(crate) fn new(clock: Clock, interval: Duration) -> Self {
        Self { clock, usual: interval.saturating_mul(2), seen: Mutex::default() }
    }

    /// Looks at the clock of the database, and stores what was seen for the time after a restart.
    pub(crate) async fn look(&self, database: &Database) -> Result<Believed, StorageError> {
        let (clock, usual) = (self.clock.clone(), self.usual);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let looked = database.write(move |on| {
            Box::pin(async move {
                let row: Option<Row> = on.fetch_optional(SEEN.of(on.system()), []).await?;
                let at = match on.system() {
                    System::Sqlite => clock.now(),
                    System::Postgres => {
                        let now: Option<(i64,)> = on.fetch_optional(&NOW, []).await?;
                        now.map_or_else(|| clock.now(), |it| Micros(it.0))
                    }
                };
                let sighting = Sighting { at, uptime: clock.uptime() };
                let row = row.unwrap_or(Row { seen_at: 0, boot: String::new(), uptime: 0, steady_since: 0 });
                let steady_since = seen.judge(&sighting, &row, usual);
                let settles = seen.settles(&sighting.uptime);
                if !settles {
                    let (uptime, since) = (sighting.uptime.micros, steady_since.0);
                    let boot = sighting.uptime.boot.clone();
                    on.execute(&SEE, [at.0.into(), boot.into(), uptime.into(), since.into()]).await?;
                }
                seen.last = Some(sighting);
                Ok::<_, StorageError>((seen, Believed { now: at, steady_since, settles }))
            })
        });
        let (seen, believed) = looked.await?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        Ok(believed)
    }
}

impl Seen {
    /// Returns since when the clock is steady.
    fn judge(&mut self, now: &Sighting, row: &Row, usual: Duration) -> Micros {
        let stored = || Sighting {
            at: Micros(row.seen_at),
            uptime: Uptime { boot: row.boot.clone(), micros: row.uptime },
        };
        let since = match &self.last {
            Some(last) => now.since(last, usual),
            // The first look at a database.
            None if row.seen_at == 0 => Since::Steady,
            None => now.since(&stored(), usual),
        };
        match since {
            Since::Steady => Micros(row.steady_since),
            Since::Jumped(by) => {
                self.settles_until = None;
                let seconds = by / 1_000_000;
                tracing::warn!(
                    seconds,
                    "the clock was set; no data is removed until the clock has been steady for as long as that data is kept"
                );
                now.at
            }
            Since::Unknown => {
                let mut until = now.uptime.clone();
                until.micros += micros(SETTLING);
                self.settles_until = Some(until);
                tracing::info!(
                    "the machine was off; nothing is forgotten for an hour, in case its clock is wrong"
                );
                Micros(row.steady_since)
            }
        }
    }

    fn settles(&mut self, now: &Uptime) -> bool {
        let settles = self.settles_until.as_ref().is_some_and(|it| now.micros < it.micros);
        if !settles {
            self.settles_until = None;
        }
        settles
    }
}

#[cfg(test)]
mod tests {
    use storage::testing::Fresh;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);
    const DAY: Duration = Duration::from_hours(24);
    const START: Micros = Micros(1_700_000_000_000_000);

    async fn sqlite() -> (Fresh, Database) {
        let fresh = storage::testing::sqlite();
        let database = Database::open(&fresh.url, &crate::migrations(&storage::Migrations::default())).await;
        (fresh, database.unwrap())
    }

    fn hours(number: i64) -> i64 {
        number * 60 * 60 * 1_000_000
    }

    #[tokio::test]
    async fn after_a_jump_nothing_is_forgotten_for_as_long_as_it_is_kept() {
        let ((_fresh, database), clock) = (sqlite().await, Clock::manual(START));
        let steadiness = Steadiness::new(clock.clone(), HOUR);
        let before = async |kept| steadiness.look(&database).await.unwrap().before(kept);
        assert_eq!(before(DAY).await, Some(Micros(START.0 - hours(24))), "a new database");
        for jump in [25, -25] {
            clock.jump(hours(jump));
            assert_eq!(before(DAY).await, None);
            clock.advance(HOUR * 23);
            assert_eq!((before(DAY).await, before(HOUR).await.is_some()), (None, true));
            clock.advance(HOUR);
            assert_eq!(before(DAY).await, Some(Micros(clock.now().0 - hours(24))));
        }
    }

    #[tokio::test]
    async fn a_jump_between_two_runs_is_noticed_by_the_next_one_and_remembered_by_later_ones() {
        let ((_fresh, database), clock) = (sqlite().await, Clock::manual(START));
        let before = async || Steadiness::new(clock.clone(), HOUR).look(&database).await.unwrap().before(DAY);
        assert!(before().await.is_some());
        clock.advance(DAY * 30);
        assert!(before().await.is_some(), "the machine went on meanwhile");
        clock.jump(hours(25));
        assert!(before().await.is_none());
        clock.advance(HOUR * 23);
        assert!(before().await.is_none());
        clock.advance(HOUR);
        assert!(before().await.is_some());
    }

    #[test]
    fn after_a_start_of_the_machine_a_clock_that_may_be_wrong_settles() {
        let sighting = |at: i64, boot: &str, micros: i64| Sighting {
            at: Micros(START.0 + at),
            uptime: Uptime { boot: boot.to_owned(), micros },
        };
        let before = sighting(0, "first", hours(9));
        let later = |at| sighting(at, "second", 1).since(&before, HOUR);
        assert_eq!(later(hours(1)), Since::Steady);
        assert_eq!(later(hours(48)), Since::Unknown);
        assert_eq!(later(-hours(48)), Since::Jumped(-hours(48)));
        // A container that was started again.
        assert_eq!(sighting(hours(1), "first", 1).since(&before, HOUR), Since::Steady);
        let row = Row { seen_at: START.0, boot: "first".to_owned(), uptime: hours(9), steady_since: 7 };
        let (mut seen, now) = (Seen::default(), sighting(hours(48), "second", 1));
        assert_eq!(seen.judge(&now, &row, HOUR), Micros(7));
        assert!(seen.settles(&now.uptime));
        let after = |hours_later| Uptime { boot: "second".to_owned(), micros: 1 + hours(hours_later) };
        assert!(!seen.settles(&after(1)));
    }
}
