//! The cases of the suite with the simulated provider, on both databases.

use platform::clock::{Clock, Micros};
use storage::testing::Fresh;

use super::{Provider, Situation, Stage};
use crate::provider::simulated::{SimulatedProvider, SimulatedSettings, Throttle};

/// Runs each case with the provider on an empty database.
macro_rules! cases {
    ($($file:ident: $($case:ident),+;)+) => {
        $($(async fn $case(fresh: Fresh) {
            super::$file::$case(&Simulated::open(&fresh).await).await;
        })+)+

        storage::conformance!($($($case),+),+);
    };
}

cases! {
    creates:
        a_new_machine_is_pending_and_then_runs_with_its_tags,
        a_machine_is_not_found_right_after_its_creation,
        the_same_token_makes_the_same_machine,
        creates_with_the_same_token_at_the_same_time_make_one_machine,
        the_same_token_with_other_parameters_is_refused,
        a_forgotten_token_makes_another_machine,
        an_accepted_create_can_die_for_want_of_capacity;
    changes:
        what_is_already_so_is_left_as_it_is,
        a_pending_machine_refuses_to_stop,
        a_stopping_machine_refuses_to_start,
        a_terminated_machine_neither_starts_nor_stops,
        a_machine_in_any_state_can_be_terminated,
        a_terminated_machine_stays_visible_for_a_while_and_is_then_gone,
        an_accepted_start_can_die_for_want_of_capacity,
        a_machine_that_is_stuck_in_stopping_is_stopped_by_force,
        the_address_changes_over_a_stop_and_start,
        only_a_running_machine_reports_its_utilization,
        tags_are_set_and_removed_and_those_of_others_stay;
    unasked:
        the_provider_can_stop_a_machine_unasked,
        the_provider_can_interrupt_a_spot_machine,
        a_machine_can_vanish_without_a_trace,
        calls_of_all_replicas_together_are_limited;
    lists:
        pages_show_each_machine_that_is_ours_once,
        a_machine_can_be_on_two_pages,
        a_list_can_miss_a_machine_once;
}

/// Two replicas of the simulated provider, with a clock that stands still until time is to pass.
struct Simulated {
    replicas: [SimulatedProvider; 2],
    clock: Clock,
}

impl Simulated {
    async fn open(fresh: &Fresh) -> Self {
        let clock = Clock::manual(Micros(1_795_338_611_000_000));
        let settings = SimulatedSettings {
            throttle: Some(Throttle { per_second: 10, burst: 50 }),
            page_size: 3,
            ..SimulatedSettings::default()
        };
        let database = fresh.url.as_str().into();
        let open = || SimulatedProvider::open(&database, settings, clock.clone());
        Self { replicas: [open().await.unwrap(), open().await.unwrap()], clock }
    }
}

#[tonic::async_trait]
impl Stage for Simulated {
    fn replicas(&self) -> [&dyn Provider; 2] {
        let [one, other] = &self.replicas;
        [one, other]
    }

    async fn pass(&self, time: std::time::Duration) {
        self.clock.advance(time);
    }

    fn tags_for(&self, situation: Situation) -> Option<Vec<(String, String)>> {
        let tags: &[(&str, &str)] = match situation {
            Situation::NotFoundYet | Situation::TokenForgotten | Situation::Throttled => &[],
            Situation::NoCapacityOnCreate => &[("sim:capacity", "create")],
            Situation::NoCapacityOnStart => &[("sim:capacity", "start")],
            Situation::StuckInStopping => &[("sim:stuck", "stop")],
            Situation::Retired => &[("sim:stop-after", "30s")],
            Situation::Interrupted => &[("sim:interrupt-after", "30s")],
            Situation::Vanished => &[("sim:vanish", "30s")],
            Situation::ListedTwice => &[("sim:list-twice", "true")],
            Situation::MissedOnce => &[("sim:list-miss", "1")],
        };
        Some(tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }
}
