import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from '../support/expect-envelope.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What a plan decides: seed 004 and the standard one, on the same requests. */

const base = { max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] };

function ask(gateway: TestGateway, change: object): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/v1/messages`, {
    headers: gateway.headers,
    body: JSON.stringify({ model: 'claude-sonnet-4-6', ...base, ...change }),
  });
}

describe('the prepaid plan', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway('plan: prepaid\n');
  });
  afterAll(() => gateway.stop());

  test.each([false, true])('#34 more than 16,384 tokens, stream %s', async (stream) => {
    const answer = await ask(gateway, { max_tokens: 16_385, stream });
    expectEnvelope(answer, {
      status: 400,
      type: 'invalid_request_error',
      message:
        /^max_tokens: 16385 > 16384, which is the maximum allowed number of output tokens for claude-sonnet-4-6$/,
    });
  });

  test('#34 exactly 16,384 is answered', async () => {
    expect((await ask(gateway, { max_tokens: 16_384 })).status).toBe(200);
  });

  test('#34 under an alias the snapshot is named', async () => {
    const answer = await ask(gateway, { model: 'claude-haiku-4-5', max_tokens: 20_000 });
    expectEnvelope(answer, {
      status: 400,
      type: 'invalid_request_error',
      message: /for claude-haiku-4-5-20251001$/,
    });
  });

  test('a model that it does not list is not found, and near ones are named', async () => {
    const answer = await ask(gateway, { model: 'claude-sonet-4-6' });
    expectEnvelope(answer, {
      status: 404,
      type: 'not_found_error',
      message: /^model: claude-sonet-4-6$/,
    });
    const { error } = JSON.parse(answer.body.toString()) as {
      readonly error: { readonly details: { readonly near_matches: readonly string[] } };
    };
    expect(error.details.near_matches).toContain('claude-sonnet-4-6');
  });
});

describe('the standard plan', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  test("#34 knows the model's own limit only", async () => {
    expect((await ask(gateway, { max_tokens: 16_385 })).status).toBe(200);
    expect((await ask(gateway, { max_tokens: 64_001 })).status).toBe(400);
  });

  test('#27 leaves the name to the upstream', async () => {
    const answer = await ask(gateway, { model: 'sonnet4' });
    expectEnvelope(answer, { status: 404, type: 'not_found_error', message: /^model: sonnet4$/ });
  });
});

describe('#28 names of other forms', () => {
  let prepaid: TestGateway;
  let standard: TestGateway;
  beforeAll(async () => {
    prepaid = await startTestGateway('plan: prepaid\n');
    standard = await startTestGateway();
  });
  afterAll(async () => {
    await prepaid.stop();
    await standard.stop();
  });

  test.each([
    'claude-sonnet-4.6',
    'anthropic/claude-sonnet-4.6',
    'anthropic/claude-sonnet-4-6-20260218',
  ])('%s is an alias where the plan takes every form, and the edit is named', async (model) => {
    const answer = await ask(prepaid, { model });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-quatrain-edits']).toBe('model-renamed');
    const { model: answered } = JSON.parse(answer.body.toString()) as { readonly model: string };
    expect(answered).toBe('claude-sonnet-4-6');
    expectEnvelope(await ask(standard, { model }), {
      status: 404,
      type: 'not_found_error',
      message: `model: ${model}`,
    });
  });

  test('a name of the Messages form is left as it is', async () => {
    const answer = await ask(prepaid, { model: 'claude-haiku-4-5' });
    expect(answer.headers['x-quatrain-edits']).toBeUndefined();
  });
});
