//! Turns at something that few may do at the same time, such as reading pages of the log. Of those who wait, the caller who has had
//! the fewest turns lately is served first: however many watches a caller has, one that reads little waits for the end of a turn
//! only. Services wait in a lane of their own, which gets every second turn: what they read is for many.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use access::{Caller, Role};
use tokio::sync::oneshot;

/// After which a turn counts half.
const HALF_LIFE: Duration = Duration::from_secs(1);

/// The caller of a watch, whatever token it uses. Clones are cheap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subscriber(Arc<(bool, Arc<str>, Arc<str>)>);

impl Subscriber {
    /// The caller, or a service for all that it reads.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        let is_service = caller.roles.contains(&Role::Service);
        Self(Arc::new((is_service, caller.issuer.clone(), caller.sub.clone())))
    }

    /// Whether it is a service, which reads on behalf of many.
    pub(crate) fn is_service(&self) -> bool {
        self.0.0
    }
}

/// Hands out turns. Clones share them.
#[derive(Clone)]
pub(crate) struct Turns(Arc<Mutex<State>>);

struct State {
    free: usize,
    /// The lanes of people and of services.
    lanes: [Lane; 2],
    /// The lane that is served first next time.
    first: usize,
    had: Had,
}

/// The turns that each has had lately. Has no entry for one that had none.
struct Had {
    turns: HashMap<Subscriber, u32>,
    halved: Instant,
}

#[derive(Default)]
struct Lane {
    /// Those who wait, each once, in the order in which they are served if they have had as many turns.
    order: VecDeque<Subscriber>,
    /// Has no entry for one that does not wait.
    waiting: HashMap<Subscriber, VecDeque<oneshot::Sender<Turn>>>,
}

/// A turn, until it is dropped.
pub(crate) struct Turn(Option<Turns>);

impl Turns {
    /// `at_once` turns may be taken at the same time.
    pub(crate) fn new(at_once: usize) -> Self {
        let had = Had { turns: HashMap::new(), halved: Instant::now() };
        Self(Arc::new(Mutex::new(State { free: at_once, lanes: Default::default(), first: 0, had })))
    }

    /// Waits for a turn. Who gives up waiting delays nobody.
    pub(crate) async fn take(&self, subscriber: &Subscriber) -> Turn {
        loop {
            let given = {
                let mut state = self.state();
                if state.free > 0 {
                    state.free -= 1;
                    state.had.add(subscriber, Instant::now());
                    return Turn(Some(self.clone()));
                }
                let (give, given) = oneshot::channel();
                state.lanes[usize::from(subscriber.is_service())].join(subscriber, give);
                given
            };
            // A turn that is given is not lost: dropping the receiver drops it.
            if let Ok(turn) = given.await {
                return turn;
            }
        }
    }

    /// How many subscribers wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.state().lanes.iter().map(|it| it.order.len()).sum()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a turn that has ended to the next one who waits.
    fn pass_on(self) {
        let mut turn = Turn(None);
        loop {
            let next = {
                let mut state = self.state();
                let next = state.next();
                if next.is_none() {
                    state.free += 1;
                }
                next
            };
            let Some(next) = next else { return };
            turn.0 = Some(self.clone());
            match next.send(turn) {
                Ok(()) => return,
                Err(mut back) => {
                    back.0 = None;
                    turn = back;
                }
            }
        }
    }
}

impl State {
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let first = self.first;
        let lane = [first, 1 - first].into_iter().find(|it| !self.lanes[*it].order.is_empty())?;
        self.first = 1 - lane;
        self.lanes[lane].leave(&mut self.had)
    }
}

impl Had {
    fn lately(&self, subscriber: &Subscriber) -> u32 {
        self.turns.get(subscriber).copied().unwrap_or_default()
    }

    fn add(&mut self, subscriber: &Subscriber, now: Instant) {
        while now - self.halved >= HALF_LIFE && !self.turns.is_empty() {
            self.halved += HALF_LIFE;
            self.turns.retain(|_, turns| {
                *turns /= 2;
                *turns > 0
            });
        }
        if self.turns.is_empty() {
            self.halved = now;
        }
        let turns = self.turns.entry(subscriber.clone()).or_default();
        *turns = turns.saturating_add(1);
    }
}

impl Lane {
    fn join(&mut self, subscriber: &Subscriber, give: oneshot::Sender<Turn>) {
        let waiting = self.waiting.entry(subscriber.clone()).or_insert_with(|| {
            self.order.push_back(subscriber.clone());
            VecDeque::new()
        });
        // Those who gave up are forgotten here, too: a subscriber whose turns do not come would keep them all.
        waiting.retain(|it| !it.is_closed());
        waiting.push_back(give);
    }

    /// Takes the one that waits longest of the subscriber whose turn it is.
    fn leave(&mut self, had: &mut Had) -> Option<oneshot::Sender<Turn>> {
        let (next, _) = self.order.iter().enumerate().min_by_key(|(_, it)| had.lately(it))?;
        let subscriber = self.order.remove(next)?;
        had.add(&subscriber, Instant::now());
        let waiting = self.waiting.get_mut(&subscriber)?;
        let next = waiting.pop_front();
        if waiting.is_empty() {
            self.waiting.remove(&subscriber);
        } else {
            self.order.push_back(subscriber);
        }
        next
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use access::testing::caller;

    use super::*;

    fn subscriber(name: &str, role: Role) -> Subscriber {
        Subscriber::of(&caller(name, &[role], None))
    }

    /// Lets all of these wait while `held` is taken; the order in which they get their turns.
    async fn order(turns: &Turns, held: Turn, waiting: &[(&'static str, Role)]) -> Vec<&'static str> {
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = Vec::new();
        for (name, role) in waiting {
            let (turns, order, name) = (turns.clone(), order.clone(), *name);
            let subscriber = subscriber(name, *role);
            tasks.push(tokio::spawn(async move {
                let _turn = turns.take(&subscriber).await;
                order.lock().unwrap().push(name);
            }));
            tokio::task::yield_now().await;
        }
        drop(held);
        for task in tasks {
            task.await.unwrap();
        }
        let order = order.lock().unwrap();
        order.clone()
    }

    #[tokio::test]
    async fn a_caller_with_many_watches_delays_another_one_by_no_more_than_the_turn_that_it_has() {
        let turns = Turns::new(1);
        let held = turns.take(&subscriber("ada", Role::User)).await;
        let many = vec![("ada", Role::User); 900];
        let waiting =
            [many.as_slice(), &[("bob", Role::User), ("bob", Role::User), ("eve", Role::User)]].concat();
        let order = order(&turns, held, &waiting).await;
        assert_eq!(order[..6], ["bob", "eve", "ada", "bob", "ada", "ada"]);
        assert_eq!(turns.state().free, 1);
        assert!(turns.state().lanes.iter().all(|it| it.order.is_empty() && it.waiting.is_empty()));
    }

    #[tokio::test]
    async fn who_has_had_fewer_turns_lately_is_served_first() {
        let turns = Turns::new(1);
        let (ada, bob) = (("ada", Role::User), ("bob", Role::User));
        for _ in 0..1_000 {
            drop(turns.take(&subscriber("ada", Role::User)).await);
        }
        let held = turns.take(&subscriber("bob", Role::User)).await;
        assert_eq!(order(&turns, held, &[ada, bob, bob, bob]).await, ["bob", "bob", "bob", "ada"]);
    }

    #[test]
    fn turns_are_forgotten_by_and_by() {
        let (ada, bob) = (subscriber("ada", Role::User), subscriber("bob", Role::User));
        let mut had = Had { turns: HashMap::new(), halved: Instant::now() };
        let mut now = Instant::now() + 100 * HALF_LIFE;
        for _ in 0..8 {
            had.add(&ada, now);
        }
        now += HALF_LIFE;
        had.add(&bob, now);
        assert_eq!((had.lately(&ada), had.lately(&bob)), (4, 1));
        now += 3 * HALF_LIFE / 2;
        had.add(&bob, now);
        assert_eq!((had.lately(&ada), had.lately(&bob)), (2, 1));
        had.add(&bob, now + 20 * HALF_LIFE);
        assert_eq!((had.turns.len(), had.lately(&bob)), (1, 1));
    }

    #[tokio::test]
    async fn services_have_every_second_turn() {
        let turns = Turns::new(1);
        let held = turns.take(&subscriber("mia", Role::User)).await;
        let (ada, bob, eve) = (("ada", Role::User), ("bob", Role::User), ("eve", Role::User));
        let hub = ("hub", Role::Service);
        let order = order(&turns, held, &[ada, bob, eve, hub, hub]).await;
        assert_eq!(order, ["ada", "hub", "bob", "hub", "eve"]);
    }

    #[tokio::test]
    async fn who_gives_up_delays_nobody_and_no_turn_is_lost() {
        let turns = Turns::new(2);
        let (ada, bob) = (subscriber("ada", Role::User), subscriber("bob", Role::User));
        let held = [turns.take(&ada).await, turns.take(&ada).await];
        for _ in 0..1_000 {
            let mut gone = std::pin::pin!(turns.take(&ada));
            assert!(futures_util::poll!(gone.as_mut()).is_pending());
        }
        assert!(turns.state().lanes[0].waiting[&ada].len() <= 1, "those who gave up are forgotten");
        let mut given = Box::pin(turns.take(&ada));
        assert!(futures_util::poll!(given.as_mut()).is_pending());
        drop(held);
        // Its turn was given, and it goes without looking.
        drop(given);
        let _both = [turns.take(&bob).await, turns.take(&bob).await];
        assert_eq!(turns.state().free, 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_turns_are_taken_than_there_are() {
        let (turns, taken) = (Turns::new(2), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..200)
            .map(|it| {
                let (turns, taken) = (turns.clone(), taken.clone());
                let subscriber = subscriber(&format!("{}", it % 7), Role::User);
                tokio::spawn(async move {
                    for _ in 0..50 {
                        let _turn = turns.take(&subscriber).await;
                        assert!(taken.fetch_add(1, Ordering::SeqCst) < 2);
                        tokio::task::yield_now().await;
                        taken.fetch_sub(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(turns.state().free, 2);
    }
}
