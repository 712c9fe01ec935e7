import { Metrics } from '../../src/telemetry/metrics.ts';
import { FedSource, NotingSink } from './fed-source.ts';
import type { Walked } from './walked.ts';
import { streamOf, walk } from './walked.ts';

/** A stream whose upstream takes its time, by a clock that the test moves. */
export interface SilentAnswer extends Pick<Walked, 'clock' | 'records'> {
  readonly source: FedSource;
  /** What the caller has, once the head has gone out. */
  readonly heard: () => string;
}

/** Asks in the Messages form; the upstream has said its head and nothing else. */
export async function askSilent(): Promise<SilentAnswer> {
  const source = new FedSource();
  const sink = new NotingSink();
  const walked = walk(
    () => Promise.resolve(streamOf(source)),
    {},
    {
      metrics: new Metrics({ inFlight: () => 0, logRowsDropped: () => 0 }),
    },
  );
  void walked.reply.then(({ body }) => {
    if (!(body instanceof Uint8Array)) body.open(sink);
  });
  // The stages before the upstream take a few turns.
  while (source.opened === 0) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return { source, clock: walked.clock, records: walked.records, heard: () => sink.text };
}

/** Lets time pass in steps, as it does, so that whoever waits for a moment gets it. */
export async function pass({ clock }: Pick<SilentAnswer, 'clock'>, forMs: number): Promise<void> {
  const STEP_MS = 1000;
  for (let passedMs = 0; passedMs < forMs; passedMs += STEP_MS) {
    clock.advance(STEP_MS);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
