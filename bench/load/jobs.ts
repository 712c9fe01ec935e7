/** Where to send and what: the request's bytes are read from a file, for they are up to 100 kB. */
export type Target = {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyPath: string;
};

/** Sends at instants fixed beforehand, whatever becomes of the earlier requests. */
export type OpenLoopJob = {
  readonly kind: 'open-loop';
  readonly target: Target;
  readonly ratePerSecond: number;
  readonly warmUpMs: number;
  readonly durationMs: number;
  readonly seed: number;
};

/** Keeps a number of connections busy. */
export type ClosedLoopJob = {
  readonly kind: 'closed-loop';
  readonly target: Target;
  readonly connections: number;
  readonly durationMs: number;
};

/** Holds a number of paced streams open. */
export type OpenStreamsJob = {
  readonly kind: 'open-streams';
  readonly target: Target;
  readonly streams: number;
  readonly rampMs: number;
  readonly settleMs: number;
  readonly durationMs: number;
};

/** What the load process can be asked for. */
export type LoadJob = OpenLoopJob | ClosedLoopJob | OpenStreamsJob;

/** The latencies of one kind, milliseconds; an unanswered request counts as infinitely late, written as null. */
export type Latencies = {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
};

/** What an open loop saw. */
export type OpenLoopResult = {
  readonly kind: 'open-loop';
  readonly sent: number;
  readonly failed: number;
  readonly firstByteMs: Latencies;
  readonly totalMs: Latencies;
  /** How late the generator itself was in sending: part of every latency, the same for all candidates. */
  readonly sendDelayMs: Latencies;
};

/** What a closed loop saw. */
export type ClosedLoopResult = {
  readonly kind: 'closed-loop';
  readonly requests: number;
  readonly failed: number;
  readonly durationMs: number;
};

/** What the open streams saw while they were measured. */
export type OpenStreamsResult = {
  readonly kind: 'open-streams';
  readonly streamsOpen: number;
  readonly streamsFailed: number;
  readonly events: number;
  readonly eventDelayMs: Latencies;
  readonly firstByteMs: Latencies;
};

/** What the load process answers, one JSON line. */
export type LoadResult = OpenLoopResult | ClosedLoopResult | OpenStreamsResult;

/** Printed when measuring begins and ends, so that the candidate's CPU time is read over the same span. */
export const measureBeginsLine = 'measure-begins';
/** See {@link measureBeginsLine}. */
export const measureEndsLine = 'measure-ends';
/** Begins the line with the result. */
export const resultLinePrefix = 'result ';
