//! The rate of requests and calls without a valid token, by address.

use std::num::NonZeroU32;

use http::header::CONNECTION;
use http::{HeaderValue, Response, Version};

use crate::client_address::Network;
use crate::rate_limit::RateLimit;
use crate::server::Standing;

/// The sustained rate of one address.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// What an address may make at once.
const BURST: NonZeroU32 = NonZeroU32::new(200).expect("not zero");

/// Counts requests by address.
pub(crate) struct Refused(RateLimit<Network>);

impl Default for Refused {
    fn default() -> Self {
        Self(RateLimit::new(PER_SECOND, BURST))
    }
}

impl Refused {
    /// Counts a request; whether it is beyond the rate of its address.
    pub(crate) fn is_beyond(&self, network: Network) -> bool {
        self.0.check(&network).is_err()
    }

    /// Counts a request that is refused. Beyond the rate of its address, its connection is read no more and closed soon, unless
    /// somebody has shown a valid token on it.
    pub(crate) fn slow_down<B>(&self, standing: &Standing, version: Version, answer: &mut Response<B>) {
        if !standing.is_proven() && self.is_beyond(standing.network()) {
            standing.pause();
            if version <= Version::HTTP_11 {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
        }
    }
}
