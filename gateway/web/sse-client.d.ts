/** The types of `sse-client.js`. A test compares them with the code. */

/** A CloudEvents 1.0 object, the `data:` of every event of the stream. */
export interface StreamEvent<Data = any> {
  specversion: "1.0";
  /** Identifies the event, not the position in the stream. */
  id: string;
  type: string;
  source: string;
  /** `tasks/<uuid>` or `workers/<uuid>`; absent for control events. */
  subject?: string;
  /** RFC 3339, UTC. */
  time: string;
  data: Data;
  traceparent?: string;
  trace_id?: string;
  trace_url?: string;
}

export interface Delivery {
  /** The position after this event, opaque; empty before the first one. */
  id: string;
  /** How late the event was, in seconds, estimated with the server's clock; `null` if nothing is known. */
  lag: number | null;
}

/**
 * - `Connecting`: the first attempt is under way.
 * - `Replaying`: connected; what was missed, or the snapshot, is still coming in.
 * - `Live`: what comes in is current.
 * - `Reconnecting`: the stream was lost. `seconds` until the next attempt, 0 while one is under way.
 * - `Offline`: as `Reconnecting`, while the browser says that it has no network.
 * - `SignedOut`: the session ended (`reason` `expired`) or `signOut()` was called in some tab (`signed_out`). Nothing is
 *   attempted before `reopen()`.
 * - `Closed`: `close()` was called.
 */
export type State = "Connecting" | "Replaying" | "Live" | "Reconnecting" | "Offline" | "SignedOut" | "Closed";

export interface StateDetail {
  /** Seconds until the next attempt, with `Reconnecting` and `Offline`. */
  seconds?: number;
  /** Attempts since the last stream that was healthy, with `Reconnecting` and `Offline`. */
  attempts?: number;
  /** Why, as a word: `error`, `silent`, `offline`, the reason that the server gave, `expired`, `signed_out`. */
  reason?: string;
}

export type Handler = (event: StreamEvent, delivery: Delivery) => void;

export interface Options {
  /** Default: `/api/events/stream`. */
  url?: string | URL;
  /** Names (`task.created`) or prefixes (`task.*`); default: all. */
  eventTypes?: string[];
  taskIds?: string[];
  workerIds?: string[];
  /** `now`, `earliest`, or the id of a delivery, whose successors come first; default: a snapshot. */
  since?: string;
  /** Called with each change of state, and at once with the present one. */
  onstate?: (state: State, detail: StateDetail) => void;
  /**
   * Identifies the sign-in, so that tabs share a stream only with tabs of the same one: a user id, for example. It becomes
   * part of the name of a worker; do not use a secret.
   */
  signIn?: string;
  /** Whether tabs share one connection through a SharedWorker; default: true. */
  shared?: boolean;
  /**
   * The script of the SharedWorker; default: `sse-worker.js` beside this module. Under the content security policy
   * `require-trusted-types-for 'script'` it has to be a TrustedScriptURL, made by a policy of the page.
   */
  workerUrl?: string | URL | { toString(): string };
  /** Whether cookies are sent to another origin, which has to allow it by CORS; default: false. */
  withCredentials?: boolean;
  /**
   * What answers 401 when the session is over; default: `/api/me`, on the stream's origin. It is asked when the stream is
   * refused, because an EventSource does not tell the status. `null`: not asked.
   */
  sessionUrl?: string | URL | null;
}

/** The events of the gateway, for as long as the page lives. It connects when constructed. */
export class EventStream {
  constructor(options?: Options);
  readonly state: State;
  readonly detail: StateDetail;
  /** The lag of the last event, in seconds. */
  readonly lag: number | null;
  /** Whether the connection is shared with other tabs. It can become false, not true again. */
  readonly shared: boolean;
  /** Calls `handler` for events of a type (`task.created`), with a prefix (`task.*`), or all (`*`). Returns what undoes it. */
  on(pattern: string, handler: Handler): () => void;
  /** Ends it for good, in this tab. */
  close(): void;
  /** Connects at once: after `SignedOut`, once there is a new session, or instead of waiting for the next attempt. */
  reopen(): void;
  /** Ends the stream in every tab with the same `signIn`, and forgets its position. */
  signOut(): void;
}
