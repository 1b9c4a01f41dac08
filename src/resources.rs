//! Tasks and workers as commands print them: lists, one of them, their changes and histories, and waiting for one.

mod age;
mod list;
mod look;
mod show;
mod table;
mod wait;
mod watch;

use serde_json::Value;

pub(crate) use self::age::{Moment, utc};
pub(crate) use self::list::{Listing, list};
use self::show::lines;
pub(crate) use self::show::{details, history, print, text};
pub(crate) use self::table::{Column, Table};
pub(crate) use self::wait::{Goal, wait};
pub(crate) use self::watch::watch_one;

/// What differs between tasks and workers.
pub(crate) struct Kind {
    pub(crate) noun: &'static str,
    /// The last part of its path, and the first one of the subject of an event.
    pub(crate) collection: &'static str,
    /// The name of the filter of the event stream.
    pub(crate) ids: &'static str,
    pub(crate) columns: &'static [Column],
    /// What is shown of one, with names.
    pub(crate) details: fn(&Value, Moment) -> Vec<(&'static str, String)>,
}
