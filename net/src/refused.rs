//! The rate of requests and calls without a valid token, by address.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::header::CONNECTION;
use http::{HeaderValue, Response, Version};

use crate::client_address::Network;
use crate::server::Standing;

/// The sustained rate of one address is one in this time.
const INTERVAL: Duration = Duration::from_millis(50);
/// What an address may make at once.
const BURST: u32 = 200;
/// Addresses that are remembered before those are removed that may make their burst again.
const MANY: usize = 4_096;

/// Counts requests by the generic cell rate algorithm: an address has an instant until which its requests are paid for.
#[derive(Default)]
pub(crate) struct Refused(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    paid_until: HashMap<Network, Instant>,
    /// The number of entries at which the next removal is due.
    next_removal: usize,
}

impl Refused {
    /// Counts a request; whether it is beyond the rate of its address.
    pub(crate) fn count(&self, network: Network, now: Instant) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.paid_until.len() >= counted.next_removal.max(MANY) {
            counted.paid_until.retain(|_, paid_until| *paid_until > now);
            counted.next_removal = 2 * counted.paid_until.len();
        }
        let paid_until = counted.paid_until.entry(network).or_insert(now);
        let next = (*paid_until).max(now) + INTERVAL;
        // The debt does not grow while the address is beyond its rate.
        let is_beyond = next > now + INTERVAL * BURST;
        if !is_beyond {
            *paid_until = next;
        }
        is_beyond
    }

    /// Counts a request that is refused. Beyond the rate of its address, its connection is read no more and closed soon, unless
    /// somebody has shown a valid token on it.
    pub(crate) fn slow_down<B>(&self, standing: &Standing, version: Version, answer: &mut Response<B>) {
        if !standing.is_proven() && self.count(standing.network(), Instant::now()) {
            standing.pause();
            if version <= Version::HTTP_11 {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(number: u32) -> Network {
        Network::of(std::net::Ipv4Addr::from(number).into())
    }

    #[test]
    fn an_address_has_a_burst_and_a_rate_and_others_are_not_affected() {
        let (calls, start) = (Refused::default(), Instant::now());
        let taken = |network, now| (0..1_000).take_while(|_| !calls.count(network, now)).count();
        assert_eq!(taken(network(1), start), 200);
        assert_eq!(taken(network(1), start), 0);
        assert_eq!(taken(network(2), start), 200);
        assert_eq!(taken(network(1), start + Duration::from_secs(1)), 20);
        assert_eq!(taken(network(1), start + Duration::from_mins(1)), 200);
    }

    #[test]
    fn addresses_that_may_make_their_burst_again_are_forgotten() {
        let (calls, start) = (Refused::default(), Instant::now());
        for number in 0..100_000 {
            calls.count(network(number), start + INTERVAL * number / 10);
        }
        assert!(calls.0.lock().unwrap().paid_until.len() <= MANY + 1);
    }
}
