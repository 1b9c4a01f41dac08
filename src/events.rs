//! `ccm events tail`: follows the event stream of a gateway (docs/stream.md), for people and for programs.

mod line;
mod place;
mod sse;
mod tail;
mod token;

pub(crate) use self::tail::run;
