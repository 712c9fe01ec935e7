import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CachedAsk } from '../../test/support/cached-walk.ts';
import { CachedWalk } from '../../test/support/cached-walk.ts';
import {
  closing,
  errorOf,
  opening,
  textDelta,
  wholeStream,
} from '../../test/support/event-stream.ts';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import { streamOf, wholeOf } from '../../test/support/walked.ts';
import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import { refusal } from '../messages/errors.ts';
import type { Upstream, UpstreamAnswer, UpstreamRequest } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { Secret } from '../std/secret.ts';

const events = (text: string): UpstreamAnswer => streamOf(sourceOf(Buffer.from(text)));
const whole = (text: string, status = 200): UpstreamAnswer =>
  wholeOf(sourceOf(Buffer.from(text)), status);

function messageSaying(text: string): string {
  return JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 42 },
  });
}

const saying = (text: string): string => opening + textDelta(text) + closing;

/** Answers in whichever shape is asked for, and says which request it was, and of whom. */
function counting(): Upstream['send'] {
  let count = 0;
  return (request) => {
    count += 1;
    const text = `answer ${String(count)} for ${request.account}`;
    return Promise.resolve(request.stream ? events(saying(text)) : whole(messageSaying(text)));
  };
}

/** A gateway that caches for a minute. */
function caching(send: Upstream['send'] = counting()): CachedWalk {
  const walk = new CachedWalk(send);
  walk.govern('one', 'default', { cacheTtlSeconds: 60 });
  return walk;
}

/** Which answer it was, whatever form it has. */
const numberIn = (text: string): string => /answer (\d+)/.exec(text)?.[1] ?? 'none';

async function answers(walk: CachedWalk, asks: readonly CachedAsk[]): Promise<readonly string[]> {
  const numbers: string[] = [];
  for (const ask of asks) numbers.push(numberIn((await walk.ask(ask)).text));
  return numbers;
}

describe('an answer that was given before', () => {
  test.each([true, false])('has the same bytes and makes no call; stream: %s', async (stream) => {
    const walk = caching();
    const first = await walk.ask({ body: { stream } });
    const second = await walk.ask({ body: { stream } });
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(walk.asked).toHaveLength(1);
  });

  test('costs nothing in the log, which says who gave it', async () => {
    const walk = caching();
    const { record: first } = await walk.ask({ body: { stream: true } });
    const { record: second } = await walk.ask({ body: { stream: true } });
    expect(first).toMatchObject({ upstream: 'up', usage: { inputTokens: 11, outputTokens: 42 } });
    expect(second).toMatchObject({
      status: 200,
      upstream: 'cache',
      usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
      usageIsFinal: true,
    });
  });

  test.each<[string, object, object]>([
    ['a stream answers one piece', { stream: true }, {}],
    ['one piece answers a stream', {}, { stream: true }],
  ])('%s', async (_name, one, other) => {
    expect(await answers(caching(), [{ body: one }, { body: other }])).toEqual(['1', '1']);
  });

  test('whatever the form of the caller, it is encoded as any other', async () => {
    const walk = caching();
    const chat: CachedAsk = {
      dialect: chatCompletionsDialect,
      body: { messages: [{ role: 'user', content: 'hi' }] },
    };
    const first = await walk.ask(chat);
    const second = await walk.ask(chat);
    const streamed = await walk.ask({ ...chat, body: { ...chat.body, stream: true } });
    expect(JSON.parse(second.text)).toMatchObject({ object: 'chat.completion' });
    expect([first, second, streamed].map(({ text }) => numberIn(text))).toEqual(['1', '1', '1']);
    expect(streamed.text.endsWith('data: [DONE]\n\n')).toBe(true);
    // In the canonical form, or another one's answer would be kept.
    expect(walk.asked.map(({ native }) => native)).toEqual([undefined]);
  });

  test.each([true, false])('says that it cost nothing; stream: %s', async (stream) => {
    const walk = caching();
    const chat: CachedAsk = {
      dialect: chatCompletionsDialect,
      body: { model: 'claude-sonnet-4-5', stream, messages: [{ role: 'user', content: 'hi' }] },
    };
    const costs: (string | undefined)[] = [];
    for (const { text } of [await walk.ask(chat), await walk.ask(chat)]) {
      costs.push(/"credits_used":(\d+)/.exec(text)?.[1]);
    }
    // 11 tokens in at 3 USD, 3 read at 0.3 and 42 out at 15 USD a million.
    expect(costs).toEqual(['1328', '0']);
  });

  test('waits for a slow reader', async () => {
    const long = opening + textDelta('x'.repeat(80_000)) + closing;
    const walk = caching(() => Promise.resolve(events(long)));
    await walk.ask({ body: { stream: true } });
    const { body } = await walk.begin({ body: { stream: true } });
    if (body instanceof Uint8Array) throw new Error('no stream');
    const sink = new NotingSink();
    sink.takesMore = false;
    body.open(sink);
    expect([sink.bytes.length < long.length, sink.ends]).toEqual([true, []]);
    sink.takesMore = true;
    body.resume();
    expect([sink.text, sink.ends]).toEqual([long, ['end']]);
  });

  test('is there until its time is up', async () => {
    const walk = caching();
    await walk.ask();
    walk.clock.advance(59_999);
    expect(await answers(walk, [{}])).toEqual(['1']);
    walk.clock.advance(1);
    expect(await answers(walk, [{}])).toEqual(['2']);
  });
});

describe('what the cache has a part in', () => {
  const name = { cacheKey: 'k' };
  test.each<[string, readonly CachedAsk[], readonly string[]]>([
    ['the same request', [{}, {}], ['1', '1']],
    ['another body', [{}, { body: { x: 1 } }], ['1', '2']],
    ['another beta', [{}, { headers: { 'anthropic-beta': 'b' } }], ['1', '2']],
    ['other metadata of the gateway', [{}, { options: { metadata: { a: 1 } } }], ['1', '1']],
    ['skipped, and not renewed', [{}, { options: { skipCache: true } }, {}], ['1', '2', '1']],
    ['turned off by 0', [{}, { options: { cacheTtlSeconds: 0 } }], ['1', '2']],
    ['a name, other bodies', [{ options: name }, { options: name, body: { x: 1 } }], ['1', '1']],
    ['a name is not the body', [{}, { options: name }], ['1', '2']],
    [
      'a provider’s key',
      [{ providerKey: { key: new Secret('a') } }, { providerKey: { key: new Secret('b') } }, {}],
      ['1', '2', '3'],
    ],
    ['a gateway that caches nothing', [{ gateway: 'off' }, { gateway: 'off' }], ['1', '2']],
    [
      'a time alone on such a gateway',
      [
        { gateway: 'off', options: { cacheTtlSeconds: 3600 } },
        { gateway: 'off', options: { cacheTtlSeconds: 3600 } },
      ],
      ['1', '2'],
    ],
    [
      'a name on such a gateway',
      [
        { gateway: 'off', options: name },
        { gateway: 'off', options: name, body: { x: 1 } },
      ],
      ['1', '1'],
    ],
    ['another gateway', [{}, { gateway: 'also' }], ['1', '2']],
    ['another account', [{}, { account: 'two' }], ['1', '2']],
    [
      'another account, the same name',
      [{ options: name }, { options: name, account: 'two' }],
      ['1', '2'],
    ],
  ])('%s', async (_name, asks, expected) => {
    const walk = caching();
    walk.govern('one', 'off', { cacheTtlSeconds: null });
    walk.govern('one', 'also', { cacheTtlSeconds: 60 });
    walk.govern('two', 'default', { cacheTtlSeconds: 60 });
    expect(await answers(walk, asks)).toEqual(expected);
  });

  test('a name alone is for 300 seconds', async () => {
    const walk = caching();
    walk.govern('one', 'off', { cacheTtlSeconds: 0 });
    const ask = { gateway: 'off', options: name };
    await walk.ask(ask);
    walk.clock.advance(299_999);
    expect(await answers(walk, [ask])).toEqual(['1']);
    walk.clock.advance(1);
    expect(await answers(walk, [ask])).toEqual(['2']);
  });

  test('a change of the gateway empties its cache where it says so', async () => {
    const walk = caching();
    for (const [isInvalidated, expected] of [
      [false, ['1', '1']],
      [true, ['2', '3']],
    ] as const) {
      const createdAtMs = 1;
      const policy = { cacheTtlSeconds: 60, cacheInvalidateOnUpdate: isInvalidated, createdAtMs };
      walk.govern('one', 'default', { ...policy, modifiedAtMs: 1 });
      const before = await answers(walk, [{}]);
      walk.govern('one', 'default', { ...policy, modifiedAtMs: 2 });
      expect([...before, ...(await answers(walk, [{}]))]).toEqual(expected);
    }
  });

  test('a gateway that was removed and made anew has none of the old answers', async () => {
    const walk = caching();
    await walk.ask();
    walk.clock.advance(10);
    walk.govern('one', 'default', { cacheTtlSeconds: 60 });
    expect(await answers(walk, [{}])).toEqual(['2']);
  });
});

describe('what is asked of an upstream again', () => {
  test.each<[string, () => Awaited<ReturnType<Upstream['send']>>]>([
    ['a refusal', () => refusal('overloaded')],
    ['an error', () => whole('{"type":"error","error":{"type":"api_error"}}', 500)],
    ['a stream that fails', () => events(opening + errorOf('api_error', 'no'))],
    ['a cut stream', () => events(opening)],
    ['an answer that breaks on purpose', () => ({ ...events(wholeStream), isScripted: true })],
  ])('%s', async (_name, failing) => {
    let isFirst = true;
    const walk = caching(() => {
      const outcome = isFirst ? failing() : events(saying('answer 2'));
      isFirst = false;
      return Promise.resolve(outcome);
    });
    const asks = [
      { body: { stream: true } },
      { body: { stream: true } },
      { body: { stream: true } },
    ];
    expect((await answers(walk, asks)).slice(1)).toEqual(['2', '2']);
    expect(walk.asked).toHaveLength(2);
  });

  test('a stream whose caller left, and nothing of it is held any more', async () => {
    const source = new FedSource();
    const walk = caching(() => Promise.resolve(streamOf(source)));
    const caller = new CancellationSource();
    const begun = walk.begin({ body: { stream: true } }, caller);
    await Promise.resolve();
    while (source.opened === 0) await Promise.resolve();
    source.say(opening);
    await begun;
    caller.cancel();
    expect([source.cancelled > 0, walk.cache.heldBytes]).toEqual([true, 0]);
  });

  test('requests of more than 25 MiB, which are not even looked up', async () => {
    const walk = caching();
    const ask = { body: { system: 'x'.repeat(25 * 1024 * 1024) } };
    expect(await answers(walk, [ask, ask])).toEqual(['1', '2']);
    const { reply } = await walk.ask(ask);
    expect(reply.headers).not.toContain('cf-aig-cache-status');
  });

  test('what is asked at the same time: each miss asks for itself', async () => {
    const walk = caching();
    const [one, other] = await Promise.all([walk.begin(), walk.begin()]);
    expect([one.status, other.status, walk.asked.length]).toEqual([200, 200, 2]);
  });
});

test('an answer never reaches another account, gateway or key than the one it was made for', async () => {
  const account = fc.constantFrom('a', 'b', 'a b', 'b a', '');
  const word = fc.constantFrom('x', 'y', 'a', 'b');
  const ask: fc.Arbitrary<CachedAsk> = fc.record({
    account,
    gateway: fc.constantFrom('g', 'h'),
    options: fc.record({ cacheKey: word }, { requiredKeys: [] }),
    headers: fc.record({ 'anthropic-beta': word, 'x-account': account }, { requiredKeys: [] }),
    body: fc.record({ stream: fc.boolean(), x: word, account: word }, { requiredKeys: ['x'] }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(ask, { maxLength: 30 }), async (asks) => {
      const madeFor: CachedAsk[] = [];
      let current: CachedAsk = {};
      const walk = new CachedWalk((request: UpstreamRequest) => {
        const text = `answer ${String(madeFor.push(current))}`;
        return Promise.resolve(request.stream ? events(saying(text)) : whole(messageSaying(text)));
      });
      for (const { account: whose = '' } of asks) {
        for (const id of ['g', 'h']) walk.govern(whose, id, { cacheTtlSeconds: 60 });
      }
      for (const sent of asks) {
        current = sent;
        const { status, text } = await walk.ask(sent);
        const made = madeFor[Number(numberIn(text)) - 1];
        expect(status).toBe(200);
        expect(sameQuestion(made)).toEqual(sameQuestion(sent));
      }
      const questions = new Set(asks.map((sent) => JSON.stringify(sameQuestion(sent))));
      expect(walk.asked.length).toBe(questions.size);
    }),
    { numRuns: 150 },
  );
});

/** What has to be equal for the same answer; the body only where no name stands for it. */
function sameQuestion(ask: CachedAsk | undefined): unknown {
  const { account, gateway, options, headers, body } = ask ?? {};
  const { x, account: inBody } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const name = options?.cacheKey;
  const asked = name === undefined ? { x, inBody } : { name };
  return { account, gateway, beta: headers?.['anthropic-beta'], ...asked };
}
