import Anthropic, { NotFoundError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Models over the wire (API reference §13.8, cases 150 and 151), under each profile. */
describe.each([
  ['launch', 200_000, 64_000],
  ['ga-2026-08', 1_000_000, 128_000],
] as const)('%s', (profile, context, output) => {
  let gateway: TestGateway;
  let client: Anthropic;
  beforeAll(async () => {
    gateway = await startTestGateway(`emulator:\n  profile: ${profile}\n`);
    client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.key });
  });
  afterAll(() => gateway.stop());

  test('#150 a page of one, and the walk over all of them', async () => {
    const page = await client.models.list({ limit: 1 });
    expect(page.data).toHaveLength(1);
    expect(page).toMatchObject({
      has_more: true,
      first_id: page.data[0]?.id,
      last_id: page.data[0]?.id,
    });
    const ids: string[] = [];
    for await (const model of client.models.list({ limit: 2 })) ids.push(model.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('claude-sonnet-4-6');
  });

  test('#150 more than a thousand is refused', async () => {
    const answer = await sendRaw(`${gateway.url}/v1/models?limit=1001`, {
      headers: gateway.headers,
    });
    expectEnvelope(answer, {
      status: 400,
      type: 'invalid_request_error',
      message: /^limit: Input should be less than or equal to 1000$/,
    });
  });

  test('#151 an alias is answered with its snapshot', async () => {
    const model = await client.models.retrieve('claude-sonnet-4-0');
    expect(model).toMatchObject({ type: 'model', id: 'claude-sonnet-4-20250514' });
  });

  test('one model with its limits', async () => {
    const model = await client.models.retrieve('claude-sonnet-4-6');
    expect(model).toMatchObject({
      display_name: 'Claude Sonnet 4.6',
      max_input_tokens: context,
      max_tokens: output,
    });
  });

  test('an unknown one is not found', async () => {
    await expect(client.models.retrieve('claude-0')).rejects.toThrow(NotFoundError);
  });
});
