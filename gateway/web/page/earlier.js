// @ts-check
/**
 * What happened before the page was opened. No request tells the changes of all tasks and workers; but those that changed
 * last are known, and each has a history. What the histories of the latest few tell is complete from the time on at which the
 * first of the others changed, but for what was deleted since.
 */

const SUBJECTS = 10;
const PAGE_SIZE = 20;

/** @param {any} app @param {() => void} changed */
export function earlier(app, changed) {
  const reading = new AbortController();
  const found = { lines: /** @type {any[]} */ ([]), since: /** @type {number | null} */ (null), loading: true, error: /** @type {any} */ (null), stop: () => reading.abort() };

  const load = async () => {
    const kinds = /** @type {const} */ (["tasks", "workers"]);
    const all = kinds.flatMap((kind) => [...app.store[kind].values()].map((it) => ({ kind, id: it.id, updated: it.updated_at })));
    all.sort((a, b) => (a.updated < b.updated ? 1 : -1));
    const latest = all.slice(0, SUBJECTS);
    let since = all.length > SUBJECTS ? Date.parse(all[SUBJECTS].updated) : 0;
    try {
      const pages = await Promise.all(latest.map(({ kind, id }) => read(kind, id)));
      for (const { items, next_page_token: next } of pages) if (next) since = Math.max(since, Date.parse(items.at(-1).time));
      const lines = pages.flatMap((it) => it.lines).filter((it) => Date.parse(it.time) >= since);
      lines.sort((a, b) => (a.time < b.time ? 1 : -1));
      found.lines = lines;
      found.since = since || (lines.length ? Date.parse(lines.at(-1).time) : null);
    } catch (error) {
      if (reading.signal.aborted) return;
      found.error = error;
    }
    found.loading = false;
    changed();
  };

  const read = async (/** @type {string} */ kind, /** @type {string} */ id) => {
    const empty = { items: /** @type {any[]} */ ([]), next_page_token: null };
    const page = await app.api.get(`/api/${kind}/${id}/events?page_size=${PAGE_SIZE}`, { signal: reading.signal }).catch((/** @type {any} */ error) => {
      // It was deleted for good, or is not visible any more.
      if (error.status === 404) return empty;
      throw error;
    });
    const lines = page.items.map((/** @type {any} */ it) => ({ ...it, kind, subject: id }));
    return { ...page, lines };
  };

  if (app.store.loaded) load();
  else {
    const undo = app.store.subscribe(() => {
      if (!app.store.loaded) return;
      undo();
      if (!reading.signal.aborted) load();
    });
  }
  return found;
}
