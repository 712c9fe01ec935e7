import { describe, expect, test } from 'vitest';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { nativeReader } from '../dialects/chat-completions/native-reader.ts';
import type { Refusal } from '../messages/errors.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { StreamEnd } from './relay-options.ts';
import { RelayStream } from './relay-stream.ts';

/** The relay over a stream in the caller's own form, which is not the canonical one. */

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finish: string | null = null): string =>
  data({ choices: [{ index: 0, delta, finish_reason: finish }] });
const role = chunk({ role: 'assistant', content: '' });
const words = chunk({ content: 'Grüße 🌍' });
const finish = chunk({}, 'stop');
const usage = data({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 7 } });
const done = 'data: [DONE]\n\n';
const ours = (code: string): string => `data: {"error":"${code}"}\n\n`;

function startRelay(expectsUsage = false): {
  readonly source: FedSource;
  readonly sink: NotingSink;
  readonly clock: ManualClock;
  readonly relay: RelayStream;
  readonly ends: StreamEnd[];
  readonly verdict: Promise<'content' | Refusal>;
} {
  const source = new FedSource();
  const clock = new ManualClock();
  const ends: StreamEnd[] = [];
  const relay = new RelayStream(source, {
    clock,
    watch: nativeReader.watch(expectsUsage),
    keepAlive: nativeReader.keepAlive,
    encodeErrorEvent: ({ code }) => Buffer.from(ours(code)),
    onOddEvent: () => {},
    onOver: (end) => ends.push(end),
  });
  return { source, sink: new NotingSink(), clock, relay, ends, verdict: relay.firstContent() };
}

async function relayed(stream: string): Promise<{
  readonly text: string;
  readonly ends: readonly StreamEnd[];
  readonly relay: RelayStream;
}> {
  const { source, sink, relay, ends, verdict } = startRelay();
  source.say(stream);
  source.sink.end();
  expect(await verdict).toBe('content');
  relay.open(sink);
  return { text: sink.text, ends, relay };
}

describe('a stream in the form of its caller', () => {
  test.each<[string, string]>([
    ['as it should be', role + words + finish + usage + done],
    ['whose last line lacks its blank one', `${role}${words}${finish}${usage}${done.trimEnd()}`],
    ['with comments', `: hi\n\n${role}${words}: ping\n\n${finish}${usage}${done}`],
  ])('%s: the bytes of the upstream, and what it used', async (_name, stream) => {
    const { text, ends, relay } = await relayed(stream);
    expect(text).toBe(stream);
    expect(ends).toEqual([{ kind: 'complete' }]);
    expect(relay.usage.usage).toMatchObject({ inputTokens: 5, outputTokens: 7 });
  });

  test('cut before its end, it is told so, and gets no end that would look like success', async () => {
    const { text, ends } = await relayed(`${role}${words}data: {"choi`);
    expect(text).toBe(role + words + ours('upstream_truncated'));
    expect(ends).toMatchObject([{ kind: 'failed' }]);
  });

  test('an error after the first words passes as it is', async () => {
    const error = data({ error: { message: 'Busy', type: 'server_error', code: null } });
    const { text, ends } = await relayed(role + words + error + done);
    expect(text).toBe(role + words + error);
    expect(ends).toEqual([{ kind: 'upstream-error' }]);
  });

  test('an error before them is a refusal', async () => {
    const { source, verdict } = startRelay();
    source.say(role + data({ error: { message: 'Busy', code: 503 } }));
    expect(await verdict).toMatchObject({ kind: 'refusal', code: 'overloaded', detail: 'Busy' });
  });

  test('a head that waits too long goes out with a comment, which no client takes for a chunk', async () => {
    const { source, sink, clock, relay, verdict } = startRelay();
    source.say(role);
    clock.advance(10_000);
    expect(await verdict).toBe('content');
    relay.open(sink);
    expect(sink.text).toBe(`${role}: ping\n\n`);
  });

  test.each<[string, (all: ReturnType<typeof startRelay>) => void]>([
    [
      'it ends',
      ({ source }) => {
        source.sink.end();
      },
    ],
    [
      'it is cut',
      ({ source }) => {
        source.sink.fail({ kind: 'cut', detail: '' });
      },
    ],
    [
      'it is silent for five seconds',
      ({ clock }) => {
        clock.advance(5000);
      },
    ],
  ])('all is there but [DONE], and %s: that is said in its place', async (_name, happen) => {
    const all = startRelay();
    all.source.say(role + words + finish);
    await all.verdict;
    all.relay.open(all.sink);
    all.clock.advance(4900);
    all.source.say(usage);
    happen(all);
    expect(all.sink.text).toBe(role + words + finish + usage + done);
    expect(all.ends).toEqual([{ kind: 'complete' }]);
  });

  test.each<[string, string, boolean]>([
    ['its usage was asked for and is missing', role + words + finish, true],
    [
      'another choice has not finished',
      role + words + finish.replace('"index":0', '"index":1') + usage,
      false,
    ],
  ])('%s: then it is a break', async (_name, stream, expectsUsage) => {
    const { source, sink, relay, ends, verdict } = startRelay(expectsUsage);
    source.say(stream);
    await verdict;
    relay.open(sink);
    source.sink.end();
    expect(sink.text).toBe(stream + ours('upstream_truncated'));
    expect(ends).toMatchObject([{ kind: 'failed' }]);
  });
});
