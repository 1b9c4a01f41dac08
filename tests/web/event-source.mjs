// As much of EventSource as the client uses, for Node. It sends the cookie of a session, and it does not reconnect: the client
// must not rely on that.

import { TOKEN } from "./fake-gateway.mjs";

export class TestEventSource extends EventTarget {
  readyState = 0;
  onerror = null;
  #abort = new AbortController();

  constructor(url) {
    super();
    void this.#run(url);
  }

  close() {
    this.readyState = 2;
    this.#abort.abort();
  }

  async #run(url) {
    try {
      const response = await fetch(url, { signal: this.#abort.signal, headers: { cookie: `session=${TOKEN}` } });
      if (response.status !== 200) return this.#fail(2);
      this.readyState = 1;
      await this.#read(response.body.pipeThrough(new TextDecoderStream()));
    } catch {
      // The connection broke, or `close` was called.
    }
    this.#fail(0);
  }

  async #read(chunks) {
    let [text, lastEventId] = ["", ""];
    for await (const chunk of chunks) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const fields = new Map(block.split("\n").map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]));
        lastEventId = fields.get("id") ?? lastEventId;
        const message = new MessageEvent(fields.get("event"), { data: fields.get("data"), lastEventId });
        if (!this.#abort.signal.aborted) this.dispatchEvent(message);
      }
    }
  }

  #fail(readyState) {
    if (this.#abort.signal.aborted) return;
    this.readyState = readyState;
    this.onerror?.();
  }
}
