//! What a request costs, in numbers that do not depend on the clock: allocations and bytes of a GET, a LIST and a POST, and the
//! context switches of a POST on SQLite. Each has to stay below the number that [`limits`] has, so that waste on the way of every
//! request is noticed when it is added, and not when somebody measures the speed.
//!
//! The gateway and both services run in one process, on one thread of tokio, over real sockets. The environment decides about
//! tracing, so that each way of tracing has a process of its own: this program, started again. It has no harness of the standard
//! library, because it counts by its own global allocator, and because of that second start.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod limits;
mod load;
mod measured;
mod product;
mod switches;

use std::alloc::System;

use alloc_tracker::Allocator;
use libtest_mimic::{Arguments, Trial};

use limits::{LIMITS, Limit, MOST_SWITCHES};
use measured::{MEASURE, Measured};

#[global_allocator]
static ALLOCATOR: Allocator<System> = Allocator::system();

fn main() {
    if std::env::args().nth(1).as_deref() == Some(MEASURE) {
        return measured::run();
    }
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let mut trials: Vec<Trial> = LIMITS.iter().map(|it| Trial::test(it.name(), || it.holds())).collect();
    trials.push(Trial::test("a POST on SQLite causes few context switches", few_context_switches));
    libtest_mimic::run(&arguments, trials).exit();
}

impl Limit {
    fn name(&self) -> String {
        format!("{} that is {} allocates little", self.request.article(), self.traced.name())
    }

    fn holds(&self) -> Result<(), libtest_mimic::Failed> {
        let found = Measured::of(self.traced).of_request(self.request);
        println!("{}: {found}", self.name());
        if found.allocations > self.allocations || found.bytes > self.bytes {
            let (allocations, bytes) = (self.allocations, self.bytes);
            return Err(format!("more than {allocations:.0} allocations or {bytes:.0} bytes: {found}").into());
        }
        Ok(())
    }
}

fn few_context_switches() -> Result<(), libtest_mimic::Failed> {
    let measured = |it: &Measured| it.of_request(limits::Request::Post).switches;
    let mut switches = measured(Measured::of(limits::Traced::Never));
    // Other programs that need the processors let threads wait for each other that would not otherwise.
    for _ in 0..3 {
        if switches <= MOST_SWITCHES {
            break;
        }
        println!("measured again: {switches:.1} voluntary context switches");
        switches = switches.min(measured(&Measured::measure(limits::Traced::Never)));
    }
    println!("a POST on SQLite causes {switches:.1} voluntary context switches");
    if switches > MOST_SWITCHES {
        return Err(format!("{switches:.1} voluntary context switches, more than {MOST_SWITCHES:.1}").into());
    }
    Ok(())
}
