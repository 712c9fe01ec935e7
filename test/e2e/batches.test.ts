import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRequestLog } from '../support/read-request-log.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Message batches over HTTP with the official SDK; API reference §1.5. */

let gateway: TestGateway;
let client: Anthropic;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
});
afterAll(() => gateway.stop());

type Params = Anthropic.Messages.BatchCreateParams.Request['params'];

function params(text: string, more: object = {}): Params {
  return {
    model: 'claude-sonnet-4-6',
    max_tokens: 16,
    messages: [{ role: 'user', content: text }],
    ...more,
  };
}

function requests(count: number): Anthropic.Messages.BatchCreateParams.Request[] {
  return Array.from({ length: count }, (_, at) => ({
    custom_id: `item-${String(at)}`,
    params: params(`Number ${String(at)}`),
  }));
}

async function ended(id: string): Promise<Anthropic.Messages.MessageBatch> {
  for (;;) {
    const batch = await client.messages.batches.retrieve(id);
    if (batch.processing_status === 'ended') return batch;
  }
}

async function resultsOf(id: string): Promise<Anthropic.Messages.MessageBatchIndividualResponse[]> {
  const lines = [];
  for await (const line of await client.messages.batches.results(id)) lines.push(line);
  return lines;
}

/** What a call was refused with: `status type: message`. */
async function refused(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Anthropic.APIError)) return `no refusal: ${String(error)}`;
  const body = error.error as { error: { type: string; message: string } };
  return `${String(error.status)} ${body.error.type}: ${body.error.message}`;
}

describe('the life of a batch', () => {
  test('a thousand requests: made, run, tallied, read, listed, deleted', async () => {
    const made = await client.messages.batches.create({ requests: requests(1000) });
    expect(made).toMatchObject({
      type: 'message_batch',
      processing_status: 'in_progress',
      request_counts: { processing: 1000, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
      ended_at: null,
      archived_at: null,
      cancel_initiated_at: null,
      results_url: null,
    });
    expect(made.id).toMatch(/^msgbatch_01[0-9A-Za-z]{22}$/);
    expect(Date.parse(made.expires_at) - Date.parse(made.created_at)).toBe(86_400_000);

    const batch = await ended(made.id);
    expect(batch).toMatchObject({
      request_counts: { processing: 0, succeeded: 1000, errored: 0, canceled: 0, expired: 0 },
      results_url: `${gateway.url}/v1/messages/batches/${made.id}/results`,
    });

    const lines = await resultsOf(made.id);
    expect(lines).toHaveLength(1000);
    expect(new Set(lines.map((line) => line.custom_id)).size).toBe(1000);
    const [first] = lines;
    expect(first?.result.type === 'succeeded' && first.result.message).toMatchObject({
      type: 'message',
      usage: { service_tier: 'batch' },
    });

    const page = await client.messages.batches.list({ limit: 1 });
    expect(page.data.map(({ id }) => id)).toEqual([made.id]);
    expect(await client.messages.batches.delete(made.id)).toEqual({
      id: made.id,
      type: 'message_batch_deleted',
    });
    const gone = `404 not_found_error: Message Batch ${made.id} not found.`;
    expect(await refused(client.messages.batches.retrieve(made.id))).toBe(gone);
    expect(await refused(client.messages.batches.delete(made.id))).toBe(gone);
  });

  test('each request has one row in the request log, which names its batch', async () => {
    const made = await client.messages.batches.create({ requests: requests(3) });
    await ended(made.id);
    const rows = readRequestLog(gateway.dataDir).filter((row) => row.batch_id === made.id);
    expect(rows.map((row) => String(row.custom_id)).toSorted()).toEqual([
      'item-0',
      'item-1',
      'item-2',
    ]);
    expect(rows[0]).toMatchObject({ operation: 'messages.create', status: 200, usage_is_final: 1 });
    expect(rows[0]?.output_tokens).toBeGreaterThan(0);
  });

  test('#153 a request that is wrong errs in its result, with the whole envelope', async () => {
    const { id } = await client.messages.batches.create({
      requests: [
        { custom_id: 'right', params: params('Hi') },
        { custom_id: 'wrong', params: { model: 'claude-sonnet-4-6', max_tokens: 16 } as Params },
        { custom_id: 'unknown', params: params('Hi', { model: 'claude-none' }) },
        { custom_id: 'stream', params: params('Hi', { stream: true }) },
        { custom_id: 'nothing', params: params('Hi', { max_tokens: 0 }) },
        { custom_id: 'fast', params: params('Hi', { speed: 'fast' }) },
      ],
    });
    expect((await ended(id)).request_counts).toMatchObject({ succeeded: 1, errored: 5 });
    const lines = await resultsOf(id);
    const said = Object.fromEntries(
      lines.map(({ custom_id: name, result }) => [
        name,
        result.type === 'errored' ? result.error : result.type,
      ]),
    );
    const envelope = (type: string, message: string): object => ({
      type: 'error',
      error: { type, message },
      request_id: expect.stringMatching(/^req_/) as string,
    });
    expect(said).toMatchObject({
      right: 'succeeded',
      wrong: envelope('invalid_request_error', 'messages: Field required'),
      unknown: envelope('not_found_error', 'model: claude-none'),
      stream: envelope(
        'invalid_request_error',
        '"stream=True" is not supported in the Message Batches API',
      ),
      nothing: envelope('invalid_request_error', 'max_tokens: must be greater than or equal to 1'),
      fast: envelope(
        'invalid_request_error',
        '"speed" is not supported in the Message Batches API',
      ),
    });
  });

  test('#152 the same custom_id twice is refused at once', async () => {
    const twice = [...requests(2), ...requests(1)];
    expect(await refused(client.messages.batches.create({ requests: twice }))).toBe(
      "400 invalid_request_error: requests: custom_id's must be unique within a batch. Duplicate custom_id found: item-0",
    );
  });
});

describe('a batch that takes its time', () => {
  let slow: TestGateway;
  beforeAll(async () => {
    slow = await startTestGateway(
      'emulator: { first_token_ms: 60000 }\nbatches: { concurrency: 2 }',
    );
    client = new Anthropic({ baseURL: slow.url, apiKey: slow.key, maxRetries: 0 });
  });
  afterAll(async () => {
    await slow.stop();
    client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
  });

  test('#154 #155 has no results before its end, and cannot be deleted', async () => {
    const { id } = await client.messages.batches.create({ requests: requests(3) });
    const results = fetch(`${slow.url}/v1/messages/batches/${id}/results`, {
      headers: slow.headers,
    });
    expect(await (await results).json()).toMatchObject({
      error: { type: 'not_found_error', message: `Message Batch ${id} has no available results.` },
    });
    expect(await refused(client.messages.batches.delete(id))).toBe(
      '400 invalid_request_error: In progress batches cannot be deleted. Consider canceling the batch instead.',
    );
  });

  test('is canceled: what has not begun is not run', async () => {
    const { id } = await client.messages.batches.create({ requests: requests(50) });
    const canceling = await client.messages.batches.cancel(id);
    expect(canceling).toMatchObject({
      processing_status: 'canceling',
      request_counts: { processing: 50 },
      cancel_initiated_at: expect.stringMatching(/^20\d\d-/) as string,
    });
    // The first batch holds both places: nothing of this one has begun.
    const batch = await ended(id);
    expect(batch.request_counts).toMatchObject({ canceled: 50 });
    const lines = await resultsOf(id);
    expect(lines).toHaveLength(50);
    expect(lines[0]).toEqual({ custom_id: 'item-0', result: { type: 'canceled' } });
    expect(await refused(client.messages.batches.cancel(id))).toMatch(
      /^400 invalid_request_error: Message Batch msgbatch_\w+ cannot be canceled because it has ended\.$/,
    );
  });
});
