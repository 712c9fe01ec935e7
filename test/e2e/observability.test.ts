import { afterEach, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/std/json.ts';
import { isJsonObject, parseJson } from '../../src/std/json.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway } from '../support/admin-client.ts';
import { sendRaw } from '../support/post.ts';
import type { RecordingServer } from '../support/recording-server.ts';
import { startRecordingServer } from '../support/recording-server.ts';

/** Traces, metrics and figures of real requests, with a collector on loopback. */

let gateway: AdministeredGateway | undefined;
let collector: RecordingServer | undefined;
afterEach(async () => {
  await gateway?.stop();
  await collector?.stop();
  gateway = undefined;
  collector = undefined;
});

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = 'b7ad6b7169203331';
const asked = { model: 'claude-sonnet-4-6', max_tokens: 64, stream: true } as const;
const messages = [{ role: 'user', content: 'A sentence that no trace may have: zanzibar.' }];

async function startTraced(more = ''): Promise<AdministeredGateway> {
  collector = await startRecordingServer();
  return startAdministeredGateway(
    `telemetry:
  otlp:
    endpoint: ${collector.url}
    headers: { x-collector-token: env:TOKEN }
    export_every_ms: 100
    metrics_every_ms: 1000
${more}`,
    { TOKEN: 'collector-secret' },
  );
}

function bodiesAt(path: string): readonly JsonObject[] {
  return (collector?.requests ?? [])
    .filter((request) => request.path === path)
    .map(({ body }) => parseJson(body))
    .flatMap((parsed) =>
      parsed.kind === 'value' && isJsonObject(parsed.value) ? [parsed.value] : [],
    );
}

function membersOf(value: JsonValue | undefined, name: string): readonly JsonObject[] {
  if (value === undefined || !isJsonObject(value)) return [];
  const members = value[name];
  return Array.isArray(members) ? members.filter((member) => isJsonObject(member)) : [];
}

/** Every span that the collector has. */
function spans(): readonly JsonObject[] {
  return bodiesAt('/v1/traces')
    .flatMap((body) => membersOf(body, 'resourceSpans'))
    .flatMap((resource) => membersOf(resource, 'scopeSpans'))
    .flatMap((scope) => membersOf(scope, 'spans'));
}

function attributesOf(span: JsonObject | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    membersOf(span, 'attributes').map(({ key, value }) => [
      typeof key === 'string' ? key : '',
      value !== undefined && isJsonObject(value) ? Object.values(value)[0] : undefined,
    ]),
  );
}

const spanNamed = (name: string): JsonObject | undefined =>
  spans().find((span) => span['name'] === name);

async function askOnce(traceparent?: string): Promise<void> {
  const at = gateway;
  if (at === undefined) throw new Error('no gateway');
  const answer = await sendRaw(`${at.url}/v1/messages`, {
    method: 'POST',
    headers: { ...at.headers, ...(traceparent === undefined ? {} : { traceparent }) },
    body: JSON.stringify({ ...asked, messages }),
  });
  expect(answer.status).toBe(200);
}

test('a request is a span below its caller, an attempt one below that, and neither says what was said', async () => {
  gateway = await startTraced();
  await askOnce(`00-${traceId}-${parent}-01`);
  await expect.poll(spans).toHaveLength(2);
  const request = spanNamed('chat claude-sonnet-4-6');
  expect(request).toMatchObject({ traceId, parentSpanId: parent });
  expect(spanNamed('ask emulator')).toMatchObject({ traceId, parentSpanId: request?.['spanId'] });
  expect(attributesOf(request)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'claude-sonnet-4-6',
    'http.response.status_code': 200,
    'quatrain.upstream': 'emulator',
  });
  expect(Number(attributesOf(request)['gen_ai.usage.output_tokens'])).toBeGreaterThan(0);
  const sent = JSON.stringify(bodiesAt('/v1/traces'));
  for (const secret of ['zanzibar', 'collector-secret', gateway.key])
    expect(sent).not.toContain(secret);
  expect(collector?.requests.at(0)?.headers['x-collector-token']).toBe('collector-secret');
});

test('one whose caller does not sample is not sent; its row and its log lines say the trace all the same', async () => {
  gateway = await startTraced();
  await askOnce(`00-${traceId}-${parent}-00`);
  await askOnce(`00-${'1'.repeat(32)}-${parent}-01`);
  await expect.poll(spans).toHaveLength(2);
  expect(spans().map((span) => span['traceId'])).toEqual(['1'.repeat(32), '1'.repeat(32)]);
  const { json } = await gateway.ask('GET', '/admin/v1/requests', { key: gateway.adminKey });
  expect(membersOf(json, 'data').map((row) => row['trace_id'])).toEqual(['1'.repeat(32), traceId]);
});

test('metrics go there in the words of the conventions', async () => {
  gateway = await startTraced();
  await askOnce();
  const names = (): readonly unknown[] =>
    bodiesAt('/v1/metrics')
      .flatMap((body) => membersOf(body, 'resourceMetrics'))
      .flatMap((resource) => membersOf(resource, 'scopeMetrics'))
      .flatMap((scope) => membersOf(scope, 'metrics'))
      .map((metric) => metric['name']);
  await expect
    .poll(names, { timeout: 10_000 })
    .toEqual(
      expect.arrayContaining([
        'gen_ai.client.token.usage',
        'gen_ai.server.request.duration',
        'gen_ai.server.time_to_first_token',
      ]),
    );
});

test('a collector that is away costs spans, which are counted, and no request', async () => {
  gateway = await startAdministeredGateway(
    'telemetry:\n  otlp: { endpoint: http://127.0.0.1:9, export_every_ms: 100, timeout_ms: 100, metrics: false }',
  );
  await askOnce();
  const { adminUrl } = gateway;
  const dropped = async (): Promise<string> => {
    const answer = await sendRaw(`${adminUrl}/metrics`);
    return /quatrain_spans_dropped_total (\d+)/.exec(answer.body.toString())?.[1] ?? '';
  };
  await expect.poll(dropped, { timeout: 20_000 }).toBe('2');
  expect(gateway.logLines.join('')).toContain('otlp_spans_not_taken');
});

test('the overview counts what was asked, by hour and by model', async () => {
  gateway = await startAdministeredGateway();
  await askOnce();
  await askOnce();
  const hourMs = 3_600_000;
  const from = new Date(Date.now() - hourMs).toISOString();
  const to = new Date(Date.now() + hourMs).toISOString();
  const path = `/admin/v1/overview?from=${from}&to=${to}`;
  const key = gateway.adminKey;
  const whole = await gateway.ask('GET', path, { key });
  expect(membersOf(whole.json, 'data')).toMatchObject([
    { by: {}, requests: 2, failed: 0, web_search_requests: '0' },
  ]);
  const parted = await gateway.ask('GET', `${path}&group_by=hour,model,upstream`, { key });
  expect(membersOf(parted.json, 'data')).toMatchObject([
    { by: { model: 'claude-sonnet-4-6', upstream: 'emulator' }, requests: 2 },
  ]);
  const wrong = await gateway.ask('GET', `/admin/v1/overview?from=${to}&to=${from}`, { key });
  expect(wrong.status).toBe(400);
});
