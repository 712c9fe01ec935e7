import { expect, test } from 'vitest';
import { uncancelled } from '../../src/std/cancellation.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { Secret } from '../../src/std/secret.ts';
import type { AwsSecrets } from '../../src/upstreams/bedrock/aws-secrets.ts';
import { RereadAwsSecrets } from '../../src/upstreams/bedrock/aws-secrets.ts';
import type { BedrockUpstreamOptions } from '../../src/upstreams/bedrock/bedrock-upstream.ts';
import { createBedrockUpstream } from '../../src/upstreams/bedrock/bedrock-upstream.ts';
import type { BedrockAccount } from '../support/bedrock-server.ts';
import { isUnavailable, startBedrockServer } from '../support/bedrock-server.ts';
import { messageText } from '../support/engine-server.ts';
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
  withRig,
} from './driver-suite-rig.ts';
import { describeDriver } from './driver-suite.ts';

const REGION = 'eu-central-1';
const account = {
  region: REGION,
  accessKeyId: 'AKIACANARY0123456789',
  secretAccessKey: 'canary/secret+access0123456789',
};

interface RigOptions {
  readonly account?: Partial<BedrockAccount>;
  readonly upstream?: Partial<BedrockUpstreamOptions>;
  /** What stands behind the references a minute later. */
  readonly read?: () => AwsSecrets | undefined;
}

/** A driver before a local Bedrock, which checks signatures by the documentation's own rules. */
async function openRig({
  account: other = {},
  upstream = {},
  read = () => undefined,
}: RigOptions = {}): Promise<DriverRig> {
  const clock = new ManualClock();
  const lines: string[] = [];
  const mine = { ...account, ...other };
  const server = await startBedrockServer({ ...mine, wallMs: () => clock.wallMs() });
  const { apiKey, sessionToken } = mine;
  const signing = {
    accessKeyId: new Secret(mine.accessKeyId),
    secretAccessKey: new Secret(mine.secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) }),
  };
  const first: AwsSecrets =
    apiKey === undefined
      ? { kind: 'signing', credentials: signing }
      : { kind: 'key', key: new Secret(apiKey) };
  const driver = createBedrockUpstream({
    name: 'aws',
    origin: server.origin,
    basePath: '',
    transport: driverTransport(clock, server.origin),
    secrets: new RereadAwsSecrets({ first, read, clock }),
    region: REGION,
    inferenceProfile: 'eu',
    registered: (name) => (name === 'claude-sonnet-4-6' ? `anthropic.${name}` : undefined),
    models: {},
    listModels: () => [],
    answerBytesMax: 1024 * 1024,
    userAgent: 'quatrain/test',
    clock,
    log: notedLog(clock, lines),
    ...upstream,
  });
  const signingSecrets = [mine.accessKeyId, mine.secretAccessKey];
  return {
    upstream: driver,
    server,
    clock,
    lines,
    secrets: [
      ...(apiKey === undefined ? signingSecrets : [apiKey]),
      ...(sessionToken === undefined ? [] : [sessionToken]),
    ],
    async close(): Promise<void> {
      await driver.close();
      await server.stop();
    },
  };
}

const options = {
  model: 'eu.anthropic.claude-sonnet-4-6',
  withoutMembers: ['model', 'stream'],
  refuses: isUnavailable,
};
describeDriver('bedrock', openRig, options);

test('#157 Bedrock is asked in its own form and streams as the API does', () =>
  withRig(openRig(), async (rig) => {
    rig.server.answer({ kind: 'stream', events: textStream, ending: 'end' });
    const answer = answered(await sendTo(rig, { body: bodyText({}, true), stream: true }));
    const [request] = rig.server.requests;
    expect(request?.target).toBe(
      '/model/eu.anthropic.claude-sonnet-4-6/invoke-with-response-stream',
    );
    const members = membersOf(request?.body.toString() ?? '');
    expect(Object.keys(members)).toEqual(['anthropic_version', 'max_tokens', 'messages']);
    expect(members['anthropic_version']).toBe('"bedrock-2023-05-31"');
    expect(answer.headers).toEqual([
      'content-type',
      'text/event-stream; charset=utf-8',
      'cache-control',
      'no-cache',
      'request-id',
      '7c3e0b5e-1f0a-4d6e-9a53-000000000001',
    ]);
    expect((await readBody(answer.body)).text).toBe(canonicalStream(textStream));
  }));

test('#158 a throttlingException in a stream is its error event', () =>
  withRig(openRig(), async (rig) => {
    const said = { status: 429, type: 'rate_limit_error', message: 'Too many tokens.' };
    rig.server.answer({ kind: 'stream', events: textStream.slice(0, 3), ending: said });
    const answer = answered(await sendTo(rig, { body: bodyText({}, true), stream: true }));
    const { text, ended } = await readBody(answer.body);
    expect(text.slice(text.lastIndexOf('event: '))).toBe(
      'event: error\ndata: {"type":"error","error":{"details":null,"type":"rate_limit_error","message":"Too many tokens."},"request_id":"req_suite"}\n\n',
    );
    expect(ended).toBe('end');
    expect(rig.lines.join('')).toContain('throttlingException');
  }));

/** Names that a path has to be encoded for, and a signature once more. */
const odd =
  'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0';

test.each<[string, RigOptions]>([
  ['a signature', {}],
  ['a signature with a session', { account: { sessionToken: 'canary/session==' } }],
  ['an API key', { account: { apiKey: 'bedrock-api-key-canary' } }],
])('%s shows whose request it is, whatever the model is called', async (_name, given) => {
  const models = { 'claude-sonnet-4-6': odd, other: 'anthropic.claude-sonnet-4-20250514-v1:0' };
  await withRig(openRig({ ...given, upstream: { models } }), async (rig) => {
    for (const model of ['claude-sonnet-4-6', 'other']) {
      rig.server.answer({ kind: 'message', json: messageText() });
      const body = bodyText({ model: JSON.stringify(model) });
      const answer = answered(await sendTo(rig, { body }));
      expect(headerOf(answer.headers, 'x-quatrain-edits')).toBe('model-renamed');
      await readBody(answer.body);
      rig.clock.advance(86_400_000);
    }
    expect(rig.server.asked.map(({ credentialFault }) => credentialFault)).toEqual([
      undefined,
      undefined,
    ]);
    expect(rig.server.asked.map(({ model }) => model)).toEqual(Object.values(models));
    expect(rig.server.requests[0]?.target).toBe(`/model/${encodeURIComponent(odd)}/invoke`);
  });
});

/** What signs with another secret, as before or after a change. */
function signingWith(secretAccessKey: string): AwsSecrets {
  const accessKeyId = new Secret(account.accessKeyId);
  return {
    kind: 'signing',
    credentials: { accessKeyId, secretAccessKey: new Secret(secretAccessKey) },
  };
}

test('a signature of another secret is seen by the server; secrets are read anew every minute', () =>
  withRig(openRig({ read: () => signingWith('another') }), async (rig) => {
    for (const advanceMs of [0, 59_000, 1000]) {
      rig.clock.advance(advanceMs);
      rig.server.answer({ kind: 'message', json: messageText() });
      await readBody(answered(await sendTo(rig, { body: bodyText() })).body);
    }
    const mismatch = 'the signature does not match';
    expect(rig.server.asked.map(({ credentialFault }) => credentialFault)).toEqual([
      undefined,
      undefined,
      mismatch,
    ]);
  }));

test.each([
  ['is asked once more with the new secret', 'another', 2, 200],
  ['is refused where there is none', account.secretAccessKey, 1, 401],
])('a request whose session has ended %s', (_name, present, requests, status) =>
  withRig(openRig({ read: () => signingWith(present) }), async (rig) => {
    const said = { status: 403, type: 'authentication_error', message: 'Expired.' };
    rig.clock.advance(2000);
    rig.server.answer({ kind: 'error', said }, { kind: 'message', json: messageText() });
    const answer = answered(await sendTo(rig, { body: bodyText() }));
    await readBody(answer.body);
    expect([answer.status, rig.server.requests.length]).toEqual([status, requests]);
  }),
);

test('a body beyond 20 MB is refused and not sent', () =>
  withRig(openRig(), async (rig) => {
    const messages = JSON.stringify([{ role: 'user', content: 'a'.repeat(20 * 1024 * 1024) }]);
    const said = await sendTo(rig, { body: bodyText({ messages }) });
    expect(said).toMatchObject({ kind: 'refusal', code: 'request_too_large' });
    expect(rig.server.requests).toEqual([]);
  }));

test('a count with thinking names more tokens than that may take', () =>
  withRig(openRig(), async (rig) => {
    rig.server.answer({ kind: 'count', inputTokens: 5 });
    const body = '{"model":"m","messages":[],"thinking":{"type":"enabled","budget_tokens":4096}}';
    answered(await sendTo(rig, { body, operation: 'messages.count_tokens' }));
    expect(membersOf(rig.server.asked[0]?.body ?? '')['max_tokens']).toBe('4097');
  }));

test('no header of the request goes out but its trace', () =>
  withRig(openRig(), async (rig) => {
    rig.server.answer({ kind: 'message', json: messageText() });
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = ['anthropic-version', '2023-06-01', 'anthropic-beta', 'b', 'x-mine', 'c'];
    const asked = {
      operation: 'messages.create',
      method: 'POST',
      path: '/v1/messages?beta=true',
      headers,
      trace: ['traceparent', trace, 'tracestate', 'a=b'],
      body: Buffer.from(bodyText()),
      stream: false,
      requestId: 'req_1',
      account: 'test',
    } as const;
    answered(await rig.upstream.send(asked, uncancelled));
    expect(Object.keys(rig.server.requests[0]?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'traceparent',
      'tracestate',
      'user-agent',
      'x-amz-content-sha256',
      'x-amz-date',
    ]);
    expect(rig.server.asked[0]?.credentialFault).toBeUndefined();
  }));
