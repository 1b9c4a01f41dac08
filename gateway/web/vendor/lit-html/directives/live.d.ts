// What the page uses of live.js. Ours, not published with it.

export function live(value: unknown): unknown;
