//! Tests of what reading simulated machines costs and writes.

use std::time::Duration;

use platform::clock::Micros;

use super::*;
use crate::provider::MachineSpec;

fn of_worker(id: uuid::Uuid) -> MachineSpec {
    MachineSpec {
        region: "us-east-1".to_owned(),
        instance_type: "m5.large".to_owned(),
        tags: BTreeMap::from([(crate::provider::WORKER_TAG.to_owned(), id.to_string())]),
        client_token: id.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_of_a_fleet_write_nothing() {
    let fresh = storage::testing::sqlite();
    let clock = Clock::manual(Micros(0));
    let store = MachineStore::open(&fresh.url.as_str().into(), SimulatedSettings::default(), clock.clone())
        .await
        .unwrap();
    let worker_id = Clock::system().new_id();
    let spec = of_worker(worker_id);
    let created = store.call(Request::Create(spec), CallOrigin { worker_id, fence: 1 }).await.unwrap();
    clock.advance(Duration::from_secs(1));
    // SQLite has one writer: a read that writes would wait for this transaction.
    let writer = store.database.begin().await.unwrap();
    let reads = async {
        assert!(store.describe(&created.id).await.unwrap().is_some());
        assert_eq!(store.find(worker_id).await.unwrap().len(), 1);
        assert_eq!(store.list(None).await.unwrap().machines.len(), 1);
    };
    tokio::time::timeout(Duration::from_secs(4), reads).await.expect("reads do not wait for writers");
    drop(writer);
}

storage::conformance!(a_page_of_a_list_reads_no_more_than_it_shows);

async fn a_page_of_a_list_reads_no_more_than_it_shows(fresh: storage::testing::Fresh) {
    let settings = SimulatedSettings { throttle: None, ..SimulatedSettings::default() };
    let store =
        MachineStore::open(&fresh.url.as_str().into(), settings, Clock::manual(Micros(0))).await.unwrap();
    let worker_id = Clock::system().new_id();
    let filled = store.database.write(move |on| {
        Box::pin(async move {
            for index in 0..1_000 {
                let mut machine =
                    Stored::preexisting(&format!("i-sim-{index}"), Micros(0)).expect("a valid id");
                machine.tags.insert(crate::provider::WORKER_TAG.to_owned(), worker_id.to_string());
                insert(on, &machine, &settings).await?;
            }
            Ok::<_, StorageError>(())
        })
    });
    filled.await.unwrap();
    storage::testing::plans::gather_statistics(&store.database).await.unwrap();
    let values = ["i-sim-5".into(), 0.into(), 20.into()];
    let reading = storage::testing::plans::Reading::of(&store.database, &read::LIST, &values).await.unwrap();
    reading.at_most(20).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_remembered_however_long_calls_have_waited_for_the_database() {
    const WAITING: Statement = Statement {
        summary: "SELECT pg_stat_activity",
        sql: "SELECT count(*) AS n FROM pg_stat_activity \
              WHERE datname = current_database() AND wait_event_type = 'Lock'",
    };
    let (fresh, clock) = (storage::testing::postgres().await, Clock::manual(Micros(0)));
    let settings = SimulatedSettings::default();
    let store = MachineStore::open(&fresh.url.as_str().into(), settings, clock.clone()).await.unwrap();
    let worker_id = Clock::system().new_id();
    let create = |fence| {
        let (store, spec) = (store.clone(), of_worker(worker_id));
        async move { store.call(Request::Create(spec), CallOrigin { worker_id, fence }).await.unwrap() }
    };
    let mut machines = Vec::new();
    // The first call waits at its end, the second one before it has read the token.
    for (fence, sql) in
        [(1, "LOCK TABLE journal IN EXCLUSIVE MODE"), (2, "LOCK TABLE tokens IN EXCLUSIVE MODE")]
    {
        let mut hold = store.database.begin().await.unwrap();
        hold.execute(&Statement { summary: "LOCK", sql }, []).await.unwrap();
        let waits = tokio::spawn(create(fence));
        let waiting = async {
            while !waits.is_finished() {
                let mut on = store.database.connection().await.unwrap();
                let waiting: (i64,) = on.fetch_optional(&WAITING, []).await.unwrap().unwrap();
                if waiting.0 > 0 {
                    return;
                }
                tokio::task::yield_now().await;
            }
            panic!("the call does not wait");
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("the call waits");
        clock.advance(settings.token_lifetime);
        hold.commit().await.unwrap();
        machines.push(waits.await.unwrap().id);
    }
    assert_eq!(machines[0], machines[1]);
    assert_ne!(machines[0], create(3).await.id);
    let journal = store.journal().await.unwrap();
    let waited: Vec<_> = journal.iter().map(|it| it.message.as_deref()).collect();
    // The first one has waited for the journal itself.
    assert_eq!(waited, [None, Some("has waited for 86400.000000 s"), None]);
}
