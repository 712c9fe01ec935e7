import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/std/json.ts';
import { openStore } from '../../src/store/open-store.ts';
import { chunksIn, expectChat } from '../support/chat-checks.ts';
import { wholeStream } from '../support/event-stream.ts';
import { foldChunks } from '../support/fold-chunks.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { makeSecondKey } from '../support/second-key.ts';
import { projectRoot } from '../support/source-files.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Seed 002 by the letter: each field of its schema, its bounds, its defaults and its examples. */

interface Field {
  readonly part: 'body' | 'answer';
  readonly name: string;
  readonly type: 'string' | 'string[]' | 'boolean' | 'number';
  readonly isRequired: boolean;
  readonly max?: number;
}

const fields: readonly Field[] = [
  { part: 'body', name: 'model', type: 'string', isRequired: true },
  { part: 'body', name: 'stop_sequences', type: 'string[]', isRequired: false },
  { part: 'body', name: 'stream', type: 'boolean', isRequired: false },
  { part: 'body', name: 'system', type: 'string', isRequired: false },
  { part: 'body', name: 'max_tokens', type: 'number', isRequired: false },
  { part: 'body', name: 'temperature', type: 'number', isRequired: false, max: 1 },
  { part: 'body', name: 'top_p', type: 'number', isRequired: false, max: 1 },
  { part: 'body', name: 'top_k', type: 'number', isRequired: false },
  { part: 'answer', name: 'id', type: 'string', isRequired: true },
  { part: 'answer', name: 'object', type: 'string', isRequired: true },
  { part: 'answer', name: 'created', type: 'number', isRequired: true },
  { part: 'answer', name: 'model', type: 'string', isRequired: true },
];
const models = ['anthropic/claude-sonnet-4.6', 'anthropic/claude-sonnet-4-6-20260218'];
const EXAMPLE_ID = 'chatcmpl-CQ9FPg3osank0dx0k46Z53LTqtXMl';
const idForm = /^chatcmpl-[A-Za-z0-9]{29}$/;
const MAX_TOKENS_DEFAULT = 32_000;

const base = { model: models[0], messages: [{ role: 'user', content: 'Hello' }] };

let upstream: ScriptedUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startScriptedUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(wholeStream);
  });
  gateway = await startTestGateway(upstreamYaml(upstream.url));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

/** Asks as the seed's clients do, and gives the answer with what the upstream was asked, if it was. */
async function ask(
  change: object,
  { path = '/v1/chat/completions', key = gateway.key } = {},
): Promise<{ readonly answer: RawAnswer; readonly asked: JsonObject | undefined }> {
  upstream.received.length = 0;
  const answer = await sendRaw(`${gateway.url}${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...base, ...change }),
  });
  const body = upstream.received[0]?.body.toString();
  return { answer, asked: body === undefined ? undefined : (JSON.parse(body) as JsonObject) };
}

async function askWhole(
  change: object,
): Promise<{ readonly answer: JsonObject; readonly asked: JsonObject }> {
  const { answer, asked } = await ask(change);
  expect([answer.status, answer.body.toString().slice(0, 300)]).toEqual([
    200,
    expect.stringContaining('"object":"chat.completion"'),
  ]);
  const said = JSON.parse(answer.body.toString()) as JsonObject;
  expectChat('CreateChatCompletionResponse', said);
  return { answer: said, asked: asked ?? {} };
}

/** 400 that names the field, or the item of it, and the upstream not asked. */
async function expectRefused(change: object, param: string): Promise<void> {
  const { answer, asked } = await ask(change);
  expect([answer.status, asked]).toEqual([400, undefined]);
  const envelope = JSON.parse(answer.body.toString()) as JsonObject;
  expectChat('ErrorResponse', envelope);
  const named = expect.stringMatching(new RegExp(`^${param}(?:\\[\\d+\\])?$`)) as string;
  expect(envelope).toMatchObject({ error: { type: 'invalid_request_error', param: named } });
}

const seeds = join(projectRoot, '../shared/seeds');

/** The seed beside the checkout; a user's clone has none, and the test of its fields is skipped then. */
function readSeed(): string | undefined {
  const name = existsSync(seeds)
    ? readdirSync(seeds).find((file) => file.startsWith('002'))
    : undefined;
  if (name !== undefined) return readFileSync(join(seeds, name), 'utf8');
  if (process.env['CI'] === 'true') throw new Error(`seeds are required in CI: ${seeds}`);
  process.stdout.write('skipped: no seeds beside this checkout\n');
  return undefined;
}

function fieldsIn(seed: string): Field[] {
  const [body = '', answer = ''] = seed.split('\nResponses\n');
  return (
    [
      ['body', body],
      ['answer', answer],
    ] as const
  ).flatMap(([part, text]) =>
    [
      ...text.matchAll(
        /^([a-z_]+?)(string|boolean|number)(\[\])?(?: · (?:enum|max: (\d+)))?(Required|Optional)/gm,
      ),
    ].map(([, name = '', type = '', list = '', max, need]) => ({
      part,
      name,
      type: `${type}${list}` as Field['type'],
      isRequired: need === 'Required',
      ...(max === undefined ? {} : { max: Number(max) }),
    })),
  );
}

const seed = readSeed();

describe('seed 002 as it stands', () => {
  test.skipIf(seed === undefined)('has the fields that are tested here, and no others', () => {
    expect(fieldsIn(seed ?? '')).toEqual(fields);
  });

  test.skipIf(seed === undefined)('has the models, the default and the examples', () => {
    for (const model of models) expect(seed).toContain(model);
    expect(seed).toContain(`Default: ${String(MAX_TOKENS_DEFAULT)}`);
    expect(seed).toContain(`Example: ${EXAMPLE_ID}`);
    expect(seed).toContain('/v1/chat/completions');
  });
});

describe('the body', () => {
  const wrong: Readonly<Record<Field['type'], readonly unknown[]>> = {
    string: [1, true, ['x'], {}],
    'string[]': ['x', [1], {}, 1],
    boolean: ['true', 1, {}],
    number: ['1', true, [], {}],
  };
  const ofBody = fields.filter(({ part }) => part === 'body');

  // DESIGN §2: what the form offers besides is a superset; `system` may be a list of blocks there.
  const alsoTaken = (name: string, value: unknown): boolean =>
    (name === 'system' && Array.isArray(value)) || (name === 'stop_sequences' && value === 'x');

  test.each(
    ofBody.flatMap(({ name, type }) =>
      wrong[type]
        .filter((value) => !alsoTaken(name, value))
        .map((value) => ({ name, said: JSON.stringify(value), value })),
    ),
  )('$name is of its type: $said is refused', async ({ name, value }) => {
    await expectRefused({ [name]: value }, name);
  });

  test.each(ofBody.filter(({ isRequired }) => !isRequired))(
    '$name may be left out, or be null',
    async ({ name }) => {
      const absent = await askWhole({ [name]: undefined });
      const empty = await askWhole({ [name]: null });
      expect(empty.asked).toEqual(absent.asked);
    },
  );

  test.each(ofBody.filter(({ isRequired }) => isRequired))(
    '$name is required',
    async ({ name }) => {
      await expectRefused({ [name]: undefined }, name);
    },
  );

  test.each(ofBody.filter(({ max }) => max !== undefined))(
    '$name: 0 and $max are taken, what is outside is not',
    async ({ name, max = 0 }) => {
      await askWhole({ [name]: 0 });
      await askWhole({ [name]: max });
      await expectRefused({ [name]: max + 0.01 }, name);
      await expectRefused({ [name]: -0.01 }, name);
    },
  );

  test.each(models)('model %s is the one model behind both names, and is echoed', async (model) => {
    const { answer, asked } = await askWhole({ model });
    expect([answer['model'], asked['model']]).toEqual([model, 'claude-sonnet-4-6']);
  });

  test('stop_sequences arrive as they are', async () => {
    const { asked } = await askWhole({ stop_sequences: ['END', 'STOP', 'a', 'b', 'c'] });
    expect(asked['stop_sequences']).toEqual(['END', 'STOP', 'a', 'b', 'c']);
  });

  test.each([{}, { stream: false }])(
    'without a stream, %j, the answer is one piece',
    async (change) => {
      const { answer } = await ask(change);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
    },
  );

  test('stream: true gives server-sent events to the end', async () => {
    const { answer } = await ask({ stream: true });
    expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
    const chunks = chunksIn(answer.body.toString());
    expect(foldChunks(chunks).content).toBe('Hello, wörld 🌍');
    expect(new Set(chunks.map(({ id, created, model }) => [id, created, model].join())).size).toBe(
      1,
    );
  });

  test('system is the system prompt', async () => {
    const { asked } = await askWhole({ system: 'Be brief' });
    expect(asked['system']).toEqual([{ type: 'text', text: 'Be brief' }]);
    expect(asked['messages']).toEqual([{ role: 'user', content: 'Hello' }]);
  });

  test('max_tokens is 32000 where it is not given', async () => {
    expect((await askWhole({})).asked['max_tokens']).toBe(MAX_TOKENS_DEFAULT);
    expect((await askWhole({ max_tokens: 7 })).asked['max_tokens']).toBe(7);
  });

  test('temperature: its default is 1.0, and 0 is not nothing', async () => {
    // What the upstream is not told is 1.0 there, as it is here.
    expect([undefined, 1]).toContain((await askWhole({})).asked['temperature']);
    expect([undefined, 1]).toContain((await askWhole({ temperature: 1 })).asked['temperature']);
    expect((await askWhole({ temperature: 0 })).asked['temperature']).toBe(0);
    expect((await askWhole({ temperature: 0.4 })).asked['temperature']).toBe(0.4);
  });

  test('top_p arrives as it is', async () => {
    expect((await askWhole({ top_p: 0.1 })).asked['top_p']).toBe(0.1);
    expect((await askWhole({})).asked).not.toHaveProperty('top_p');
  });

  test('top_k arrives as it is', async () => {
    expect((await askWhole({ top_k: 40 })).asked['top_k']).toBe(40);
    expect((await askWhole({})).asked).not.toHaveProperty('top_k');
    await expectRefused({ top_k: -1 }, 'top_k');
    await expectRefused({ top_k: 1.5 }, 'top_k');
  });

  test('all of them at once', async () => {
    const change = {
      model: models[1],
      stop_sequences: ['END'],
      stream: false,
      system: 'Be brief',
      max_tokens: 100,
      temperature: 0.5,
      top_k: 40,
    };
    const { asked } = await askWhole(change);
    expect(asked).toMatchObject({
      stop_sequences: ['END'],
      max_tokens: 100,
      temperature: 0.5,
      top_k: 40,
    });
  });
});

describe('the answer', () => {
  test('id has the form of the example, and each answer its own', async () => {
    expect(EXAMPLE_ID).toMatch(idForm);
    const ids = [(await askWhole({})).answer['id'], (await askWhole({})).answer['id']];
    for (const id of ids) expect(id).toMatch(idForm);
    expect(new Set(ids).size).toBe(2);
  });

  test('object is chat.completion', async () => {
    expect((await askWhole({})).answer['object']).toBe('chat.completion');
  });

  test('created is the time in seconds', async () => {
    const before = Math.floor(Date.now() / 1000);
    const created = Number((await askWhole({})).answer['created']);
    expect(Number.isInteger(created)).toBe(true);
    expect([created >= before, created <= Date.now() / 1000]).toEqual([true, true]);
  });

  test('it says what the model said', async () => {
    expect((await askWhole({})).answer['choices']).toMatchObject([
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello, wörld 🌍' },
        finish_reason: 'stop',
      },
    ]);
  });
});

describe('the way in', () => {
  test.each(['/v1/chat/completions', '/chat/completions'])('POST %s', async (path) => {
    expect((await ask({}, { path })).answer.status).toBe(200);
  });

  test('a key works while it is enabled, and not after', async () => {
    const key = await makeSecondKey(gateway);
    const status = async (): Promise<number> => (await ask({}, { key })).answer.status;
    expect(await status()).toBe(200);
    const store = await openStore(gateway.dataDir, (reason) => {
      throw new Error(reason);
    });
    for (const { publicId } of store.keys.list()) await store.keys.revoke(publicId, Date.now());
    await store.close();
    await expect.poll(status, { timeout: 10_000 }).toBe(401);
    const { body } = (await ask({}, { key })).answer;
    expectChat('ErrorResponse', JSON.parse(body.toString()));
  });
});
