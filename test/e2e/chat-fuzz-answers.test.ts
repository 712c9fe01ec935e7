import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chatProblem } from '../support/chat-checks.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * Streams that no upstream should send: whatever comes, the caller gets whole chunks to `[DONE]`, or
 * chunks to an error, or an error; an answer in one piece, or an error. `FUZZ_SEED` repeats a run.
 */

const STREAMS = 400;
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let answer = '';
beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(answer);
  });
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

interface Event {
  readonly type: string;
  readonly [member: string]: unknown;
}

const opening: Event = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 11, cache_read_input_tokens: 3, output_tokens: 1 },
  },
};
const block = (index: number, content: object, deltas: readonly object[]): readonly Event[] => [
  { type: 'content_block_start', index, content_block: content },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];
const blocks: readonly ((index: number) => readonly Event[])[] = [
  (index) =>
    block(index, { type: 'text', text: '' }, [
      { type: 'text_delta', text: 'Hello 🌍' },
      {
        type: 'citations_delta',
        citation: { type: 'web_search_result_location', url: 'https://a.example', title: 'A' },
      },
    ]),
  (index) =>
    block(index, { type: 'thinking', thinking: '', signature: '' }, [
      { type: 'thinking_delta', thinking: 'so' },
      { type: 'signature_delta', signature: 'c2ln' },
    ]),
  (index) => block(index, { type: 'redacted_thinking', data: 'ZGF0YQ==' }, []),
  (index) =>
    block(index, { type: 'tool_use', id: `t${String(index)}`, name: 'f', input: {} }, [
      { type: 'input_json_delta', partial_json: '{"a":' },
      { type: 'input_json_delta', partial_json: '1}' },
    ]),
  (index) =>
    block(index, { type: 'tool_use', id: `t${String(index)}`, name: 'note', input: {} }, [
      { type: 'input_json_delta', partial_json: '{"input":"x"}' },
    ]),
];
const closings: readonly Event[] = ['end_turn', 'tool_use', 'max_tokens', 'refusal', 'new'].map(
  (reason) => ({
    type: 'message_delta',
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { output_tokens: 42, input_tokens: null },
  }),
);

const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, -1, 1.5, 1e21, '', 'x', '__proto__', [], {}, [null], [[]]),
  fc.constantFrom('text_delta', 'tool_use', 'message_stop', 'ping', 'error', 'thinking'),
  fc.jsonValue({ maxDepth: 2 }),
);

/** One event changed: a member of it replaced or left out, or the event itself. */
interface Change {
  readonly at: number;
  readonly kind: 'replace' | 'delete' | 'drop' | 'twice' | 'swap' | 'cut' | 'garbage';
  readonly member: number;
  readonly value: unknown;
}
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat({ max: 30 }),
  kind: fc.constantFrom('replace', 'replace', 'delete', 'drop', 'twice', 'swap', 'cut', 'garbage'),
  member: fc.nat({ max: 12 }),
  value: odd,
});

function written({ type, ...rest }: Event): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

/** The event with its member of that number, at any depth, replaced or left out. */
function changedMember(event: Event, { member, kind, value }: Change): Event {
  let place = -1;
  const walk = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return node;
    const members = Object.entries(node).flatMap(([name, child]: [string, unknown]) => {
      place += 1;
      if (place !== member) return [[name, walk(child)] as const];
      return kind === 'delete' ? [] : [[name, value] as const];
    });
    return Object.fromEntries(members);
  };
  const { type, ...rest } = event;
  return { type, ...(walk(rest) as object) };
}

function changedFrames(frames: readonly string[], events: readonly Event[], one: Change): string[] {
  const at = one.at % frames.length;
  const [event, frame] = [events[at], frames[at] ?? ''];
  const put = (...instead: readonly string[]): string[] => frames.toSpliced(at, 1, ...instead);
  switch (one.kind) {
    case 'replace':
    case 'delete':
      return event === undefined ? [...frames] : put(written(changedMember(event, one)));
    case 'drop':
      return put();
    case 'twice':
      return put(frame, frame);
    case 'swap':
      return [...frames.slice(0, at), frames[at + 1] ?? '', frame, ...frames.slice(at + 2)];
    case 'cut':
      return [...frames.slice(0, at), frame.slice(0, one.member * 7)];
    case 'garbage':
      return put(frame, `event: content_block_delta\ndata: ${JSON.stringify(one.value)}\n\n`);
  }
}

const streams = fc
  .tuple(
    fc.array(fc.constantFrom(...blocks), { maxLength: 4 }),
    fc.constantFrom(...closings),
    fc.array(change, { minLength: 1, maxLength: 3 }),
  )
  .map(([made, closing, changes]) => {
    const content = made.flatMap((make, index) => make(index));
    const events = [opening, ...content, closing, { type: 'message_stop' }];
    let frames: readonly string[] = events.map(written);
    for (const one of changes) {
      if (frames.length > 0) frames = changedFrames(frames, events, one);
    }
    return frames.join('');
  });

function ask(stream: boolean): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/v1/chat/completions`, {
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'claude-sonnet-4-6',
      stream,
      messages: [{ role: 'user', content: 'Hi' }],
      tools: [
        { type: 'function', function: { name: 'f' } },
        { type: 'custom', custom: { name: 'note' } },
      ],
    }),
  });
}

function jsonProblem(
  text: string,
  ...names: Parameters<typeof chatProblem>[0][]
): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const problems = names.map((name) => chatProblem(name, value));
    return problems.includes(undefined) ? undefined : problems.join('; ');
  } catch {
    // That it is no JSON is what the text says, which is part of the message.
    return `no JSON: ${text}`;
  }
}

/** What is wrong with what the caller got; undefined where nothing is. */
function problemOf({ status, headers, body }: RawAnswer): string | undefined {
  const text = body.toString();
  if (status !== 200) return jsonProblem(text, 'ErrorResponse');
  if (headers['content-type'] === 'application/json') {
    return jsonProblem(text, 'CreateChatCompletionResponse');
  }
  const frames = text.split('\n\n').filter((frame) => !frame.startsWith(':'));
  const last = frames.at(-2) ?? '';
  const isDone = last === 'data: [DONE]';
  const chunks = frames.slice(0, -2).map((frame) => frame.slice('data: '.length));
  const problem = chunks
    .map((chunk) => jsonProblem(chunk, 'CreateChatCompletionStreamResponse'))
    .find((found) => found !== undefined);
  if (problem !== undefined) return problem;
  const ends = chunks.filter((chunk) => !chunk.includes('"finish_reason":null')).length;
  if (isDone) return ends === 1 ? undefined : `${String(ends)} ends before [DONE]`;
  if (ends > 0) return 'an end, and an error after it';
  return jsonProblem(last.slice('data: '.length), 'ErrorResponse');
}

const whole = (...content: readonly Event[]): string =>
  [opening, ...content, closings[0] ?? opening, { type: 'message_stop' }].map(written).join('');

test.each<[string, string, readonly number[]]>([
  ['an event that is null', whole().replace(/data: .*message_delta.*/, 'data: null'), [502, 502]],
  [
    'an end whose data is another event',
    whole().replace('{"type":"message_stop"}', '{"type":"ping"}'),
    [200, 200],
  ],
  [
    'an end whose data names no event',
    whole().replace('{"type":"message_stop"}', '{}'),
    [200, 200],
  ],
  [
    'a ping whose data is the end',
    whole().replace('event: message_stop', 'event: ping'),
    [502, 502],
  ],
  [
    'a redacted block without data',
    whole(...block(0, { type: 'redacted_thinking' }, [])),
    [200, 200],
  ],
  [
    'a citation of no page',
    whole(
      ...block(0, { type: 'text', text: 'a' }, [
        { type: 'citations_delta', citation: { type: 'web_search_result_location', url: 'x' } },
      ]),
    ),
    [200, 200],
  ],
])('%s', async (_name, stream, statuses) => {
  answer = stream;
  const got = [await ask(true), await ask(false)];
  expect(got.map((one) => problemOf(one))).toEqual([undefined, undefined]);
  expect(got.map(({ status }) => status)).toEqual(statuses);
});

test(`${String(STREAMS)} odd streams (seed ${String(seed)})`, async () => {
  process.stdout.write(`chat fuzz of answers: FUZZ_SEED=${String(seed)}\n`);
  const statuses = new Map<string, number>();
  const problems: string[] = [];
  for (const stream of fc.sample(streams, { numRuns: STREAMS, seed })) {
    answer = stream;
    for (const isStream of [true, false]) {
      const got = await ask(isStream);
      const kind = `${isStream ? 'stream' : 'whole'} ${String(got.status)}`;
      statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
      const problem = problemOf(got);
      if (problem !== undefined) problems.push(`${kind}: ${problem} ← ${stream}`);
    }
  }
  expect(problems.slice(0, 3)).toEqual([]);
  process.stdout.write(`chat fuzz of answers: ${JSON.stringify([...statuses])}\n`);
  // Odd, but not so odd that nothing of it is understood.
  expect(statuses.get('whole 200') ?? 0).toBeGreaterThan(STREAMS / 10);
  const faults = gateway.logLines.filter((line) => /"event":"(?:fault|driver_fault)"/.test(line));
  expect(faults).toEqual([]);
});
