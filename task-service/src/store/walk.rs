//! Tests that reading all pages of a list while tasks are created and deleted returns each remaining task exactly once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use access::testing::caller;
use platform::clock::Clock;
use platform::violation::Violations;
use storage::testing::Fresh;
use storage::{ListId, Page};

use super::seed::seed_tasks;
use super::*;
use crate::task::{Creator, Draft};
use crate::{event, policy};

storage::conformance!(a_walk_meets_each_task_that_is_there_throughout_exactly_once);

const TASKS: i64 = 10_000;
const PAGE: usize = 50;

/// Concurrent writers, which create tasks and delete some of the seeded ones (see [`is_victim`]) until stopped.
struct Others {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    running: Vec<tokio::task::JoinHandle<()>>,
}

fn is_victim(id: Uuid) -> bool {
    id.as_u128().is_multiple_of(3)
}

impl Others {
    fn start(store: &TaskStore, round: i64) -> Self {
        let (stop, done) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let running = (0..4).map(|number| {
            let (store, stop, done) = (store.clone(), stop.clone(), done.clone());
            tokio::spawn(async move {
                let mut victim = 3 * (number + 4 * round + 1);
                while !stop.load(Ordering::SeqCst) {
                    create(&store).await;
                    if victim <= TASKS {
                        delete(&store, Uuid::from_u128(u128::try_from(victim).unwrap())).await;
                        // Spread over the list, so that tasks before and after the current page are deleted.
                        victim += 12 * 7;
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        });
        Self { running: running.collect(), stop, done }
    }

    async fn stop(self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        for one in self.running {
            one.await.unwrap();
        }
        self.done.load(Ordering::SeqCst)
    }
}

async fn create(store: &TaskStore) {
    let clock = Clock::system();
    let draft = Draft { title: "new".to_owned(), ..Draft::default() };
    let by = Creator { sub: "boss", department: None };
    let task = Task::create(clock.new_id(), draft.check(Violations::default()).unwrap(), &by, clock.now());
    let event = event::created(clock.new_id(), &task, &caller("boss", &[], None));
    store.insert(None, (), task, event).await.unwrap();
}

async fn delete(store: &TaskStore, id: Uuid) {
    let (clock, admin) = (Clock::system(), caller("root", &[access::Role::Admin], None));
    let (actor, event_id) = (policy::Actor::from(&admin), clock.new_id());
    let event = move |task: &Task| event::deleted(event_id, task, &admin);
    store
        .delete(id, Visibility::All, clock.now(), move |it| Ok(policy::delete(&actor, it)?), event)
        .await
        .unwrap();
}

/// Reads all pages and returns how often each task occurs.
async fn walk(store: &TaskStore, seen: &Visibility) -> HashMap<Uuid, usize> {
    let list = ListId::of("test", &proto::task::v1::ListTasksRequest::default());
    let everything = Filter { shown: Shown::All, ..Filter::default() };
    let (mut met, mut token) = (HashMap::new(), String::new());
    loop {
        let page = Page::new(i32::try_from(PAGE).unwrap(), &token, list).unwrap();
        let (tasks, next) = store.list(page, &everything, seen.clone()).await.unwrap();
        for task in &tasks {
            *met.entry(task.id).or_default() += 1;
        }
        let Some(next) = next else { return met };
        assert_eq!(tasks.len(), PAGE, "a short page though there is another one");
        token = next.to_text();
    }
}

async fn a_walk_meets_each_task_that_is_there_throughout_exactly_once(fresh: Fresh) {
    let store = TaskStore::open(&fresh.url).await.unwrap();
    seed_tasks(&store, TASKS).await;
    let boss = Visibility::Restricted { person: "boss".to_owned(), department: Some("network".to_owned()) };
    for (round, seen) in [Visibility::All, boss].into_iter().enumerate() {
        let throughout: Vec<Uuid> =
            walk(&store, &seen).await.into_keys().filter(|it| !is_victim(*it)).collect();
        assert!(throughout.len() > 3_000);
        let others = Others::start(&store, i64::try_from(round).unwrap());
        let met = walk(&store, &seen).await;
        let done = others.stop().await;
        assert!(done > 20, "nobody else did anything");
        let wrong: Vec<&Uuid> = throughout.iter().filter(|it| met.get(it) != Some(&1)).collect();
        assert!(wrong.is_empty(), "{seen:?}: not met exactly once: {wrong:?}");
        assert!(met.values().all(|it| *it == 1), "{seen:?}: met more than once");
    }
}
