import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { issueText } from '../../src/config/yaml-issues.ts';
import { systemClock } from '../../src/std/clock.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { wireUpstreams } from '../../src/wire-upstreams.ts';
import { startBedrockServer } from '../support/bedrock-server.ts';
import type { EngineServer } from '../support/engine-server.ts';
import { messageText } from '../support/engine-server.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { membersOf, textStream } from './driver-suite-answers.ts';
import {
  answered,
  bodyText,
  canonicalStream,
  notedLog,
  readBody,
  sendTo,
} from './driver-suite-rig.ts';

const REGION = 'us-east-1';
const account = { region: REGION, accessKeyId: 'AKIACANARY', secretAccessKey: 'canary/secret' };
const usualVariables = {
  AWS_ACCESS_KEY_ID: account.accessKeyId,
  AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
};

function yamlOf(url: string, more: string): string {
  return `upstreams:\n  aws:\n    kind: bedrock\n    base_url: ${url}\n    inference_profile: us\n${more}`;
}

describe('Bedrock behind the gateway', () => {
  let server: EngineServer;
  let gateway: TestGateway;
  beforeAll(async () => {
    server = await startBedrockServer({ ...account, wallMs: () => systemClock.wallMs() });
    gateway = await startTestGateway(
      yamlOf(server.origin, `    regions: [${REGION}]\n`),
      usualVariables,
    );
  });
  afterAll(async () => {
    await gateway.stop();
    await server.stop();
  });
  const post = (path: string, body: string): ReturnType<typeof sendRaw> =>
    sendRaw(gateway.url + path, {
      method: 'POST',
      headers: gateway.headers,
      body: Buffer.from(body),
    });

  test('a message, its usual variables, a name by its alias', async () => {
    server.answer({ kind: 'message', json: messageText() });
    const answer = await post('/v1/messages', bodyText({ model: '"claude-sonnet-4-0"' }));
    expect([answer.status, answer.body.toString()]).toEqual([200, messageText()]);
    expect(answer.headers['request-id']).toBe('7c3e0b5e-1f0a-4d6e-9a53-000000000001');
    const asked = server.asked.at(-1);
    expect([asked?.model, asked?.betas]).toEqual([
      'us.anthropic.claude-sonnet-4-20250514-v1:0',
      [],
    ]);
  });

  test('a stream, event by event', async () => {
    server.answer({ kind: 'stream', events: textStream, ending: 'end', pieceBytes: 50 });
    const answer = await post('/v1/messages', bodyText({}, true));
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(answer.body.toString()).toBe(canonicalStream(textStream));
  });

  test('the same for a caller of Chat Completions', async () => {
    server.answer({ kind: 'stream', events: textStream, ending: 'end' });
    const body =
      '{"model":"anthropic/claude-sonnet-4.6","messages":[{"role":"user","content":"Hi"}]}';
    const answer = await post('/v1/chat/completions', body);
    const said = JSON.parse(answer.body.toString()) as { choices: { message: object }[] };
    expect(said.choices[0]?.message).toMatchObject({ content: 'Hello, wörld 🌍 "quoted"\n\n' });
    expect(server.asked.at(-1)).toMatchObject({
      stream: true,
      model: 'us.anthropic.claude-sonnet-4-6',
    });
  });

  test('an exception before the first word is a status, and one after it an event', async () => {
    const said = { status: 429, type: 'rate_limit_error', message: 'Too many tokens.' };
    server.answer({ kind: 'stream', events: textStream.slice(0, 1), ending: said });
    const early = await post('/v1/messages', bodyText({}, true));
    expect([early.status, JSON.parse(early.body.toString())]).toMatchObject([
      429,
      { type: 'error', error: { type: 'rate_limit_error', message: 'Too many tokens.' } },
    ]);
    server.answer({ kind: 'stream', events: textStream.slice(0, 4), ending: said });
    const late = await post('/v1/messages', bodyText({}, true));
    expect(late.status).toBe(200);
    expect(late.body.toString()).toMatch(/\nevent: error\ndata: .*rate_limit_error.*\n\n$/);
    expect(late.body.toString()).not.toContain('message_stop');
  });

  test('a stream that is torn after its first word ends with an error', async () => {
    for (const ending of ['cut', 'garbage', 'end'] as const) {
      server.answer({ kind: 'stream', events: textStream.slice(0, 4), ending });
      const answer = await post('/v1/messages', bodyText({}, true));
      expect(answer.body.toString()).toMatch(/\nevent: error\ndata: .*api_error.*\n\n$/);
      expect(answer.body.toString()).not.toContain('message_stop');
    }
  });

  test('counts, and lists what the registry has', async () => {
    server.answer({ kind: 'count', inputTokens: 321 });
    const body = '{"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"Hi"}]}';
    const count = await post('/v1/messages/count_tokens', body);
    expect(JSON.parse(count.body.toString())).toEqual({ input_tokens: 321 });
    const list = await sendRaw(`${gateway.url}/v1/models?limit=2`, {
      method: 'GET',
      headers: gateway.headers,
    });
    expect(JSON.parse(list.body.toString())).toMatchObject({ has_more: true, data: [{}, {}] });
    const one = await sendRaw(`${gateway.url}/v1/models/claude-sonnet-4-6`, {
      method: 'GET',
      headers: gateway.headers,
    });
    expect(JSON.parse(one.body.toString())).toMatchObject({ id: 'claude-sonnet-4-6' });
  });

  test('what Bedrock does not have is refused with its place', async () => {
    const before = server.requests.length;
    const answer = await post('/v1/messages', bodyText({ mcp_servers: '[]' }));
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      expect.stringContaining('mcp_servers: '),
    ]);
    expect(server.requests.length).toBe(before);
  });

  test('every request was signed as Bedrock wants it, and no line of the log says with what', () => {
    expect(new Set(server.asked.map(({ credentialFault }) => credentialFault))).toEqual(
      new Set([undefined]),
    );
    const logged = gateway.logLines.join('');
    for (const secret of Object.values(usualVariables)) expect(logged).not.toContain(secret);
  });
});

/** What a configuration makes, with the variables that are set and the files that are there. */
function wired(
  yaml: string,
  env: Readonly<Record<string, string>>,
  {
    clock = new ManualClock(),
    files = {},
  }: { clock?: ManualClock; files?: Record<string, string> } = {},
): ReturnType<typeof wireUpstreams> {
  const parsed = parseConfig({ file: { name: 'test.yaml', text: yaml }, env: {}, flags: {} });
  if (parsed.kind === 'issues') {
    throw new Error(parsed.issues.map((issue) => issueText(issue)).join('\n'));
  }
  const secrets = { env, readFile: (path: string) => files[path] };
  return wireUpstreams(parsed.config, { clock, log: notedLog(clock, []), secrets });
}

test('several regions are as many upstreams of one name, each asked at its own address', async () => {
  const clock = new ManualClock();
  const apiKey = 'canary-key';
  const server = await startBedrockServer({ ...account, apiKey, wallMs: () => clock.wallMs() });
  const yaml = yamlOf(`${server.origin}/{region}`, '    regions: [us-east-1, us-west-2]\n');
  const { pools } = wired(yaml, { ...usualVariables, AWS_BEARER_TOKEN_BEDROCK: apiKey });
  const regions = pools.get('aws') ?? [];
  try {
    expect(regions.map(({ name, credential }) => [name, credential])).toEqual([
      ['aws', 0],
      ['aws', 1],
    ]);
    for (const upstream of regions) {
      server.answer({ kind: 'message', json: messageText() });
      const said = await sendTo({ upstream }, { body: bodyText() });
      await readBody(answered(said).body);
    }
    expect(server.requests.map(({ target }) => target)).toEqual([
      '/us-east-1/model/us.anthropic.claude-sonnet-4-6/invoke',
      '/us-west-2/model/us.anthropic.claude-sonnet-4-6/invoke',
    ]);
    expect(server.asked.map(({ credentialFault }) => credentialFault)).toEqual([
      undefined,
      undefined,
    ]);
    expect(membersOf(server.asked[0]?.body ?? '')).toHaveProperty('anthropic_version');
  } finally {
    for (const upstream of regions) await upstream.close();
    await server.stop();
  }
});

const one = '    regions: [us-east-1]\n';
test.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
  [
    'no secret',
    one,
    {},
    /upstreams\.aws\.access_key_id: env:AWS_ACCESS_KEY_ID is empty or missing/,
  ],
  ['half of one', one, { AWS_ACCESS_KEY_ID: 'a' }, /secret_access_key: env:AWS_SECRET_ACCESS_KEY/],
  [
    'two kinds of them',
    `${one}    api_key: env:A\n    access_key_id: env:B\n`,
    { A: 'a', B: 'b' },
    /not both/,
  ],
  [
    'half of a signing pair',
    `${one}    access_key_id: env:B\n`,
    { B: 'b' },
    /secret_access_key is missing/,
  ],
  [
    'several regions at one address',
    '    regions: [us-east-1, us-west-2]\n',
    usualVariables,
    /needs \{region\}/,
  ],
  [
    'a secret of two lines',
    one,
    { ...usualVariables, AWS_SECRET_ACCESS_KEY: 'canary\nsecret' },
    /env:AWS_SECRET_ACCESS_KEY has spaces or letters/,
  ],
  ['no region', '    regions: []\n', {}, /regions/],
  ['a region that would lead elsewhere', '    regions: [evil.example/]\n', {}, /write a region/],
])('%s is said at the start', (_name, more, env, message) => {
  expect(() => wired(yamlOf('https://bedrock.example', more), env)).toThrow(message);
});

test('what an upstream is made from says no secret', () => {
  const { madeFrom } = wired(yamlOf('https://bedrock.example', one), usualVariables);
  expect(madeFrom.get('aws')).toContain(REGION);
  expect(madeFrom.get('aws')).not.toContain('canary');
});

test('secrets in files are read anew while the gateway runs', async () => {
  const clock = new ManualClock();
  const account = {
    region: REGION,
    accessKeyId: 'AKIANEW',
    secretAccessKey: 'new',
    sessionToken: 's2',
  };
  const server = await startBedrockServer({ ...account, wallMs: () => clock.wallMs() });
  const files: Record<string, string> = { id: 'AKIAOLD', secret: 'old', session: 's1' };
  const yaml = yamlOf(
    server.origin,
    `${one}    access_key_id: file:id\n    secret_access_key: file:secret\n    session_token: file:session\n`,
  );
  const { byName } = wired(yaml, {}, { clock, files });
  const upstream = byName.get('aws');
  if (upstream === undefined) throw new Error('no upstream');
  try {
    const changes: readonly Record<string, string>[] = [
      {},
      { id: '', secret: '' },
      { id: 'AKIANEW', secret: 'new', session: 's2' },
    ];
    for (const change of changes) {
      Object.assign(files, change);
      clock.advance(60_000);
      server.answer({ kind: 'message', json: messageText() });
      await readBody(answered(await sendTo({ upstream }, { body: bodyText() })).body);
    }
    expect(server.asked.map(({ credentialFault }) => credentialFault)).toEqual([
      'another access key',
      'another access key',
      undefined,
    ]);
  } finally {
    await upstream.close();
    await server.stop();
  }
});
