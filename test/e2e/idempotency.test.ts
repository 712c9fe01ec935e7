import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAiClient } from '../support/openai-client.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Idempotency keys as the official SDKs send them, before the emulator. */

let gateway: TestGateway;
let anthropic: Anthropic;
let openai: OpenAI;
beforeAll(async () => {
  gateway = await startTestGateway('emulator: { first_token_ms: 300 }');
  anthropic = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
  openai = openAiClient(gateway);
});
afterAll(async () => {
  await gateway.stop();
});

const messages = [{ role: 'user' as const, content: 'Hello, Claude' }];
const hello = { model: 'claude-sonnet-4-6', max_tokens: 64, messages };

function keyed(key: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { 'Idempotency-Key': key } };
}

describe('@anthropic-ai/sdk', () => {
  test('gets an answer again, and says which', async () => {
    const first = await anthropic.messages.create(hello, keyed('whole'));
    const { data, response } = await anthropic.messages
      .create(hello, keyed('whole'))
      .withResponse();
    expect(data).toEqual(first);
    expect(response.headers.get('idempotent-replayed')).toBe('true');
  });

  test('reads a stream again', async () => {
    const first = await anthropic.messages.stream(hello, keyed('stream')).finalMessage();
    const stream = anthropic.messages.stream(hello, keyed('stream'));
    const { response } = await stream.withResponse();
    expect(await stream.finalMessage()).toEqual(first);
    expect(response.headers.get('idempotent-replayed')).toBe('true');
  });

  test('is told what is wrong', async () => {
    await anthropic.messages.create(hello, keyed('other'));
    const other = anthropic.messages.create({ ...hello, max_tokens: 65 }, keyed('other'));
    await expect(other).rejects.toBeInstanceOf(Anthropic.UnprocessableEntityError);
    const wrong = anthropic.messages.create(hello, keyed('x'.repeat(256)));
    await expect(wrong).rejects.toBeInstanceOf(Anthropic.BadRequestError);
  });

  test('waits by itself for the first of two at once', async () => {
    const patient = anthropic.withOptions({ maxRetries: 3 });
    const [one, other] = await Promise.all([
      patient.messages.create(hello, keyed('both')),
      patient.messages.create(hello, keyed('both')),
    ]);
    expect(other).toEqual(one);
  });
});

describe('openai', () => {
  test('gets an answer again', async () => {
    const first = await openai.chat.completions.create(hello, keyed('whole'));
    const { data, response } = await openai.chat.completions
      .create(hello, keyed('whole'))
      .withResponse();
    expect(data.choices).toEqual(first.choices);
    expect(data.id).toBe(first.id);
    expect(response.headers.get('idempotent-replayed')).toBe('true');
  });

  test('reads a stream again', async () => {
    const read = async (): Promise<readonly OpenAI.ChatCompletionChunk[]> => {
      const chunks: OpenAI.ChatCompletionChunk[] = [];
      const stream = await openai.chat.completions.create(
        { ...hello, stream: true },
        keyed('stream'),
      );
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    };
    const first = await read();
    expect(first.length).toBeGreaterThan(1);
    expect(await read()).toEqual(first);
  });

  test('is told what is wrong', async () => {
    await openai.chat.completions.create(hello, keyed('other'));
    const other = openai.chat.completions.create({ ...hello, max_tokens: 65 }, keyed('other'));
    await expect(other).rejects.toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    await expect(other).rejects.toBeInstanceOf(OpenAI.UnprocessableEntityError);
  });
});
