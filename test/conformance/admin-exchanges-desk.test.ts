import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type {
  BatchAnswer,
  CassetteReport,
  ScenariosAnswer,
} from '../../src/admin/contract-exchanges.ts';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { administer, startAdministeredGateway, textIn } from '../support/admin-client.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Batches, scenarios and cassettes as an operator works with them. */

/** A machine that is busy with other tests takes its time. */
const WAIT = { timeout: 15_000 };

const params = {
  model: 'claude-sonnet-4-6',
  max_tokens: 16,
  messages: [{ role: 'user', content: 'Hi' }],
};

function post(gateway: AdministeredGateway, path: string, body: object): Promise<RawAnswer> {
  const { url, headers } = gateway;
  return sendRaw(`${url}${path}`, { headers, body: JSON.stringify(body) });
}

async function makeBatch(gateway: AdministeredGateway, count: number): Promise<string> {
  const requests = Array.from({ length: count }, (_, index) => ({
    custom_id: `item-${String(index)}`,
    params,
  }));
  const { body } = await post(gateway, '/v1/messages/batches', { requests });
  return (JSON.parse(body.toString()) as { readonly id: string }).id;
}

async function batchOf(gateway: AdministeredGateway, id: string): Promise<BatchAnswer> {
  const { json } = await gateway.ask('GET', `/admin/v1/batches/${id}`);
  return json as unknown as BatchAnswer;
}

describe('batches', () => {
  let gateway: AdministeredGateway;
  beforeAll(async () => {
    gateway = await startAdministeredGateway('batches: { concurrency: 1 }\n');
  });
  afterAll(() => gateway.stop());

  test('one is listed with how far it is, until it has ended', async () => {
    const id = await makeBatch(gateway, 3);
    await vi.waitFor(async () => {
      expect((await batchOf(gateway, id)).status).toBe('ended');
    }, WAIT);
    const ended = await batchOf(gateway, id);
    expect(ended).toMatchObject({ account: 'development', requests: 3, done: 3, progress: 1 });
    expect(ended.counts).toEqual({ succeeded: 3, errored: 0, canceled: 0, expired: 0 });
    const other = await makeBatch(gateway, 1);
    const first = await gateway.ask('GET', '/admin/v1/batches?limit=1');
    expect(first.json['data']).toMatchObject([{ id: other }]);
    const cursor = textIn(first.json, 'next_cursor');
    const next = await gateway.ask('GET', `/admin/v1/batches?limit=1&cursor=${cursor}`);
    expect(next.json).toMatchObject({ data: [{ id }], next_cursor: null });
    const none = await gateway.ask('GET', '/admin/v1/batches?account=nobody');
    expect(none.json['data']).toEqual([]);
  });

  test('one that has ended is not canceled, one that is not there is not found', async () => {
    const id = await makeBatch(gateway, 1);
    await vi.waitFor(async () => {
      expect((await batchOf(gateway, id)).status).toBe('ended');
    }, WAIT);
    const late = await gateway.ask('POST', `/admin/v1/batches/${id}/cancel`, { body: {} });
    expect([late.status, late.json['error']]).toMatchObject([409, { code: 'batch_ended' }]);
    for (const [method, path] of [
      ['GET', '/admin/v1/batches/none'],
      ['POST', '/admin/v1/batches/none/cancel'],
    ] as const) {
      const { status } = await gateway.ask(method, path);
      expect(status).toBe(404);
    }
    const odd = await gateway.ask('GET', '/admin/v1/batches?cursor=x');
    expect(odd.status).toBe(400);
  });
});

test('a batch that runs is canceled, and the audit log says by whom', async () => {
  const gateway = await startAdministeredGateway(
    'batches: { concurrency: 1 }\nemulator: { first_token_ms: 1000 }\n',
  );
  try {
    const id = await makeBatch(gateway, 50);
    const canceled = await gateway.ask('POST', `/admin/v1/batches/${id}/cancel`);
    expect(canceled.status).toBe(200);
    expect(['canceling', 'ended']).toContain(canceled.json['status']);
    await vi.waitFor(async () => {
      const { status, counts } = await batchOf(gateway, id);
      expect([status, counts.canceled > 40]).toEqual(['ended', true]);
    }, WAIT);
    const { json } = await gateway.ask('GET', '/admin/v1/audit-log?limit=1');
    expect(json['data']).toMatchObject([{ action: 'batch.cancel', subject: id }]);
  } finally {
    await gateway.stop();
  }
});

const GOOD = `scenarios:
  - name: first
    respond: { content: 'One.' }
    then:
      - respond: { content: 'Two.' }
  - name: second
    match: { model: claude-sonnet-4-6 }
    error: { type: overloaded_error }
`;
const OTHER = `strict: true
scenarios:
  - name: third
    respond: { content: 'Three.' }
`;

describe('scenarios', () => {
  const directory = mkdtempSync(join(tmpdir(), 'quatrain-scenarios-'));
  const path = join(directory, 'scenarios.yaml');
  let gateway: AdministeredGateway;
  beforeAll(async () => {
    writeFileSync(path, GOOD, { mode: 0o640 });
    const files = {
      get [path](): string {
        return readFileSync(path, 'utf8');
      },
    };
    const started = await startTestGateway(`emulator: { scenarios_file: '${path}' }\n`, {}, files);
    gateway = await administer(started);
  });
  afterAll(async () => {
    await gateway.stop();
    rmSync(directory, { recursive: true });
  });

  const read = async (): Promise<ScenariosAnswer> =>
    (await gateway.ask('GET', '/admin/v1/scenarios')).json as unknown as ScenariosAnswer;
  const put = (body: object): ReturnType<AdministeredGateway['ask']> =>
    gateway.ask('PUT', '/admin/v1/scenarios', { body });

  test('the file is there with what it says', async () => {
    const answer = await read();
    expect(answer).toMatchObject({ path, is_writable: true, text: GOOD, problems: [] });
    expect(answer.in_force).toEqual(['first', 'second']);
    expect(answer.scenarios).toEqual([
      { name: 'first', line: 2, steps: 2, times: null, has_match: false, faults: 0 },
      { name: 'second', line: 6, steps: 1, times: null, has_match: true, faults: 0 },
    ]);
  });

  test.each([
    ['nothing', '', []],
    ['what is right', OTHER, []],
    ['an option that there is none of', 'scenarios:\n  - nam: x\n', [[2, 5, 'scenarios.0.nam']]],
    ['broken YAML', 'scenarios: [\n', [[2, 1, '']]],
    ['a list', '- 1\n', [[1, 1, '']]],
  ])('a text with %s is checked', async (_what, text, wanted) => {
    const { json } = await gateway.ask('POST', '/admin/v1/scenarios/check', { body: { text } });
    expect(json['ok']).toBe(wanted.length === 0);
    const problems = json['problems'] as unknown as ScenariosAnswer['problems'];
    for (const place of wanted) {
      expect(problems.map(({ line, column, path: at }) => [line, column, at])).toContainEqual(
        place,
      );
    }
    expect(await read()).toMatchObject({ text: GOOD });
  });

  test('another text is written whole, and only over the one that was read', async () => {
    const { etag } = await read();
    const wrong = await put({ text: 'scenarios: 3\n', etag });
    expect([wrong.status, wrong.json['error']]).toMatchObject([400, { param: 'text' }]);
    const stale = await put({ text: OTHER, etag: 'x' });
    expect([stale.status, stale.json['error']]).toMatchObject([409, { code: 'scenarios_changed' }]);
    expect(readFileSync(path, 'utf8')).toBe(GOOD);
    const written = await put({ text: OTHER, etag });
    expect(written.json).toMatchObject({
      text: OTHER,
      strict: true,
      in_force: ['first', 'second'],
    });
    expect(readFileSync(path, 'utf8')).toBe(OTHER);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    gateway.gateway.reload(gateway.gateway.config);
    expect(await read()).toMatchObject({ in_force: ['third'] });
    const again = await put({ text: GOOD, etag });
    expect(again.status).toBe(409);
    const { json, text } = await gateway.ask('GET', '/admin/v1/audit-log?limit=1');
    expect(json['data']).toMatchObject([{ action: 'scenarios.write', subject: path }]);
    expect(text).not.toContain('Three.');
  });
});

describe('cassettes', () => {
  let gateway: AdministeredGateway;
  beforeAll(async () => {
    gateway = await startAdministeredGateway();
  });
  afterAll(() => gateway.stop());

  const recording = (body: object): ReturnType<AdministeredGateway['ask']> =>
    gateway.ask('POST', '/admin/v1/cassettes/recording', { body });
  const cassette = async (): Promise<object> =>
    (await gateway.ask('GET', '/admin/v1/cassettes/tape')).json;

  test('a key is recorded for as long as an operator wants', async () => {
    const key = { key_id: 'development' };
    const started = await recording({ action: 'start', ...key, cassette: 'tape' });
    expect(started.json['recordings']).toEqual([
      { key_id: 'development', cassette: 'tape', source: 'operator' },
    ]);
    const twice = await recording({ action: 'start', ...key, cassette: 'tape' });
    expect(twice.json['error']).toMatchObject({ code: 'already_recorded' });
    await post(gateway, '/v1/messages', params);
    await post(gateway, '/v1/messages', { ...params, stream: true });
    await vi.waitFor(async () => {
      expect(await cassette()).toMatchObject({ exchanges: 2 });
    }, WAIT);
    const stopped = await recording({ action: 'stop', ...key });
    expect(stopped.json['recordings']).toEqual([]);
    await post(gateway, '/v1/messages', params);
    expect(await cassette()).toMatchObject({ name: 'tape', exchanges: 2, problem: null });
    const { json } = await gateway.ask('GET', '/admin/v1/cassettes');
    expect(json['data']).toMatchObject([{ name: 'tape', models: ['claude-sonnet-4-6'] }]);
    const page = await gateway.ask('GET', '/admin/v1/cassettes/tape?limit=1');
    expect(page.json).toMatchObject({ data: [{ line: 2, is_stream: false }], next_cursor: '2' });
  });

  test.each([
    ['a key that there is none of', { action: 'start', key_id: 'none', cassette: 'x' }, 404],
    ['no cassette', { action: 'start', key_id: 'development' }, 400],
    ['one that is not recorded', { action: 'stop', key_id: 'development' }, 404],
  ])('recording %s is refused', async (_what, body, status) => {
    expect((await recording(body)).status).toBe(status);
  });

  test('a replay asks an emulator of its own, which answers as it did', async () => {
    const { json } = await gateway.ask('POST', '/admin/v1/cassettes/tape/replay', { body: {} });
    const report = json as unknown as CassetteReport;
    expect(report).toMatchObject({ compared: 2, drifted: 0, left_out: 0, upstream: 'emulator' });
    expect(report.exchanges.map(({ outcome }) => outcome)).toEqual(['same', 'same']);
    const some = await gateway.ask('POST', '/admin/v1/cassettes/tape/replay', {
      body: { limit: 1 },
    });
    expect(some.json).toMatchObject({ compared: 1, left_out: 1 });
  });

  test('a drift is estimated, has to be confirmed, and is noted', async () => {
    const drift = (body: object, more = ''): ReturnType<AdministeredGateway['ask']> =>
      gateway.ask('POST', `/admin/v1/cassettes/tape/drift${more}`, { body });
    const { json } = await drift({}, '/estimate');
    expect(json).toMatchObject({ upstream: 'emulator', requests: 2, skipped: 0, left_out: 0 });
    expect(BigInt(textIn(json, 'cost_nano'))).toBeGreaterThan(0n);
    const unsaid = await drift({});
    expect([unsaid.status, unsaid.json['error']]).toMatchObject([400, { code: 'not_confirmed' }]);
    expect(unsaid.text).toContain('2 real requests');
    const unknown = await drift({ upstream: 'none', confirm: true });
    expect([unknown.status, unknown.json['error']]).toMatchObject([400, { param: 'upstream' }]);
    const done = await drift({ confirm: true });
    expect(done.json).toMatchObject({ compared: 2, drifted: 0 });
    const log = await gateway.ask('GET', '/admin/v1/audit-log?limit=1');
    expect(log.json['data']).toMatchObject([{ action: 'cassette.drift', subject: 'tape' }]);
  });

  test('what is not there is not found, what is broken says so', async () => {
    for (const path of ['none', 'none/replay', 'none/drift', 'none/drift/estimate']) {
      const method = path === 'none' ? 'GET' : 'POST';
      const body = path.endsWith('drift') ? { confirm: true } : {};
      const asking = method === 'GET' ? {} : { body };
      const { status, json } = await gateway.ask(method, `/admin/v1/cassettes/${path}`, asking);
      expect([path, status, json['error']]).toMatchObject([
        path,
        404,
        { code: 'cassette_not_found' },
      ]);
    }
    writeFileSync(join(gateway.dataDir, 'cassettes', 'broken.jsonl'), '{"format":"other"}\n');
    const { json } = await gateway.ask('GET', '/admin/v1/cassettes');
    expect(JSON.stringify(json['data'])).toContain('not a cassette');
    const opened = await gateway.ask('GET', '/admin/v1/cassettes/broken');
    expect(opened.json['error']).toMatchObject({ code: 'cassette_unreadable' });
  });
});
