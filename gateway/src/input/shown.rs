//! The query parameters of all routes, and which of their values a span may show: page sizes and names of a closed set.

use net::http_server::Parameter;
use proto::ContractEnum;
use proto::task::v1::{TaskKind, TaskPriority, TaskStatus};
use proto::worker::v1::{WorkerObservedState, WorkerProvider};

use crate::names::rest_name;

/// Every query parameter that a route knows.
pub(crate) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "assignee_id", shows: |_| false },
    Parameter { name: "department", shows: |_| false },
    Parameter { name: "event_types", shows: |_| false },
    Parameter { name: "kind", shows: |it| is_one_of(it, TaskKind::values()) },
    Parameter { name: "last_event_id", shows: |_| false },
    Parameter { name: "limit", shows: |_| false },
    Parameter { name: "min_duration_ms", shows: |_| false },
    Parameter { name: "page_size", shows: |it| it.parse::<u16>().is_ok() },
    Parameter { name: "page_token", shows: |_| false },
    Parameter { name: "priority", shows: |it| is_one_of(it, TaskPriority::values()) },
    Parameter { name: "provider", shows: |it| is_one_of(it, WorkerProvider::values()) },
    Parameter { name: "region", shows: |_| false },
    Parameter { name: "requests_only", shows: |_| false },
    Parameter { name: "route", shows: |_| false },
    Parameter { name: "service", shows: |_| false },
    Parameter { name: "since", shows: |it| ["now", "earliest"].contains(&it) },
    Parameter {
        name: "status",
        shows: |it| is_one_of(it, TaskStatus::values()) || is_one_of(it, WorkerObservedState::values()),
    },
    Parameter { name: "tag", shows: |_| false },
    Parameter { name: "task_ids", shows: |_| false },
    Parameter { name: "text", shows: |_| false },
    Parameter { name: "verbose", shows: str::is_empty },
    Parameter { name: "worker_id", shows: |_| false },
    Parameter { name: "worker_ids", shows: |_| false },
];

fn is_one_of<E: ContractEnum>(name: &str, choices: impl IntoIterator<Item = E>) -> bool {
    choices.into_iter().any(|it| rest_name(it) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_parameter_of_the_api_is_listed() {
        let described = crate::description::query_parameters();
        let listed: Vec<&str> = PARAMETERS.iter().map(|it| it.name).collect();
        assert_eq!(described.into_iter().collect::<Vec<_>>(), listed);
    }

    #[test]
    fn values_of_a_closed_set_and_numbers_are_shown() {
        let shows = |name: &str, value: &str| {
            PARAMETERS.iter().find(|it| it.name == name).is_some_and(|it| (it.shows)(value))
        };
        for (name, value) in [("status", "in_progress"), ("status", "shutting_down"), ("page_size", "200")] {
            assert!(shows(name, value), "{name}={value}");
        }
        for (name, value) in [("status", "s3cretToken"), ("page_size", "1e3"), ("department", "labs")] {
            assert!(!shows(name, value), "{name}={value}");
        }
    }
}
