import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/std/json.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { readServiceAccount } from '../../src/upstreams/vertex/read-service-account.ts';
import { ServiceAccountTokens } from '../../src/upstreams/vertex/service-account-tokens.ts';
import { createVertexUpstream } from '../../src/upstreams/vertex/vertex-upstream.ts';
import type { WireAnswer } from '../support/engine-server.ts';
import { messageText } from '../support/engine-server.ts';
import type { TokenServer } from '../support/vertex-server.ts';
import {
  makeServiceAccount,
  startTokenServer,
  startVertexServer,
} from '../support/vertex-server.ts';
import { membersOf, textStream } from './driver-suite-answers.ts';
import type { DriverRig } from './driver-suite-rig.ts';
import {
  answered,
  bodyText,
  canonicalStream,
  driverTransport,
  headerOf,
  notedLog,
  readBody,
  sendTo,
} from './driver-suite-rig.ts';
import { describeDriver } from './driver-suite.ts';

const account = makeServiceAccount();
const PROJECT = 'canary-project-1';

interface VertexRig extends DriverRig {
  readonly tokenHost: TokenServer;
}

/** A driver before a local Vertex AI, with tokens of a service account from a local host for them. */
async function openRig(): Promise<VertexRig> {
  const clock = new ManualClock();
  const lines: string[] = [];
  const tokenHost = await startTokenServer(account, () => clock.wallMs());
  const place = { project: PROJECT, region: 'us-east5' };
  const server = await startVertexServer({ ...place, tokens: () => tokenHost.tokens });
  const read = readServiceAccount(account.keyFile(tokenHost.url));
  if (read.kind === 'bad') throw new Error(read.message);
  const parts = { name: 'vertex', userAgent: 'quatrain/test', log: notedLog(clock, lines) };
  const source = new ServiceAccountTokens({
    ...parts,
    account: read,
    transport: driverTransport(clock, read.tokenUrl.origin),
    clock,
  });
  const driver = createVertexUpstream({
    ...parts,
    ...place,
    origin: server.origin,
    basePath: '',
    transport: driverTransport(clock, server.origin),
    credential: { kind: 'bearer', source },
    models: { 'claude-mapped': 'claude-other@20250101' },
    byDefault: (name) => name.replace(/-(\d{8})$/, '@$1'),
    listModels: () => [],
    answerBytesMax: 1024 * 1024,
  });
  return {
    upstream: driver,
    server,
    clock,
    lines,
    tokenHost,
    secrets: ['ya29.canary-1', account.privatePem.slice(100, 160), PROJECT],
    async close(): Promise<void> {
      await driver.close();
      await server.stop();
      await tokenHost.stop();
    },
  };
}

/** What Vertex AI has not, worked out from all of a request. */
function isUnserved(request: JsonObject): boolean {
  const { tools } = request as { readonly tools?: readonly { readonly type?: string }[] };
  const isMember = ['mcp_servers', 'inference_geo', 'container'].some(
    (name) => (request[name] ?? null) !== null,
  );
  const served = 'web_search_20250305';
  const isTool = (tools ?? []).some(
    ({ type = '' }) =>
      type !== served && /^(?:web_search_|web_fetch_|code_execution_|mcp_toolset)/.test(type),
  );
  return isMember || isTool;
}

describeDriver('vertex', openRig, {
  model: 'claude-sonnet-4-6',
  withoutMembers: ['model'],
  refuses: isUnserved,
});

/** A rig for one test. */
async function withRig(body: (rig: VertexRig) => Promise<void>): Promise<void> {
  const rig = await openRig();
  try {
    await body(rig);
  } finally {
    await rig.close();
  }
}

const whole = { kind: 'message', json: messageText() } as const;

test('#159 the model is in the path, the version in the body', () =>
  withRig(async (rig) => {
    rig.server.answer({ kind: 'stream', events: textStream, ending: 'end' }, whole);
    const streamed = answered(await sendTo(rig, { body: bodyText({}, true), stream: true }));
    expect((await readBody(streamed.body)).text).toBe(canonicalStream(textStream));
    const old = bodyText({ model: '"claude-sonnet-4-20250514"' });
    const answer = answered(await sendTo(rig, { body: old, betas: 'b-1' }));
    await readBody(answer.body);
    expect(headerOf(answer.headers, 'request-id')).toBe('req_vrtx_1');
    const models = `/v1/projects/${PROJECT}/locations/us-east5/publishers/anthropic/models`;
    expect(rig.server.requests.map(({ target }) => target)).toEqual([
      `${models}/claude-sonnet-4-6:streamRawPredict`,
      `${models}/claude-sonnet-4@20250514:rawPredict`,
    ]);
    const members = rig.server.requests.map(({ body }) => membersOf(body.toString()));
    expect(members.map((each) => each['anthropic_version'])).toEqual([
      '"vertex-2023-10-16"',
      '"vertex-2023-10-16"',
    ]);
    expect(members.map((each) => [each['model'], each['stream']])).toEqual([
      [undefined, 'true'],
      [undefined, undefined],
    ]);
    expect(rig.tokenHost.faults).toEqual([]);
  }));

const inner = JSON.stringify({
  type: 'error',
  error: { type: 'invalid_request_error', message: 'max_tokens: Field required' },
  request_id: 'req_vrtx_2',
});
const wrapped = { error: { code: 400, message: inner, status: 'INVALID_ARGUMENT' } };
const quota = { error: { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED' } };
const unknown = {
  error: {
    code: 404,
    message: `Publisher Model projects/${PROJECT}/x was not found`,
    status: 'NOT_FOUND',
  },
};

test('#160 wrapped errors say what the API said, with its status', () =>
  withRig(async (rig) => {
    const cases: readonly [number, object | string, number, string, string][] = [
      [400, wrapped, 400, 'invalid_request_error', 'max_tokens: Field required'],
      [500, [wrapped], 400, 'invalid_request_error', 'max_tokens: Field required'],
      [400, inner, 400, 'invalid_request_error', 'max_tokens: Field required'],
      [429, quota, 429, 'rate_limit_error', 'Quota exceeded'],
      [429, [quota], 429, 'rate_limit_error', 'Quota exceeded'],
      [404, unknown, 404, 'not_found_error', 'Publisher Model projects/[redacted]/x was not found'],
      [502, '<html>', 502, 'api_error', 'The upstream answered with status 502.'],
    ];
    for (const [status, body, becomes, type, message] of cases) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      rig.server.answer({ kind: 'wire', answer: wire(status, text) });
      const answer = answered(await sendTo(rig, { body: bodyText() }));
      const read = await readBody(answer.body);
      expect(answer.status).toBe(becomes);
      expect(JSON.parse(read.text)).toMatchObject({ type: 'error', error: { type, message } });
    }
  }));

function wire(status: number, text: string): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
}

test.each([
  ['mcp_servers', { mcp_servers: '[{"type":"url","url":"https://a.example","name":"a"}]' }],
  ['inference_geo', { inference_geo: '"us"' }],
  ['container', { container: '{"skills":[]}' }],
  [
    'tools.1.type',
    {
      tools: '[{"name":"own","input_schema":{}},{"type":"web_fetch_20250910","name":"web_fetch"}]',
    },
  ],
  ['tools.0.type', { tools: '[{"type":"web_search_20260209","name":"web_search"}]' }],
  ['tools.0.type', { tools: '[{"type":"code_execution_20250825","name":"code_execution"}]' }],
])('%s is refused before anything is sent', async (place, members) => {
  const rig = await openRig();
  const said = await sendTo(rig, { body: bodyText(members) });
  expect(said).toEqual({
    kind: 'refusal',
    code: 'invalid_request',
    detail: `${place}: the upstream "vertex" does not serve this`,
    param: place,
  });
  expect([rig.server.requests, rig.tokenHost.tokens]).toEqual([[], []]);
  await rig.close();
});

test('what only looks like it is served', () =>
  withRig(async (rig) => {
    const members = [
      { tools: '[{"type":"web_search_20250305","name":"web_search"}]' },
      { tools: '[{"name":"web_fetch_page","description":"\\"web_fetch_1\\"","input_schema":{}}]' },
      { container: 'null', mcp_servers: 'null' },
    ];
    for (const more of members) {
      rig.server.answer(whole);
      const body = bodyText(more);
      expect(answered(await sendTo(rig, { body })).status).toBe(200);
    }
  }));

test('a model of the configuration’s own is named in the answer', () =>
  withRig(async (rig) => {
    rig.server.answer(whole);
    const answer = answered(await sendTo(rig, { body: bodyText({ model: '"claude-mapped"' }) }));
    expect(headerOf(answer.headers, 'x-quatrain-edits')).toBe('model-renamed');
    expect(rig.server.asked[0]?.model).toBe('claude-other@20250101');
  }));

test.each(['../../x', 'a/b', '', 'x'.repeat(300)])(
  'a model called %j leads nowhere',
  async (name) => {
    const rig = await openRig();
    const said = await sendTo(rig, { body: bodyText({ model: JSON.stringify(name) }) });
    expect(said).toMatchObject({ kind: 'refusal', code: 'not_found', param: 'model' });
    expect(rig.server.requests).toEqual([]);
    await rig.close();
  },
);

test('a colon in a name is no method', () =>
  withRig(async (rig) => {
    rig.server.answer(whole);
    await sendTo(rig, { body: bodyText({ model: '"x:predict"' }) });
    expect(rig.server.requests[0]?.target).toMatch(/\/models\/x%3Apredict:rawPredict$/);
  }));

test('30 MB is the most', () =>
  withRig(async (rig) => {
    const messages = JSON.stringify([{ role: 'user', content: 'x'.repeat(30 * 1024 * 1024) }]);
    const said = await sendTo(rig, { body: bodyText({ messages }) });
    expect(said).toMatchObject({ kind: 'refusal', code: 'request_too_large' });
    expect(rig.server.requests).toEqual([]);
  }));
