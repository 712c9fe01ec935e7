import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { issueText } from '../../src/config/yaml-issues.ts';
import { freeQuestion } from '../../src/wire-free-question.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { wireUpstreams } from '../../src/wire-upstreams.ts';
import { messageText } from '../support/engine-server.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { makeServiceAccount } from '../support/vertex-server.ts';
import { sendRaw } from '../support/post.ts';
import { bodyText, notedLog } from './driver-suite-rig.ts';

/** Several credentials and probes at the hosts of clouds, as their configuration makes them. */

const env = { A: 'key-a', B: 'key-b', C: 'key-c', VA: '', VB: '' };

function parsed(options: string): Parameters<typeof wireUpstreams>[0] {
  const text = `upstreams: { up: { ${options} } }`;
  const read = parseConfig({ file: { name: 'test.yaml', text }, env: {}, flags: {} });
  if (read.kind === 'config') return read.config;
  throw new Error(read.issues.map((issue) => issueText(issue)).join('\n'));
}

function wired(options: string, files: Readonly<Record<string, string>> = {}) {
  const clock = new ManualClock();
  const secrets = { env, readFile: (path: string) => files[path] };
  return wireUpstreams(parsed(options), { clock, log: notedLog(clock, []), secrets });
}

const azure = 'kind: azure, resource: r';
const workers = 'kind: workers-ai, account_id: acc';
const vertex = 'kind: vertex, project: p1, region: eu';
const bedrock = 'kind: bedrock, inference_profile: us, regions: [us-east-1, us-west-2]';
const accounts = "service_accounts: [{ credentials: 'file:a' }, { credentials: 'file:b' }]";
const keyFiles: Readonly<Record<string, string>> = {
  a: makeServiceAccount().keyFile('https://token.example'),
  b: makeServiceAccount().keyFile('https://token.example'),
};

describe('several credentials are as many upstreams of one name', () => {
  test.each<[string, string, number]>([
    ['keys', `${azure}, api_keys: ['env:A', 'env:B']`, 2],
    ['one key in a list', `${azure}, api_keys: ['env:A']`, 1],
    ['tokens', `${workers}, api_tokens: ['env:A', 'env:B', 'env:C']`, 3],
    ['service accounts', `${vertex}, ${accounts}`, 2],
    [
      'keys of AWS, each in every region',
      `${bedrock}, credentials: [{ api_key: 'env:A' }, { access_key_id: 'env:B', secret_access_key: 'env:C' }]`,
      4,
    ],
  ])('%s', async (_name, options, count) => {
    const { byName, pools, all, bySlot } = wired(options, keyFiles);
    const pool = pools.get('up') ?? [];
    const credentials = Array.from({ length: count }, (_, at) => at);
    expect(pool.map(({ credential }) => credential)).toEqual(count === 1 ? [] : credentials);
    expect([bySlot.size, byName.get('up')?.name]).toEqual([count, 'up']);
    for (const upstream of all) await upstream.close();
  });

  test.each<[string, string, RegExp]>([
    ['a key and several', `${azure}, api_key: 'env:A', api_keys: ['env:B']`, /api_key or api_keys/],
    [
      'keys and a token',
      `${azure}, api_keys: ['env:A'], access_token: 'env:B'`,
      /up: give api_key, api_keys or access_token, one of them/,
    ],
    ['a missing key', `${azure}, api_keys: ['env:A', 'env:N']`, /up\.api_keys\.1: env:N is empty/],
    ['no token', workers, /up: give api_token or api_tokens, one of them/],
    [
      'a missing token',
      `${workers}, api_tokens: ['env:A', 'env:N']`,
      /up\.api_tokens\.1: env:N is empty/,
    ],
    [
      'accounts and a token',
      `${vertex}, ${accounts}, access_token: 'env:A'`,
      /up: give credentials, service_accounts or access_token, one of them/,
    ],
    [
      'no key file',
      `${vertex}, service_accounts: [{ credentials: 'env:A' }]`,
      /up\.service_accounts\.0\.credentials: it is no JSON/,
    ],
    [
      'a key of AWS and several',
      `${bedrock}, api_key: 'env:A', credentials: [{ api_key: 'env:B' }]`,
      /up: give api_key or credentials, not both/,
    ],
    [
      'one without a secret, although the usual variables may be set',
      `${bedrock}, credentials: [{ api_key: 'env:B' }, {}]`,
      /up\.credentials\.1\.access_key_id is missing/,
    ],
    [
      'a missing secret',
      `${bedrock}, credentials: [{ api_key: 'env:N' }]`,
      /up\.credentials\.0\.api_key: env:N is empty/,
    ],
    ['no credential', `${bedrock}, credentials: []`, /credentials/],
  ])('%s is said at the start', (_name, options, message) => {
    expect(() => wired(options, keyFiles)).toThrow(message);
  });
});

describe('probes', () => {
  test.each<[string, string]>([
    ['azure', `${azure}, api_keys: ['env:A', 'env:B'], deployments: { '*': all, first: ours }`],
    ['vertex', `${vertex}, ${accounts}, models: { first: one }`],
    ['bedrock', `${bedrock}, api_key: 'env:A', models: { first: one }`],
  ])('%s has the tokens of a word counted, by each credential', async (_kind, options) => {
    const { probed, all } = wired(`${options}, probe: { every_ms: 500 }`, keyFiles);
    expect(probed).toHaveLength(2);
    for (const { question, everyMs } of probed) {
      expect([question.operation, everyMs]).toEqual(['messages.count_tokens', 500]);
      expect(JSON.parse(Buffer.from(question.body).toString())).toMatchObject({ model: 'first' });
    }
    expect(wired(options, keyFiles).probed).toEqual([]);
    for (const upstream of all) await upstream.close();
  });

  test('Workers AI has nothing that is free, and says so', () => {
    const options = `${workers}, api_token: 'env:A'`;
    expect(() => parsed(`${options}, probe: { every_ms: 500 }`)).toThrow(
      /up\.probe: nothing that shows whether models answer is free at Workers AI/,
    );
    const { up } = parsed(options).upstreams;
    expect(up === undefined ? 'none' : freeQuestion(up)).toBeUndefined();
  });
});

describe('a gateway with two keys of one resource', () => {
  let host: ScriptedUpstream;
  let gateway: TestGateway;
  /** Who is told no, or that nobody is there. */
  let refused: Readonly<Record<string, number>> = {};
  beforeAll(async () => {
    host = await startScriptedUpstream(({ headers, url }, response) => {
      const status = refused[String(headers['x-api-key'])] ?? 200;
      const said = url.endsWith('count_tokens') ? '{"input_tokens":1}' : messageText();
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 200 ? said : '{}');
    });
    gateway = await startTestGateway(
      `upstreams: { up: { kind: azure, base_url: '${host.url}', api_keys: ['env:A', 'env:B'], probe: { every_ms: 100 } } }`,
      env,
    );
  });
  beforeEach(() => {
    host.received.length = 0;
  });
  afterAll(async () => {
    await gateway.stop();
    await host.stop();
  });
  const ask = (first: string): ReturnType<typeof sendRaw> =>
    sendRaw(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: gateway.headers,
      body: Buffer.from(bodyText({ messages: `[{"role":"user","content":"${first}"}]` })),
    });
  const keys = (): readonly unknown[] => host.received.map(({ headers }) => headers['x-api-key']);

  test('spreads conversations over them', async () => {
    refused = {};
    for (let at = 0; at < 24; at += 1) expect((await ask(`talk ${String(at)}`)).status).toBe(200);
    expect(new Set(keys())).toEqual(new Set(['key-a', 'key-b']));
  });

  test('asks with the other where one is not taken', async () => {
    refused = { 'key-a': 401 };
    for (let at = 0; at < 8; at += 1) expect((await ask(`more ${String(at)}`)).status).toBe(200);
    expect(keys().filter((key) => key === 'key-b')).toHaveLength(8);
  });

  test('probes a key that is left alone until it is back', async () => {
    refused = { 'key-b': 503, 'key-a': 503 };
    for (let at = 0; at < 12; at += 1) await ask(`last ${String(at)}`);
    refused = {};
    await expect
      .poll(() => host.received.filter(({ url }) => url.endsWith('/count_tokens')).length)
      .toBeGreaterThan(0);
    expect((await ask('again')).status).toBe(200);
  });
});
