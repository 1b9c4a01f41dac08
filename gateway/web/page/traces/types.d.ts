// What the modules of the views of traces hand to each other.

/** Nanoseconds since the first span, where nothing else is said. */
export type Time = number;
/** From and to. */
export type Part = [Time, Time];
/** A time in which nothing ran, and what was waited for. */
export type Wait = { from: Time; to: Time; reason: string };
/** A part of the axis: what is drawn from `at` on, over `length`. Work is drawn one to one, a wait short. */
export type Piece = { from: Time; to: Time; at: number; length: number; wait: Wait | null };
export type Axis = { pieces: Piece[]; length: number };
/** What is seen of an axis. */
export type View = { from: number; to: number };
export type Attribute = { key: string; value: any };

export interface Span {
  /** Unique among all that is shown. */
  key: string;
  traceId: string;
  id: string;
  parentId: string;
  name: string;
  kind: string;
  service: string;
  instance: string;
  start: Time;
  end: Time;
  /** Nanoseconds in which none of its children ran. */
  self: number;
  error: boolean;
  message: string;
  attributes: Attribute[];
  events: { name: string; at: Time; attributes: Attribute[] }[];
  links: { trace_id: string; span_id: string; attributes: Attribute[] }[];
  /** Whether its parent has not arrived. */
  missing: boolean;
  /** Whether its parent is a span of the caller. */
  remote: boolean;
  parent: Span | null;
  children: Span[];
  /** When none of its children ran. */
  own: Part[];
  /** Its parts of the critical path. */
  critical: Part[];
  /** The HTTP status, or a gRPC status other than OK. */
  code: string;
  /** What is waited for when it has ended, in words. */
  wait: string;
}

export interface Trace {
  id: string;
  complete: boolean;
  /** How many spans arrived and were not kept. */
  dropped: number;
  spans: Span[];
  /** The spans without a parent. */
  tops: Span[];
  start: Time;
  end: Time;
  /** What connects it with the traces before it, in words. */
  after: string[];
}

export interface Model {
  /** The start of the first span, nanoseconds since 1970. */
  base: bigint;
  end: Time;
  traces: Trace[];
  /** By key. */
  spans: Map<string, Span>;
  /** The number of the colour of each. */
  services: Map<string, number>;
  waits: Wait[];
  logs: any[];
  logsDropped: number;
  /** How many older traces of a story are not shown. */
  leftOut: number;
  /** When `ccm up` began to keep traces. */
  since: string | null;
}

/** The row of one of: a span, a parent that is missing, a service, a trace, a connection with a trace before. */
export interface Row {
  key: string;
  level: number;
  /** `null` if nothing is below. */
  open: boolean | null;
  span?: Span;
  missing?: string;
  service?: string;
  trace?: Trace;
  note?: string;
  /** The spans below a row that is not of a span. */
  spans: Span[];
  /** Its place among its siblings, from 1, and their number. */
  at: number;
  of: number;
  /** The row above it in the tree, or -1. */
  up: number;
}

export type Route = { params: Record<string, string>; query: URLSearchParams };
/** A drag over the ruler, or over the overview of the whole, in pixels. */
export type Drag = { whole: boolean; from: number; to: number };
