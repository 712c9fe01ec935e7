import { expect, test } from 'vitest';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { Secret } from '../../src/std/secret.ts';
import { RereadBearer } from '../../src/upstreams/bearer-source.ts';
import type { WorkersAiUpstreamOptions } from '../../src/upstreams/workers-ai/workers-ai-upstream.ts';
import { createWorkersAiUpstream } from '../../src/upstreams/workers-ai/workers-ai-upstream.ts';
import type { WireAnswer } from '../support/engine-server.ts';
import { messageText } from '../support/engine-server.ts';
import { eventsIn } from '../support/read-stream.ts';
import { startWorkersAiServer } from '../support/workers-ai-server.ts';
import type { DriverRig } from './driver-suite-rig.ts';
import {
  answered,
  bodyText,
  driverTransport,
  headerOf,
  notedLog,
  readBody,
  sendTo,
} from './driver-suite-rig.ts';
import { describeDriver } from './driver-suite.ts';

const ACCOUNT = 'canary0account0id';
const TOKEN = 'canary-cloud-token';

async function openRig(
  endpoint: 'messages' | 'run',
  more: Partial<WorkersAiUpstreamOptions> = {},
): Promise<DriverRig> {
  const clock = new ManualClock();
  const lines: string[] = [];
  const server = await startWorkersAiServer({ accountId: ACCOUNT, token: TOKEN, endpoint });
  const source = new RereadBearer({ clock, read: () => new Secret(TOKEN) });
  const driver = createWorkersAiUpstream({
    name: 'workers',
    origin: server.origin,
    basePath: '',
    transport: driverTransport(clock, server.origin),
    credential: { kind: 'bearer', source },
    accountId: ACCOUNT,
    endpoint,
    models: {},
    byDefault: (name) => `anthropic/${name.replace(/-(\d)-(\d)$/, '-$1.$2')}`,
    countInput: () => 42,
    listModels: () => [],
    answerBytesMax: 1024 * 1024,
    userAgent: 'quatrain/test',
    log: notedLog(clock, lines),
    ...more,
  });
  return {
    upstream: driver,
    server,
    clock,
    lines,
    secrets: [TOKEN, ACCOUNT],
    async close(): Promise<void> {
      await driver.close();
      await server.stop();
    },
  };
}

const form = { model: 'anthropic/claude-sonnet-4.6', withoutMembers: ['model'] };
const counted = 'the service counts nothing: the gateway does';
describeDriver('workers-ai', () => openRig('messages'), {
  ...form,
  skips: { count_tokens: counted },
});
describeDriver('workers-ai, runs', () => openRig('run'), {
  ...form,
  skips: {
    count_tokens: counted,
    recordings: 'inputs of a run have one text where recorded requests have a list of them',
  },
});

/** A rig for one test. */
async function withRig(
  more: Partial<WorkersAiUpstreamOptions>,
  body: (rig: DriverRig) => Promise<void>,
): Promise<void> {
  const rig = await openRig('run', more);
  try {
    await body(rig);
  } finally {
    await rig.close();
  }
}

const whole = { kind: 'message', json: messageText() } as const;

test('a run is asked at its model, through the gateway', () =>
  withRig({ gatewayId: 'g1' }, async (rig) => {
    rig.server.answer(whole);
    const answer = answered(await sendTo(rig, { body: bodyText() }));
    const [request] = rig.server.requests;
    expect(request?.target).toBe(
      `/client/v4/accounts/${ACCOUNT}/ai/run/anthropic/claude-sonnet-4.6`,
    );
    expect(request?.headers['cf-aig-gateway-id']).toBe('g1');
    expect(headerOf(answer.headers, 'x-upstream-request-id')).toBe('run-1');
  }));

test('texts of the system are joined, which is said', () =>
  withRig({}, async (rig) => {
    rig.server.answer(whole);
    const system = '[{"type":"text","text":"a"},{"type":"text","text":"b"}]';
    const answer = answered(await sendTo(rig, { body: bodyText({ system }) }));
    expect(JSON.parse(rig.server.asked[0]?.body ?? '')).toMatchObject({ system: 'a\n\nb' });
    expect(headerOf(answer.headers, 'x-quatrain-edits')).toBe('system-joined');
    const odd = bodyText({ system: '[{"type":"image"}]' });
    expect(await sendTo(rig, { body: odd })).toMatchObject({ param: 'system.0' });
  }));

test('input is counted here', () =>
  withRig({}, async (rig) => {
    const body = '{"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"Hi"}]}';
    const operation = 'messages.count_tokens';
    const answer = answered(await sendTo(rig, { body, operation }));
    expect((await readBody(answer.body)).text).toBe('{"input_tokens":42}');
    expect(await sendTo(rig, { body: '{"model":1}', operation })).toMatchObject({
      code: 'invalid_request',
    });
    expect(rig.server.requests).toEqual([]);
  }));

function wire(value: object | string, status = 200): { kind: 'wire'; answer: WireAnswer } {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const headers = { 'content-type': 'application/json' };
  return { kind: 'wire', answer: { status, headers, body: Buffer.from(text) } };
}

const message = JSON.parse(messageText()) as Readonly<Record<string, unknown>>;

test('what the gateway adds to a message goes where it belongs', () =>
  withRig({}, async (rig) => {
    const gatewayMetadata = { keySource: 'Unified', usage: { cache_read_input_tokens: 3 } };
    rig.server.answer(wire({ success: true, result: { ...message, gatewayMetadata } }));
    const { text } = await readBody(answered(await sendTo(rig, { body: bodyText() })).body);
    expect(JSON.parse(text)).toEqual({
      ...message,
      usage: { cache_read_input_tokens: 3, input_tokens: 11, output_tokens: 5 },
    });
  }));

test('a message within an answer within an envelope', () =>
  withRig({}, async (rig) => {
    rig.server.answer(wire({ success: true, result: { state: 'Completed', result: message } }));
    const { text } = await readBody(answered(await sendTo(rig, { body: bodyText() })).body);
    expect(JSON.parse(text)).toEqual(message);
  }));

test('one piece becomes the stream that was asked for', () =>
  withRig({}, async (rig) => {
    const known = { ...message, content: [{ type: 'text', text: 'x' }] };
    const unknown = { ...message, content: [{ type: 'hologram' }] };
    for (const result of [known, unknown]) {
      rig.server.answer(wire({ success: true, result }));
      const answer = answered(await sendTo(rig, { body: bodyText({}, true), stream: true }));
      expect(answer.isEventStream).toBe(true);
      const events = eventsIn((await readBody(answer.body)).text);
      expect([events[0]?.type, events.at(-1)?.type]).toEqual(['message_start', 'message_stop']);
      expect(JSON.stringify(events)).toContain(JSON.stringify(result.content[0]?.type));
    }
  }));

const failed = 'upstream_failed';

test.each<[string, object | string, string]>([
  ['no JSON', 'x', failed],
  ['no message', { success: true, result: { response: 'hi' } }, failed],
  ['no result', { success: true, result: null }, failed],
])('%s is no answer', async (_name, body, code) => {
  const rig = await openRig('run');
  rig.server.answer(wire(body));
  expect(await sendTo(rig, { body: bodyText() })).toMatchObject({ kind: 'refusal', code });
  await rig.close();
});

const listed = (code: number): object => ({ success: false, errors: [{ code, message: 'm' }] });

test.each<[string, number, object | string, number, string]>([
  ['the envelope', 400, listed(7003), 400, 'm'],
  ['a model that is not there', 404, listed(7003), 404, 'm'],
  ['one that is no model of the service', 400, listed(5007), 404, 'm'],
  ['an answer that failed', 200, listed(3040), 529, 'm'],
  ['a run that failed', 200, { state: 'Failed', error: { code: 'x', message: 'm' } }, 502, 'm'],
  [
    'a list of the gateway',
    429,
    { success: false, error: [{ code: 2003, message: 'm' }] },
    429,
    'm',
  ],
  ['the word of a policy', 403, { success: false, error: { message: 'm' } }, 403, 'm'],
  ['the binding’s form', 401, { internalCode: 2009, description: 'm', name: 'x' }, 401, 'm'],
  ['no money', 402, listed(2021), 402, 'm'],
  ['a guardrail', 424, listed(2016), 400, 'm'],
  ['the API’s own words', 400, envelope('invalid_request_error'), 400, 'm'],
  ['those in the words of the service', 400, wrapped('rate_limit_error'), 429, 'm'],
  ['a page', 520, '<html>', 520, 'The upstream answered with status 520.'],
])('an error: %s', async (...[, status, body, becomes, text]) => {
  const rig = await openRig('run');
  rig.server.answer(wire(body, status));
  const answer = answered(await sendTo(rig, { body: bodyText() }));
  const said = JSON.parse((await readBody(answer.body)).text) as object;
  expect(said).toMatchObject({ type: 'error', error: { message: text } });
  expect(answer.status).toBe(becomes);
  await rig.close();
});

function envelope(type: string): object {
  return { type: 'error', error: { type, message: 'm' }, request_id: 'r' };
}

function wrapped(type: string): object {
  return { success: false, errors: [{ code: 8001, message: JSON.stringify(envelope(type)) }] };
}

test('a path has no steps in it', async () => {
  const rig = await openRig('run');
  for (const model of ['../../x', '%2e/../x', '/', 'a//b']) {
    const said = await sendTo(rig, { body: bodyText({ model: JSON.stringify(model) }) });
    expect(said).toMatchObject({ code: 'not_found' });
  }
  expect(rig.server.requests).toEqual([]);
  await rig.close();
});
