// Follows an event stream with the npm package `eventsource`, which connects again by itself: prints each event as a line of JSON.
// Arguments: URL and token.

import { EventSource } from "eventsource";

const [url, token] = process.argv.slice(2);
const source = new EventSource(url, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
});
const names = [
  ...["connected", "stream.reset", "snapshot.completed", "system.sse.shutdown", "task.snapshot", "worker.snapshot"],
  ...["task.created", "task.updated", "task.status.updated", "task.deleted", "task.removed"],
  ...["worker.created", "worker.updated", "worker.status.updated", "worker.deleted", "worker.restored", "worker.removed"],
];
for (const name of names) {
  source.addEventListener(name, ({ type, data, lastEventId }) => {
    console.log(JSON.stringify({ name: type, id: lastEventId, event: JSON.parse(data) }));
  });
}
