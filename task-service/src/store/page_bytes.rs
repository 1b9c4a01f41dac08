//! A page of large tasks, in a list or in a snapshot, is read to its maximum of bytes: the rest would be read for nothing.

use events::EventLog;
use platform::clock::Clock;
use storage::testing::Fresh;
use storage::{ListId, Page};

use super::conformance::{created, task};
use super::*;

storage::conformance!(no_more_is_read_than_a_page_may_have_bytes);

async fn no_more_is_read_than_a_page_may_have_bytes(fresh: Fresh) {
    let (clock, store) = (Clock::system(), TaskStore::open(&fresh.url).await.unwrap());
    // Four of them have more bytes than a page may have.
    let description = "x".repeat(Page::MAX_BYTES / 3 - 1_000);
    for _ in 0..7 {
        let task = Task { description: description.clone(), ..task(&clock, "ada", None, None) };
        store.insert(None, (), task.clone(), created(&clock, &task)).await.unwrap();
    }
    let list = ListId::of("test", &proto::task::v1::ListTasksRequest::default());
    let (mut listed, mut token) = (Vec::new(), String::new());
    loop {
        let page = Page::new(200, &token, list).unwrap();
        let (tasks, next) = store.list(page, &Filter::default(), Visibility::All).await.unwrap();
        listed.push(tasks.len());
        let Some(next) = next else { break };
        token = next.to_text();
    }
    assert_eq!(listed, [3, 3, 1]);

    let (log, _running) = EventLog::start(store.database(), vec![&crate::subjects::TASK]);
    let read = log.snapshot(|snapshot| {
        Box::pin(async move {
            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let (page, end) = store.snapshot_page(snapshot, &Visibility::All, after, 500).await?;
                pages.push(page.len());
                if end.is_none() {
                    return Ok(pages);
                }
                after = end;
            }
        })
    });
    assert_eq!(read.await.unwrap().0, [3, 3, 1]);
}
