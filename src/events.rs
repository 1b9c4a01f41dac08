//! `ccm events tail`: follows the event stream of a gateway (docs/stream.md), for people and for programs.

mod line;
mod tail;

pub(crate) use self::line::line;
pub(crate) use self::tail::{run, until_interrupted};
