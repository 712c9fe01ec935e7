import type { BenchOptions } from './options.ts';
import type { AnswerKind } from './upstream/answer-kind.ts';

type Request = { readonly name: string; readonly bodyBytes: number; readonly answer: AnswerKind };

/** As many requests as the candidate's core can serve. */
export type SaturationScenario = Request & { readonly kind: 'saturation' };

/** A fixed offered load, for what the gateway adds to the time of a request. */
export type OpenLoopScenario = Request & {
  readonly kind: 'open-loop';
  readonly ratePerSecond: number;
};

/** Many paced streams open at once. */
export type OpenStreamsScenario = Request & {
  readonly kind: 'open-streams';
  readonly streams: number;
};

/** One row of the comparison. */
export type Scenario = SaturationScenario | OpenLoopScenario | OpenStreamsScenario;

const smallBodyBytes = 2_000;
const largeBodyBytes = 100_000;
const pacedIntervalMs = 200;
/** Longer than any run: a stream that ends while it is measured is a failure. */
const pacedEvents = 6_000;

/** The scenarios of a run, in order. */
export function listScenarios(options: BenchOptions): readonly Scenario[] {
  const json2k = { name: 'json-2k', bodyBytes: smallBodyBytes, answer: { kind: 'json' } } as const;
  const json100k = {
    name: 'json-100k',
    bodyBytes: largeBodyBytes,
    answer: { kind: 'json' },
  } as const;
  const sse50 = { name: 'sse-50', bodyBytes: smallBodyBytes, answer: { kind: 'stream' } } as const;
  const openLoops = options.ratesPerSecond.flatMap((ratePerSecond) =>
    [json2k, sse50].map((request) => ({
      ...request,
      kind: 'open-loop' as const,
      name: `${request.name} at ${ratePerSecond}/s`,
      ratePerSecond,
    })),
  );
  const all: readonly Scenario[] = [
    ...[json2k, json100k, sse50].map((request) => ({ ...request, kind: 'saturation' as const })),
    ...openLoops,
    {
      kind: 'open-streams',
      name: `${options.streams} streams`,
      bodyBytes: smallBodyBytes,
      answer: { kind: 'paced', intervalMs: pacedIntervalMs, events: pacedEvents },
      streams: options.streams,
    },
  ];
  const { scenarios: words } = options;
  const chosen =
    words.length === 0
      ? all
      : all.filter(({ kind, name }) => words.some((word) => `${kind} ${name}`.includes(word)));
  if (chosen.length === 0)
    throw new Error(`no scenario has one of these words in its name: ${words.join(', ')}`);
  return chosen;
}
