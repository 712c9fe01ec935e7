import { expect, test } from 'vitest';
import { forms } from './forms.ts';
import { runRequest } from './run-request.ts';
import type { RunState } from './run-state.ts';
import type { Ask } from './transport.ts';

const start = 'event: message_start\ndata: {"type":"message_start","message":{"model":"m"}}\n\n';
const block =
  'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n';
const said = (text: string): string =>
  `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`;
const end =
  'data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}\n\ndata: {"type":"message_stop"}\n\n';
const cost = ': cost {"charged_nano_usd":"0","cost_nano_usd":"42","usage_source":"reported"}\n\n';

function streamOf(chunks: readonly string[], failure?: Error): Response {
  const bytes = chunks.map((chunk) => new TextEncoder().encode(chunk));
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = bytes[at];
      at += 1;
      if (next !== undefined) controller.enqueue(next);
      else if (failure === undefined) controller.close();
      else controller.error(failure);
    },
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'request-id': 'req_1' },
  });
}

interface Run {
  readonly states: readonly RunState[];
  readonly last: RunState;
  readonly asked: readonly Ask[];
}

/** Every look at the clock is a millisecond later. */
async function run(
  answer: (ask: Ask) => Promise<Response>,
  onState?: (state: RunState, stop: () => void) => void,
): Promise<Run> {
  let now = 0;
  const asked: Ask[] = [];
  const states: RunState[] = [];
  const controller = new AbortController();
  const request = { rules: forms.messages, path: '/v1/messages', headers: { a: 'b' }, body: '{}' };
  const context = {
    transport: {
      send: async (ask: Ask): Promise<Response> => {
        asked.push(ask);
        return answer(ask);
      },
    },
    signal: controller.signal,
    nowMs: (): number => (now += 1),
  };
  for await (const state of runRequest(request, context)) {
    states.push(state);
    onState?.(state, () => {
      controller.abort();
    });
  }
  const last = states.at(-1);
  if (last === undefined) throw new Error('nothing was told');
  return { states, last, asked };
}

test('a stream is told piece by piece, with its times', async () => {
  const chunks = [start + block, said('Hel'), said('lo'), end, cost];
  const { states, last, asked } = await run(async () => streamOf(chunks));
  const texts = states.map(({ answer: { parts } }) => JSON.stringify(parts));
  expect(new Set(texts).size).toBe(4);
  expect(last).toMatchObject({
    phase: 'done',
    status: 200,
    requestId: 'req_1',
    answer: { parts: [{ kind: 'text', text: 'Hello' }], usage: { output: 2 }, isWhole: true },
    error: undefined,
    eventCount: 7,
    cost: { chargedNano: '0', costNano: '42' },
  });
  expect(last.events.map(({ event }) => event)).toEqual([
    'message_start',
    ...Array.from({ length: 5 }, () => 'message'),
    ':',
  ]);
  const { headMs = 0, firstContentMs = 0, totalMs = 0 } = last;
  expect([headMs, firstContentMs, totalMs].toSorted((left, right) => left - right)).toEqual([
    headMs,
    firstContentMs,
    totalMs,
  ]);
  expect(asked[0]?.headers).toEqual({
    'anthropic-version': '2023-06-01',
    'x-quatrain-cost-comment': 'true',
    a: 'b',
    'content-type': 'application/json',
  });
});

test('an answer in one piece', async () => {
  const message = { type: 'message', model: 'm', content: [{ type: 'text', text: 'Hello' }] };
  const { last } = await run(async () =>
    Response.json(message, { headers: { 'x-credits-charged': '7' } }),
  );
  expect(last).toMatchObject({
    phase: 'done',
    answer: { parts: [{ kind: 'text', text: 'Hello' }] },
    cost: { chargedNano: '7' },
    events: [{ event: 'body' }],
  });
});

test('a no is told in its own words', async () => {
  const error = { type: 'invalid_request_error', message: 'max_tokens: Field required' };
  const { last } = await run(async () => Response.json({ type: 'error', error }, { status: 400 }));
  expect(last).toMatchObject({ phase: 'failed', status: 400, error });
});

test('what is no answer of the form is told as that', async () => {
  const { last } = await run(async () => new Response('<html>', { status: 502 }));
  expect(last.error?.message).toContain('502');
});

test('an error within a stream ends it, and what came before stays', async () => {
  const failed =
    'data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
  const { last } = await run(async () => streamOf([start, block, said('Hel'), failed]));
  expect(last).toMatchObject({
    phase: 'failed',
    error: { message: 'Overloaded' },
    answer: { parts: [{ text: 'Hel' }] },
  });
});

test.each<[string, Response]>([
  ['without its last event', streamOf([start, block, said('Hel')])],
  ['in the midst of an event', streamOf([start, block, said('Hel'), end, 'data: {'])],
  ['with a broken connection', streamOf([start, block, said('Hel')], new Error('reset'))],
])('a stream that ends %s has failed', async (_name, response) => {
  const { last } = await run(async () => response);
  expect(last).toMatchObject({
    phase: 'failed',
    error: { type: 'connection' },
    answer: { parts: [{ text: 'Hel' }] },
  });
});

test('an event that is too large ends the reading', async () => {
  const mebi = 'x'.repeat(1024 * 1024);
  const chunks = [start, block, said('Hel'), 'data: ', ...Array.from({ length: 17 }, () => mebi)];
  const { last } = await run(async () => streamOf([...chunks, '\n\n', end]));
  expect(last).toMatchObject({
    phase: 'failed',
    error: { type: 'too_large' },
    answer: { parts: [{ text: 'Hel' }] },
  });
});

test('a gateway that cannot be reached', async () => {
  const { last } = await run(() => Promise.reject(new TypeError('Failed to fetch')));
  expect(last).toMatchObject({ phase: 'failed', status: undefined });
  expect(last.error?.message).toBe('The gateway cannot be reached (Failed to fetch).');
});

test('a stopped request keeps what had come', async () => {
  const { last } = await run(
    async ({ signal }) => {
      let hasSent = false;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          signal.addEventListener('abort', () => {
            controller.error(signal.reason);
          });
        },
        pull(controller) {
          if (!hasSent) controller.enqueue(new TextEncoder().encode(start + block + said('Hel')));
          hasSent = true;
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    },
    ({ answer }, stop) => {
      if (answer.parts.length > 0) stop();
    },
  );
  expect(last).toMatchObject({
    phase: 'stopped',
    error: undefined,
    answer: { parts: [{ text: 'Hel' }] },
  });
});

test('when it may be tried again is told, in the seconds of the answer', async () => {
  const body = '{"error":{"type":"rate_limit_error","message":"Later"}}';
  const { last } = await run(
    async () => new Response(body, { status: 429, headers: { 'retry-after': '7' } }),
  );
  expect(last).toMatchObject({ phase: 'failed', status: 429, retryAfter: '7' });
});
