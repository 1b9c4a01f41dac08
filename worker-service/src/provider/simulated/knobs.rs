//! The tags by which a person makes a machine of the simulated provider slow, broken or unlucky.

use std::collections::BTreeMap;
use std::time::Duration;

use super::command::Call;
use crate::provider::ProviderError;

/// What a call is told that the tag `sim:throttle` throttles.
const THROTTLED_FOR: Duration = Duration::from_secs(1);
const PREFIX: &str = "sim:";
const KNOWN: &str = "sim:capacity, sim:fail, sim:interrupt-after, sim:list-miss, sim:list-twice, sim:refuse, \
                     sim:start-delay, sim:stop-after, sim:stop-delay, sim:stuck, sim:throttle and sim:vanish";

/// What the tags of a machine ask of the simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Knobs {
    /// How long it is pending, instead of the setting.
    pub(super) start_delay: Option<Duration>,
    /// How long it is stopping, instead of the setting.
    pub(super) stop_delay: Option<Duration>,
    /// The initial counters.
    pub(super) counters: Counters,
    /// Disappears without a trace this long after it first ran.
    pub(super) vanish: Option<Duration>,
    /// Is stopped by the provider this long after it first ran, if it is running then.
    pub(super) stop_after: Option<Duration>,
    /// Is terminated by the provider this long after it first ran, if it is running then.
    pub(super) interrupt_after: Option<Duration>,
    /// The call after which there is no capacity for it, so that it does not leave pending for running.
    pub(super) capacity: Option<Capacity>,
    /// Whether it stays stopping until the stop is forced.
    pub(super) stuck_in_stopping: bool,
    /// The call that is refused for good.
    pub(super) refuse: Option<Call>,
    /// Whether lists show it on two pages.
    pub(super) listed_twice: bool,
}

/// How many of the next calls for a machine go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counters {
    /// Calls that fail before anything happens.
    pub(super) fails: i64,
    /// Calls that are throttled.
    pub(super) throttles: i64,
    /// Lists that miss the machine.
    pub(super) misses: i64,
}

impl Counters {
    /// Counts down for a call that changes something, and returns the error that it is to meet.
    pub(super) fn next_failure(&mut self) -> Option<ProviderError> {
        if self.throttles > 0 {
            self.throttles -= 1;
            return Some(ProviderError::Throttled { after: Some(THROTTLED_FOR) });
        }
        if self.fails > 0 {
            self.fails -= 1;
            let message = format!("the tag sim:fail makes this call fail ({} more to come)", self.fails);
            return Some(ProviderError::Transient(message));
        }
        None
    }
}

/// A call that makes a machine pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capacity {
    Create,
    Start,
}

impl Knobs {
    /// Reads the tags of a machine; the error names the tag that is wrong.
    pub(super) fn of(tags: &BTreeMap<String, String>) -> Result<Self, String> {
        let mut knobs = Self::default();
        for (key, value) in tags {
            let Some(name) = key.strip_prefix(PREFIX) else { continue };
            knobs.set(name, value).map_err(|expected| match expected {
                Wrong::Unknown => format!("the simulated provider has no tag {key}; it has {KNOWN}"),
                Wrong::Value(expected) => format!("the tag {key} must be {expected}, not {value:?}"),
            })?;
        }
        Ok(knobs)
    }

    /// Reads tags that were checked before they were stored.
    pub(super) fn of_stored(tags: &BTreeMap<String, String>) -> Self {
        Self::of(tags).unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Wrong> {
        match name {
            "start-delay" => self.start_delay = Some(duration(value)?),
            "stop-delay" => self.stop_delay = Some(duration(value)?),
            "vanish" => self.vanish = Some(duration(value)?),
            "stop-after" => self.stop_after = Some(duration(value)?),
            "interrupt-after" => self.interrupt_after = Some(duration(value)?),
            "fail" => self.counters.fails = number(value)?,
            "throttle" => self.counters.throttles = number(value)?,
            "list-miss" => self.counters.misses = number(value)?,
            "list-twice" if value == "true" => self.listed_twice = true,
            "list-twice" => return Err(Wrong::Value("true")),
            "stuck" if value == "stop" => self.stuck_in_stopping = true,
            "stuck" => return Err(Wrong::Value("stop")),
            "capacity" => {
                self.capacity = Some(match value {
                    "create" => Capacity::Create,
                    "start" => Capacity::Start,
                    _ => return Err(Wrong::Value("create or start")),
                });
            }
            "refuse" => {
                self.refuse = Some(match value {
                    "create" => Call::Create,
                    "start" => Call::Start,
                    "stop" => Call::Stop,
                    "terminate" => Call::Terminate,
                    _ => return Err(Wrong::Value("create, start, stop or terminate")),
                });
            }
            _ => return Err(Wrong::Unknown),
        }
        Ok(())
    }
}

/// What is wrong with a tag.
enum Wrong {
    Unknown,
    /// What was expected of its value.
    Value(&'static str),
}

fn duration(value: &str) -> Result<Duration, Wrong> {
    humantime::parse_duration(value).map_err(|_| Wrong::Value("a duration such as 5s or 2m"))
}

fn number(value: &str) -> Result<i64, Wrong> {
    value.parse::<u32>().map(i64::from).map_err(|_| Wrong::Value("a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knobs(tags: &[(&str, &str)]) -> Result<Knobs, String> {
        Knobs::of(&tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn tags_of_people_are_left_alone() {
        assert_eq!(knobs(&[("team", "lab"), ("similar", "5")]), Ok(Knobs::default()));
    }

    #[test]
    fn each_tag_sets_its_knob() {
        let all = knobs(&[
            ("sim:start-delay", "5s"),
            ("sim:stop-delay", "1m 30s"),
            ("sim:fail", "3"),
            ("sim:throttle", "2"),
            ("sim:list-miss", "1"),
            ("sim:list-twice", "true"),
            ("sim:vanish", "30s"),
            ("sim:stop-after", "31s"),
            ("sim:interrupt-after", "32s"),
            ("sim:capacity", "start"),
            ("sim:stuck", "stop"),
            ("sim:refuse", "terminate"),
        ]);
        let expected = Knobs {
            start_delay: Some(Duration::from_secs(5)),
            stop_delay: Some(Duration::from_secs(90)),
            counters: Counters { fails: 3, throttles: 2, misses: 1 },
            vanish: Some(Duration::from_secs(30)),
            stop_after: Some(Duration::from_secs(31)),
            interrupt_after: Some(Duration::from_secs(32)),
            capacity: Some(Capacity::Start),
            stuck_in_stopping: true,
            refuse: Some(Call::Terminate),
            listed_twice: true,
        };
        assert_eq!(all, Ok(expected));
    }

    #[test]
    fn a_wrong_value_is_refused_with_the_name_of_its_tag() {
        for name in ["start-delay", "fail", "capacity", "stuck", "refuse", "list-twice"] {
            let key = format!("sim:{name}");
            let refused = knobs(&[(&key, "soon")]).unwrap_err();
            assert!(refused.contains(&key) && refused.contains("soon"), "{refused}");
        }
    }

    #[test]
    fn an_unknown_tag_is_refused_with_the_names_of_the_known_ones() {
        let refused = knobs(&[("sim:fial", "3")]).unwrap_err();
        assert!(refused.contains("sim:fial") && refused.contains("sim:fail,"), "{refused}");
    }
}
