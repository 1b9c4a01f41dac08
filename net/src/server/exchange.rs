//! The progress of one request and its answer: whether the client takes what there is to send.

use std::time::Duration;

use super::progress::StallTimeouts;

/// An in-flight request. Instants are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Exchange {
    /// A request that is not answered yet, for which somebody else has a timeout.
    Handled,
    /// A request whose answer is sent, or, unless it is [`Exchange::Handled`], awaited; with the instant of the last progress.
    Answer(u64),
    /// An event stream; with its backlog, if the body had more to send whenever the connection asked for more.
    Stream(Option<Backlog>),
}

/// What the connection took of an event stream whose client has not caught up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backlog {
    /// The beginning of the period over which the rate is measured.
    began: u64,
    /// Bytes taken in the period.
    taken: u64,
    /// When the connection last took bytes.
    last: u64,
}

impl Exchange {
    pub(super) fn begin(now: u64, timeouts: &StallTimeouts) -> Self {
        if timeouts.handling { Self::Answer(now) } else { Self::Handled }
    }

    /// The head of the answer is there.
    pub(super) fn answered(&mut self, is_stream: bool, now: u64) {
        if is_stream {
            // A client without room for anything is never asked for; it has not caught up.
            *self = Self::Stream(Some(Backlog { began: now, taken: 0, last: now }));
        } else if matches!(self, Self::Handled) {
            *self = Self::Answer(now);
        }
    }

    pub(super) fn is_stream(&self) -> bool {
        matches!(self, Self::Stream(_))
    }

    /// The connection has taken bytes of the body.
    pub(super) fn took(&mut self, bytes: usize, now: u64) {
        match self {
            Self::Handled => {}
            Self::Answer(last) => *last = now,
            Self::Stream(backlog) => {
                let backlog = backlog.get_or_insert(Backlog { began: now, taken: 0, last: now });
                backlog.taken = backlog.taken.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
                backlog.last = now;
            }
        }
    }

    /// The body has nothing to send, and the connection waits for it.
    pub(super) fn caught_up(&mut self) {
        if let Self::Stream(backlog) = self {
            *backlog = None;
        }
    }

    /// The time until the timeout that applies now; `None` when it has passed.
    pub(super) fn time_left(&mut self, now: u64, timeouts: &StallTimeouts) -> Option<Duration> {
        let left_of = |timeout: Duration, since: u64| {
            timeout.checked_sub(Duration::from_millis(now.saturating_sub(since))).filter(|it| !it.is_zero())
        };
        match self {
            Self::Handled => Some(timeouts.response),
            Self::Answer(last) => left_of(timeouts.response, *last),
            Self::Stream(None) => Some(timeouts.stream),
            Self::Stream(Some(backlog)) => {
                let silent = left_of(timeouts.stream, backlog.last)?;
                if let Some(left) = left_of(timeouts.stream, backlog.began) {
                    return Some(silent.min(left));
                }
                let period = now.saturating_sub(backlog.began);
                if backlog.taken.saturating_mul(1_000) < period.saturating_mul(timeouts.stream_rate.into()) {
                    return None;
                }
                (backlog.began, backlog.taken) = (now, 0);
                Some(silent)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: StallTimeouts = StallTimeouts {
        header: Duration::from_secs(1),
        idle: Duration::from_secs(1),
        response: Duration::from_secs(5),
        write: Duration::from_secs(20),
        stream: Duration::from_secs(20),
        stream_rate: 1_000,
        handling: true,
    };

    /// The seconds that a stream lives whose connection takes `bytes` each second, with more always to send.
    fn life(bytes: usize, first: usize) -> u64 {
        let mut stream = Exchange::Stream(None);
        stream.took(first, 0);
        for second in 1..=200 {
            if stream.time_left(second * 1_000, &TIMEOUTS).is_none() {
                return second;
            }
            if bytes > 0 {
                stream.took(bytes, second * 1_000);
            }
        }
        200
    }

    #[test]
    fn a_stream_with_nothing_to_send_lives() {
        let mut stream = Exchange::Stream(None);
        for second in 0..1_000 {
            stream.took(10, second * 60_000);
            stream.caught_up();
            assert!(stream.time_left((second + 1) * 60_000, &TIMEOUTS).is_some(), "{second}");
        }
    }

    #[test]
    fn a_reader_that_takes_nothing_is_found_within_the_write_timeout() {
        assert_eq!(life(0, 100_000), 20);
    }

    #[test]
    fn a_reader_that_trickles_is_found_by_its_rate() {
        assert_eq!(life(999, 0), 20);
        // The buffers took a lot at first.
        assert_eq!(life(999, 100_000), 40);
    }

    #[test]
    fn a_reader_at_the_rate_lives() {
        assert_eq!(life(1_100, 0), 200);
    }

    #[test]
    fn a_stream_without_room_for_its_first_bytes_is_found() {
        let mut stream = Exchange::begin(0, &TIMEOUTS);
        stream.answered(true, 1_000);
        assert!(stream.time_left(20_999, &TIMEOUTS).is_some());
        assert!(stream.time_left(21_000, &TIMEOUTS).is_none());
    }

    #[test]
    fn handling_takes_as_long_as_it_takes_if_somebody_else_has_a_timeout() {
        let timeouts = StallTimeouts { handling: false, ..TIMEOUTS };
        let mut answer = Exchange::begin(0, &timeouts);
        assert!(answer.time_left(1_000_000, &timeouts).is_some());
        answer.answered(false, 1_000_000);
        assert!(answer.time_left(1_004_999, &timeouts).is_some());
        assert!(answer.time_left(1_005_000, &timeouts).is_none());
    }

    #[test]
    fn an_answer_has_to_make_progress() {
        let mut answer = Exchange::begin(0, &TIMEOUTS);
        assert!(answer.time_left(4_999, &TIMEOUTS).is_some());
        assert!(answer.time_left(5_000, &TIMEOUTS).is_none());
        answer.took(1, 5_000);
        assert!(answer.time_left(9_999, &TIMEOUTS).is_some());
    }
}
