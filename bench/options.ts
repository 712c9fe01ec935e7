import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchModel } from './upstream/answers.ts';

/** What a run does, bounds included. */
export type BenchOptions = {
  readonly candidates: readonly string[];
  /** Only scenarios whose names contain one of these; empty for all. */
  readonly scenarios: readonly string[];
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly passes: number;
  readonly streams: number;
  readonly ratesPerSecond: readonly number[];
  readonly connections: number;
  readonly model: string;
  readonly seed: number;
  readonly jsonPath: string;
};

/** What `--help` prints. */
export const usage: string = `node bench/run.ts [options]

  --candidates LIST   direct,nginx,portkey,quatrain,quatrain-prepaid,quatrain-large,quatrain-console,
                      quatrain-restless (all)
  --scenarios LIST    only scenarios whose names contain one of these words
  --seconds N         measured time of a scenario (6)
  --warm-up N         load before it that is not measured, for candidates on Node (8)
  --passes N          interleaved passes; figures are medians (3)
  --streams N         paced streams held open (1000)
  --rates LIST        offered load of the open loop, requests/s (200,500)
  --connections N     connections of the saturation runs (64)
  --model NAME        model the requests ask for (${benchModel})
  --seed N            seed of the arrival instants (1)
  --quick             one short pass, for trying it out
  --json FILE         where the figures go (bench/results/latest.json)
`;

const quickDefaults = { seconds: '2', 'warm-up': '3', passes: '1', streams: '200', rates: '200' };
const defaults = { seconds: '6', 'warm-up': '8', passes: '3', streams: '1000', rates: '200,500' };

function readCount(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new Error(`--${name} takes a whole number from 1 to ${max}, not "${text}"`);
  }
  return value;
}

function readList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** Reads the command line; undefined when help was asked for. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      candidates: text,
      scenarios: text,
      seconds: text,
      'warm-up': text,
      passes: text,
      streams: text,
      rates: text,
      connections: text,
      model: text,
      seed: text,
      json: text,
      quick: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return undefined;
  const fallback = values.quick === true ? quickDefaults : defaults;
  return {
    candidates: readList(values.candidates),
    scenarios: readList(values.scenarios),
    seconds: readCount('seconds', values.seconds ?? fallback.seconds, 600),
    warmUpSeconds: readCount('warm-up', values['warm-up'] ?? fallback['warm-up'], 60),
    passes: readCount('passes', values.passes ?? fallback.passes, 20),
    streams: readCount('streams', values.streams ?? fallback.streams, 5_000),
    ratesPerSecond: readList(values.rates ?? fallback.rates).map((each) =>
      readCount('rates', each, 20_000),
    ),
    connections: readCount('connections', values.connections ?? '64', 1_000),
    model: values.model ?? benchModel,
    seed: readCount('seed', values.seed ?? '1', 2 ** 31),
    jsonPath: values.json ?? join(import.meta.dirname, 'results', 'latest.json'),
  };
}
