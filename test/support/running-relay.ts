import { FedSource, NotingSink } from './fed-source.ts';
import { opening } from './event-stream.ts';
import type { StreamEnd } from '../../src/gateway/relay-options.ts';
import { RelayStream } from '../../src/gateway/relay-stream.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';

/** The error event that the relay adds, as the tests write it. */
export const ours = (code: string): string => `event: error\ndata: ${code}\n\n`;
export interface RunningRelay {
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly relay: RelayStream;
  readonly ends: StreamEnd[];
  readonly clock: ManualClock;
  /** How often an end was said in the upstream's place. */
  readonly missingEnds: number;
}

/** A relay that has passed `said` on to its client. */
export async function startRunningRelay(said: string = opening): Promise<RunningRelay> {
  const source = new FedSource();
  const sink = new NotingSink();
  const ends: StreamEnd[] = [];
  const clock = new ManualClock();
  let missingEnds = 0;
  const relay = new RelayStream(source, {
    clock,
    encodeErrorEvent: ({ code }) => Buffer.from(ours(code)),
    onOddEvent: () => {},
    onMissingEnd: () => {
      missingEnds += 1;
    },
    onOver: (end) => ends.push(end),
  });
  const verdict = relay.firstContent();
  source.say(said);
  if ((await verdict) !== 'content') throw new Error('it has not begun');
  relay.open(sink);
  return {
    source,
    sink,
    relay,
    ends,
    clock,
    get missingEnds() {
      return missingEnds;
    },
  };
}
