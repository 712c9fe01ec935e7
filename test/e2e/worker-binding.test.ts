import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventSequence } from '../../src/messages/event-sequence.ts';
import { eventsIn } from '../support/read-stream.ts';
import { readSeedPage, schemasIn, snippetsIn } from '../support/seed-pages.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import type { BindingWay, LocalWorker, MiniflareVersion, Outcome } from '../support/workerd.ts';
import { runPiece, startWorker, workerOf } from '../support/workerd.ts';

/** Workers inside workerd, by each way in which env.AI comes to a gateway on one's own machine. */

const ways: readonly (readonly [MiniflareVersion, BindingWay])[] = [
  [4, 'plugin'],
  [4, 'remote proxy'],
  [5, 'plugin'],
  [5, 'remote proxy'],
];

const pages = (['000', '001'] as const).flatMap((number) => {
  const page = readSeedPage(number);
  return page === undefined ? [] : [{ number, page }];
});
const snippets = pages.flatMap(({ number, page }) =>
  snippetsIn(page).map((code, index) => ({ name: `seed ${number} #${String(index + 1)}`, code })),
);
const firstPage = pages[0]?.page;

const question = "messages: [{ role: 'user', content: 'Hello' }], max_tokens: 64";
const pieces = {
  'one piece': `console.log(await env.AI.run('anthropic/claude-sonnet-4.6', { ${question} }))`,
  raw: `const response = await env.AI.run(
    'anthropic/claude-sonnet-4.6', { ${question} }, { gateway: { id: 'default' }, returnRawResponse: true });
    console.log({ status: response.status, type: response.headers.get('content-type') })`,
  'unknown model': `await env.AI.run('anthropic/nope', { ${question} })`,
  'missing max_tokens': `await env.AI.run('anthropic/claude-sonnet-4.6', { messages: [] })`,
  search: `console.log(await env.AI.models({ search: 'sonnet', per_page: 1 }))`,
  'a credential of its own': `console.log(await env.AI.run('anthropic/claude-sonnet-4.6', { ${question} },
    { extraHeaders: { authorization: 'Bearer other', 'x-api-key': 'other', 'cf-aig-authorization': 'Bearer other' } }))`,
  websocket: `const response = await env.AI.run('anthropic/claude-sonnet-4.6', { ${question} }, { websocket: true });
    console.log({ status: response.status, hasSocket: response.webSocket !== null, said: await response.text() })`,
  steps: `const query = { model: 'claude-sonnet-4-6', ${question} };
    const headers = { 'anthropic-version': '2023-06-01' };
    const response = await env.AI.gateway('default').run([
      { provider: 'anthropic', endpoint: 'v1/messages', headers, query: { ...query, max_tokens: -1 } },
      { provider: 'anthropic', endpoint: 'v1/messages', headers, query },
    ]);
    const step = response.headers.get('cf-aig-step');
    console.log({ status: response.status, step, type: (await response.json()).type })`,
  'AI Search': `await env.AI.aiSearch().list()`,
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

describe.each(ways)('env.AI in workerd, Miniflare %i, by the %s', (miniflare, way) => {
  let worker: LocalWorker;
  beforeAll(async () => {
    const code = Object.fromEntries(snippets.map((snippet) => [snippet.name, snippet.code]));
    worker = await startWorker({
      miniflare,
      way,
      baseURL: gateway.url,
      apiKey: gateway.key,
      script: workerOf({ ...code, ...pieces }),
    });
  });
  afterAll(() => worker.dispose());

  test.each(snippets)('$name runs unchanged', async ({ name, code }) => {
    const expectIt = code.includes('stream: true') ? expectStream : expectMessage;
    expectIt(await runPiece(worker, name));
  });

  test('W-B01 an answer in one piece is an object', async () => {
    expect(await runPiece(worker, 'one piece')).toMatchObject({
      kind: 'value',
      value: { type: 'message', role: 'assistant', model: 'claude-sonnet-4-6' },
    });
  });

  test('W-B05 its type is exactly JSON', async () => {
    const value = { status: 200, type: 'application/json' };
    expect(await runPiece(worker, 'raw')).toEqual({ kind: 'value', value });
  });

  test('W-B08 an unknown model is an AiError with its code first', async () => {
    expect(await runPiece(worker, 'unknown model')).toMatchObject({
      kind: 'error',
      name: 'AiError',
      message: expect.stringMatching(/^7003: /) as unknown,
    });
  });

  test('W-B09 a missing parameter is named', async () => {
    expect(await runPiece(worker, 'missing max_tokens')).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(/^\d+: .*max_tokens/) as unknown,
    });
  });

  test('W-B34 models are found', async () => {
    const { value } = (await runPiece(worker, 'search')) as Outcome & { readonly kind: 'value' };
    expect(value).toEqual([
      expect.objectContaining({ properties: expect.any(Array) as unknown }) as unknown,
    ]);
  });

  test('what a Worker sends as another credential changes nothing', async () => {
    expect(await runPiece(worker, 'a credential of its own')).toMatchObject({ kind: 'value' });
  });

  test('a web socket is refused in words', async () => {
    expect(await runPiece(worker, 'websocket')).toMatchObject({
      kind: 'value',
      value: {
        status: expect.toSatisfy((status: number) => status >= 400 && status < 600) as unknown,
        hasSocket: false,
        said: expect.stringMatching(/web ?socket/i) as unknown,
      },
    });
  });

  test('W-B33 of several steps the first success answers', async () => {
    const value = { status: 200, step: '1', type: 'message' };
    expect(await runPiece(worker, 'steps')).toEqual({ kind: 'value', value });
  });

  test('what needs RPC is refused', async () => {
    const message = way === 'plugin' ? /aiSearch\(\).*RPC.*HTTP/ : /./;
    expect(await runPiece(worker, 'AI Search')).toMatchObject({
      kind: 'error',
      message: expect.stringMatching(message) as unknown,
    });
  });

  test('a program outside workerd gets the binding too', async () => {
    const { AI } = (await worker.getBindings()) as {
      readonly AI: { run(model: string, inputs: object): Promise<unknown> };
    };
    const inputs = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 64 };
    expect(await AI.run('anthropic/claude-sonnet-4.6', inputs)).toMatchObject({ type: 'message' });
  });
});

/** A stream, in good order to its end. */
function expectStream(outcome: Outcome): void {
  expect(outcome.kind).toBe('stream');
  const sequence = new EventSequence();
  const events = eventsIn((outcome as Outcome & { readonly kind: 'stream' }).text);
  expect(events.map(({ type }) => sequence.next(type))).toEqual(events.map(() => undefined));
  expect([sequence.ended, sequence.failed]).toEqual([true, false]);
}

/** An answer as the seed's output schema has it. */
function expectMessage(outcome: Outcome): void {
  expect(outcome.kind).toBe('value');
  const { output } = schemasIn(firstPage ?? '');
  const check = new Ajv2020().compile(output);
  const { value } = outcome as Outcome & { readonly kind: 'value' };
  expect({ valid: check(value), errors: check.errors }).toEqual({ valid: true, errors: null });
}
