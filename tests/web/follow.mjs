// Follows an event stream with the npm package `eventsource`, which connects again by itself: prints each event as a line of JSON.
// Arguments: URL and token.

import { EventSource } from "eventsource";

const [url, token] = process.argv.slice(2);
const source = new EventSource(url, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
});
for (const name of ["connected", "task.snapshot", "snapshot.completed", "task.created", "stream.reset", "system.sse.shutdown"]) {
  source.addEventListener(name, ({ type, data, lastEventId }) => {
    console.log(JSON.stringify({ name: type, id: lastEventId, event: JSON.parse(data) }));
  });
}
