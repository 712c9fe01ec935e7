import Cloudflare from 'cloudflare';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WorkersAi } from '../../clients/workers-ai/workers-ai.ts';
import { AiGatewayLogNotFound, createAI, headOf } from '../../clients/workers-ai/workers-ai.ts';
import { wholeStream } from '../support/event-stream.ts';
import { GATEWAYS, LoggedGateway, envelopeIn, logIdOf } from '../support/logged-gateway.ts';
import { SONNET } from '../support/run-workers-ai.ts';
import { makeSecondKey } from '../support/second-key.ts';

/** How logs of gateways are read, counted, changed and removed; Workers reference §1.6, §3.11. */

/** What the scripted stream says was used: 11 read anew, 3 from the cache, 42 written. */
const used = { tokens_in: 14, tokens_out: 42 };

let at: LoggedGateway;
beforeAll(async () => {
  at = await LoggedGateway.start();
});
afterAll(async () => {
  await at.stop();
});
beforeEach(() => {
  at.streams(wholeStream);
});

describe('the logs of a gateway', () => {
  test('are a list, which filters cut down as the service’s own client writes them', async () => {
    const id = await at.make('listed');
    const ids: string[] = [];
    for (const user of ['u1', 'u2', 'u2']) {
      ids.push(logIdOf(await at.run(id, { metadata: { user } })));
    }
    const client = new Cloudflare({
      apiToken: at.gateway.key,
      baseURL: `${at.gateway.url}/client/v4`,
    });
    const listed = await client.aiGateway.logs.list(id, { account_id: 'a' });
    expect(listed.result.map((log) => log.id)).toEqual(ids.toReversed());
    expect(listed.result_info).toMatchObject({ page: 1, count: 3, total_count: 3 });
    expect(listed.result_info).toMatchObject({ min_tokens_in: 14, max_total_tokens: 56 });
    const ofTwo = await client.aiGateway.logs.list(id, {
      account_id: 'a',
      filters: [
        { key: 'metadata.key', operator: 'eq', value: ['user'] },
        { key: 'metadata.value', operator: 'eq', value: ['u2'] },
        { key: 'tokens', operator: 'gt', value: [50] },
      ],
      order_by: 'created_at',
      order_by_direction: 'asc',
      per_page: 1,
      page: 2,
    });
    expect(ofTwo.result.map((log) => log.id)).toEqual(ids.slice(2));
    const [first = ''] = ids;
    const one = await client.aiGateway.logs.get(first, { account_id: 'a', gateway_id: id });
    expect(one).toMatchObject({ id: first, metadata: '{"user":"u1"}' });
    await client.aiGateway.logs.edit(first, { account_id: 'a', gateway_id: id, feedback: 1 });
    const liked = { key: 'feedback', operator: 'eq', value: [1] } as const;
    const removed = await client.aiGateway.logs.delete(id, {
      account_id: 'a',
      filters: [{ ...liked, value: [...liked.value] }],
    });
    expect(removed.success).toBe(true);
    expect((await at.logs(id)).map((log) => log.id)).toEqual(ids.slice(1).toReversed());
  });

  test.each([
    ['?filters=[{"key":"nope","operator":"eq","value":["x"]}]', 'filters[0].key'],
    ['?filters=[', 'filters'],
    ['?filters.key=cost&filters.operator=gt&filters.value=much', 'filters[0].value'],
    ['?filters[0][key]=cost&filters[0][operator]=near&filters[0][value]=1', 'filters[0].operator'],
    ['?filters.key=cost', 'filters[0].value'],
    ['?order_by=size', 'order_by'],
    ['?success=maybe', 'success'],
    ['?per_page=0', 'per_page'],
  ])('a question that makes no sense is a 400: %s', async (query, place) => {
    const answer = await at.api(`${GATEWAYS}/default/logs${encodeURI(query)}`);
    const [error] = envelopeIn(answer).errors;
    expect([answer.status, error?.code]).toEqual([400, 7003]);
    expect(error?.message).toContain(`Invalid value at ${place}: expected`);
  });

  test('are counted by what they have in common', async () => {
    const id = await at.make('counted');
    await at.run(id);
    await at.run(id, {}, { model: 'anthropic/claude-opus-4.6' });
    await at.run(id);
    const answer = await at.api(`${GATEWAYS}/${id}/analytics?dimensions=model,provider`);
    expect(envelopeIn(answer).result).toMatchObject([
      {
        dimensions: { model: SONNET, provider: 'anthropic' },
        count: 2,
        tokens_in: 28,
        tokens_out: 84,
        cost: 0.001_327_8,
        errors: 0,
      },
      { dimensions: { model: 'anthropic/claude-opus-4.6' }, count: 1 },
    ]);
    const all = await at.api(`${GATEWAYS}/${id}/analytics?success=true`);
    expect(envelopeIn(all).result).toMatchObject([{ dimensions: {}, count: 3 }]);
    const strange = await at.api(`${GATEWAYS}/${id}/analytics?dimensions=weather`);
    expect(strange.status).toBe(400);
  });

  test('are seen by their account and by no other', async () => {
    const key = await makeSecondKey(at.gateway);
    const logId = logIdOf(await at.run('default'));
    const path = `${GATEWAYS}/default/logs/${logId}`;
    for (const [suffix, method] of [
      ['', 'GET'],
      ['', 'PATCH'],
      ['/request', 'GET'],
      ['/response', 'GET'],
    ] as const) {
      const answer = await at.api(`${path}${suffix}`, {
        method,
        key,
        ...(method === 'PATCH' ? { body: {} } : {}),
      });
      expect([answer.status, envelopeIn(answer).errors[0]?.code]).toEqual([404, 7002]);
    }
    const listed = await at.api(`${GATEWAYS}/default/logs`, { key });
    expect(envelopeIn(listed).result).toEqual([]);
    expect((await at.api(path, { key: 'wrong' })).status).toBe(401);
    expect((await at.api(`${GATEWAYS}/nope/logs`)).status).toBe(404);
  });

  test('go with their gateway', async () => {
    const id = await at.make('removed');
    await at.run(id);
    expect(await at.logs(id)).toHaveLength(1);
    await at.api(`${GATEWAYS}/${id}`, { method: 'DELETE' });
    await at.make(id);
    expect(await at.logs(id)).toEqual([]);
  });
});

describe('the binding', () => {
  const binding = (): WorkersAi => createAI({ baseURL: at.gateway.url, apiKey: at.gateway.key });

  test('W-B31 W-B32 finds the log of a run, and says what people thought of it', async () => {
    const id = await at.make('rated');
    const ai = binding();
    const result = await ai.run(
      'anthropic/claude-sonnet-4.6',
      { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 },
      { gateway: { id, metadata: { team: 'x' } } },
    );
    const { logId } = headOf(result) ?? {};
    expect(ai.aiGatewayLogId).toBe(logId);
    const rated = ai.gateway(id);
    const log = await rated.getLog(String(logId));
    expect(log.created_at).toBeInstanceOf(Date);
    expect(Math.abs(Date.now() - log.created_at.getTime())).toBeLessThan(60_000);
    expect(log).toMatchObject({ model: SONNET, metadata: { team: 'x' }, ...used });
    expect(
      await rated.patchLog(String(logId), { feedback: -1, score: 1, metadata: { a: 'b' } }),
    ).toBeUndefined();
    expect(await at.log(id, logId)).toMatchObject({
      feedback: -1,
      score: 1,
      metadata: '{"a":"b"}',
    });
    await rated.patchLog(String(logId), { feedback: null });
    expect(await at.log(id, logId)).toMatchObject({ feedback: null, score: 1 });
  });

  test('W-B31 W-B32 a log that is not there is an exception of its own', async () => {
    const rated = binding().gateway('default');
    await expect(rated.getLog('nope')).rejects.toBeInstanceOf(AiGatewayLogNotFound);
    await expect(rated.getLog('nope')).rejects.toThrow('Not Found');
    await expect(rated.patchLog('nope', { score: 1 })).rejects.toBeInstanceOf(AiGatewayLogNotFound);
  });

  test.each([
    { feedback: 2 },
    { feedback: 'good' },
    { score: 'high' },
    { metadata: { nested: {} } },
  ])('W-B32 what no log can have is refused: %j', async (body) => {
    const logId = logIdOf(await at.run('default'));
    const answer = await at.api(`/ai-gateway/gateways/default/logs/${logId}`, {
      method: 'PATCH',
      body,
    });
    expect(answer.status).toBe(400);
  });
});
