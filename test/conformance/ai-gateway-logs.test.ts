import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { errorOf, messageStart, opening, wholeStream } from '../support/event-stream.ts';
import { GATEWAYS, LoggedGateway, envelopeIn, logIdOf } from '../support/logged-gateway.ts';
import { sendRaw } from '../support/post.ts';
import { SONNET, plainInputs, run, runOverRest } from '../support/run-workers-ai.ts';

/** What is kept of a request through a gateway, and what it is called; Workers reference §3.3, §3.11. */

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** What the scripted stream says was used: 11 read anew, 3 from the cache, 42 written. */
const used = { tokens_in: 14, tokens_out: 42 };

let at: LoggedGateway;
beforeAll(async () => {
  at = await LoggedGateway.start('gateway_log:\n  body_bytes_max: 20000\n');
});
afterAll(async () => {
  await at.stop();
});
beforeEach(() => {
  at.streams(wholeStream);
});

describe('ids', () => {
  test('W-G18 log, request and event have one id, by which the log is found', async () => {
    const id = await at.make('ids');
    const { headers } = await at.run(id);
    const logId = String(headers['cf-aig-log-id']);
    expect(logId).toMatch(uuidV7);
    expect([headers['cf-aig-request-id'], headers['cf-aig-event-id']]).toEqual([logId, logId]);
    expect(headers['cf-aig-step']).toBeUndefined();
    expect(await at.log(id, logId)).toMatchObject({
      id: logId,
      request_id: logId,
      event_id: logId,
    });
  });

  test.each([
    ['an option', { eventId: 'E' }, {}],
    ['a header', {}, { 'cf-aig-event-id': 'E' }],
  ])('W-G18 an event that the caller names in %s', async (_name, options, headers) => {
    const answer = await at.run('default', options, { headers });
    expect(answer.headers['cf-aig-event-id']).toBe('E');
    expect(answer.headers['cf-aig-request-id']).toBe(logIdOf(answer));
    expect((await at.log('default', logIdOf(answer)))['event_id']).toBe('E');
  });

  test('W-B37 two runs at once have each their own', async () => {
    const answers = await Promise.all([at.run('default'), at.run('default')]);
    const ids = answers.map(logIdOf);
    expect(new Set(ids).size).toBe(2);
    const logged = await Promise.all(ids.map((id) => at.log('default', id)));
    expect(logged.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ['a run', () => run(at.gateway)],
    ['a run of the account’s API', () => runOverRest(at.gateway, `/run/${SONNET}`, plainInputs)],
    [
      'the Messages form',
      () => runOverRest(at.gateway, '/v1/messages', { model: SONNET, ...plainInputs }),
    ],
    [
      'Chat Completions',
      () => runOverRest(at.gateway, '/v1/chat/completions', { model: SONNET, ...plainInputs }),
    ],
  ])('every route that belongs to a gateway has them: %s', async (_name, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(await at.log('default', logIdOf(answer))).toMatchObject({
      model: SONNET,
      provider: 'anthropic',
      status_code: 200,
    });
  });

  test('a request that belongs to no gateway has none', async () => {
    const { headers } = await sendRaw(`${at.gateway.url}/v1/messages`, {
      headers: at.gateway.headers,
      body: JSON.stringify({ model: 'claude-sonnet-4-6', ...plainInputs }),
    });
    expect(Object.keys(headers).filter((name) => name.startsWith('cf-'))).toEqual([]);
  });
});

describe('what is kept', () => {
  test('W-G25 the usage of a stream, from its first event and its last, and both bodies', async () => {
    const id = await at.make('streams');
    const answer = await at.run(id, {}, { change: { stream: true } });
    expect(answer.body.toString()).toBe(wholeStream);
    const log = await at.log(id, logIdOf(answer));
    expect(log).toMatchObject({
      ...used,
      // 11 × 3 + 3 × 0.3 + 42 × 15 USD for a million tokens.
      cost: 0.000_663_9,
      custom_cost: false,
      cached: false,
      success: true,
      status_code: 200,
      model_type: 'Text Generation',
      path: 'v1/messages',
      request_content_type: 'application/json',
      response_content_type: 'text/event-stream',
      response_size: Buffer.byteLength(wholeStream),
      response_head: wholeStream,
      response_head_complete: true,
      request_head_complete: true,
    });
    expect(JSON.parse(String(log['request_head']))).toMatchObject(plainInputs);
    const path = `${GATEWAYS}/${id}/logs/${log.id}`;
    const [request, response] = [await at.api(`${path}/request`), await at.api(`${path}/response`)];
    expect(request.headers['content-type']).toBe('application/json');
    expect(JSON.parse(request.body.toString())).toMatchObject(plainInputs);
    expect(response.headers['content-type']).toBe('text/event-stream');
    expect(response.body.toString()).toBe(wholeStream);
  });

  test('an answer in one piece, as its caller got it', async () => {
    const answer = await at.run('default');
    const path = `${GATEWAYS}/default/logs/${logIdOf(answer)}/response`;
    expect((await at.api(path)).body).toEqual(answer.body);
    expect(await at.log('default', logIdOf(answer))).toMatchObject(used);
  });

  test('a body that is too large is not kept, and the log is', async () => {
    const content = 'x'.repeat(30_000);
    const answer = await at.run(
      'default',
      {},
      { change: { messages: [{ role: 'user', content }] } },
    );
    const log = await at.log('default', logIdOf(answer));
    expect(log).toMatchObject({ ...used, request_head_complete: false });
    expect(log['request_size']).toBeGreaterThan(30_000);
    expect(log).not.toHaveProperty('request_head');
    const missing = await at.api(`${GATEWAYS}/default/logs/${log.id}/request`);
    expect([missing.status, envelopeIn(missing).errors[0]?.code]).toEqual([404, 7002]);
  });

  test('a head is cut between letters', async () => {
    const content = 'ä'.repeat(5000);
    const answer = await at.run(
      'default',
      {},
      { change: { messages: [{ role: 'user', content }] } },
    );
    const log = await at.log('default', logIdOf(answer));
    expect(log['request_head_complete']).toBe(false);
    expect(log['request_head']).toMatch(/ä$/);
  });

  test.each<[string, () => void, number, object]>([
    [
      'an error before any content',
      () => {
        at.streams(messageStart + errorOf('overloaded_error', 'Overloaded'));
      },
      429,
      { success: false, cost: 0 },
    ],
    [
      'an error of the upstream',
      () => {
        at.upstream.script = (_request, response) => {
          response.writeHead(400, { 'content-type': 'application/json' });
          response.end(
            '{"type":"error","error":{"type":"invalid_request_error","message":"no"},"request_id":"r"}',
          );
        };
      },
      400,
      { success: false, tokens_in: null, tokens_out: null, cost: 0 },
    ],
  ])('%s is a log too', async (_name, script, status, expected) => {
    script();
    const answer = await at.run('default', {}, { change: { stream: true } });
    expect(answer.status).toBe(status);
    expect(await at.log('default', logIdOf(answer))).toMatchObject({
      status_code: status,
      ...expected,
    });
  });

  test('a stream that breaks is no success, and counts what is known of it', async () => {
    at.streams(opening);
    const answer = await at.run('default', {}, { change: { stream: true } });
    const log = await at.log('default', logIdOf(answer));
    expect(log).toMatchObject({ status_code: 200, success: false, tokens_in: 14 });
    expect(log['response_head']).toBe(answer.body.toString());
  });

  test('a run that its caller leaves is a log of what went out', async () => {
    const id = await at.make('left');
    at.upstream.script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening);
    };
    const controller = new AbortController();
    const response = await fetch(`${at.gateway.url}/ai-gateway/run?version=3`, {
      method: 'POST',
      signal: controller.signal,
      headers: {
        authorization: `Bearer ${at.gateway.key}`,
        'content-type': 'application/json',
        'cf-consn-model-id': SONNET,
      },
      body: JSON.stringify({
        inputs: { ...plainInputs, stream: true },
        options: { gateway: { id } },
      }),
    });
    const logId = response.headers.get('cf-aig-log-id');
    await response.body?.getReader().read();
    controller.abort();
    await expect.poll(async () => (await at.logs(id)).length).toBe(1);
    expect(await at.log(id, logId)).toMatchObject({ success: false, response_head: opening });
  });

  test('W-G09 of six entries of metadata, the first five', async () => {
    const metadata = { a: 1, b: 'two', c: true, d: null, e: 5, f: 6 };
    const answer = await at.run('default', { metadata });
    const { f: _f, ...five } = metadata;
    const log = await at.log('default', logIdOf(answer));
    expect(JSON.parse(String(log['metadata']))).toEqual(five);
  });

  test('W-G16 no log is kept where the request says so, and none is promised', async () => {
    const id = await at.make('silent');
    const headers = { 'cf-aig-collect-log': 'false' };
    const answer = await at.run(id, {}, { headers });
    expect(answer.headers).not.toHaveProperty('cf-aig-log-id');
    expect(answer.headers['cf-aig-request-id']).toMatch(uuidV7);
    expect(await at.logs(id)).toEqual([]);
  });

  test('W-G16 nor where the gateway says so, unless the request asks for one', async () => {
    const id = await at.make('quiet', { collect_logs: false });
    expect((await at.run(id)).headers).not.toHaveProperty('cf-aig-log-id');
    const asked = await at.run(id, { collectLog: true });
    expect((await at.logs(id)).map(({ id: logId }) => logId)).toEqual([logIdOf(asked)]);
  });

  test('W-G16 a log without bodies has the rest', async () => {
    const headers = { 'cf-aig-collect-log-payload': 'false' };
    const answer = await at.run('default', {}, { headers, change: { stream: true } });
    const log = await at.log('default', logIdOf(answer));
    expect(log).toMatchObject({
      ...used,
      success: true,
      response_size: Buffer.byteLength(wholeStream),
    });
    expect(log).not.toHaveProperty('response_head');
    const body = await at.api(`${GATEWAYS}/default/logs/${log.id}/response`);
    expect(body.status).toBe(404);
  });

  test.each<[string, object, number]>([
    ['in and out', { per_token_in: 0.1, per_token_out: 0.2 }, 9.8],
    ['a total', { total_cost: 0.012_345_678_9 }, 0.012_345_678_9],
    ['the cache', { per_token_in: 1, per_token_out: 0, per_cache_read_token: 0.1 }, 11.3],
    [
      'the rate of input where one of the cache’s is given',
      { per_token_in: 1, per_token_out: 0, per_cache_write_token: 9 },
      14,
    ],
  ])('W-G17 what the caller says that it costs: %s', async (_name, cost, expected) => {
    const headers = { 'cf-aig-custom-cost': JSON.stringify(cost) };
    const answer = await at.run('default', {}, { headers });
    expect(await at.log('default', logIdOf(answer))).toMatchObject({
      cost: expected,
      custom_cost: true,
    });
  });

  test('W-G03 an answer from the cache costs nothing', async () => {
    const id = await at.make('cached', { cache_ttl: 60 });
    await at.run(id);
    const hit = await at.run(id);
    expect(hit.headers['cf-aig-cache-status']).toBe('HIT');
    expect(await at.log(id, logIdOf(hit))).toMatchObject({ cached: true, cost: 0, success: true });
  });
});
