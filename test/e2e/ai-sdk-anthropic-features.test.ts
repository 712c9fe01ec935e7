import { Buffer } from 'node:buffer';
import type { AnthropicProvider } from '@ai-sdk/anthropic';
import { createAnthropic } from '@ai-sdk/anthropic';
import {
  experimental_getBatchResults as getBatchResults,
  experimental_getBatchStatus as getBatchStatus,
  experimental_startBatch as startBatch,
  generateText,
  isStepCount,
  Output,
  streamText,
  uploadFile,
} from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../src/std/json.ts';
import {
  anthropicFace,
  anthropicProvider,
  startAiSdkGateway,
} from '../support/ai-sdk-anthropic-face.ts';
import { collect, failureOf } from '../support/ai-sdk-face.ts';
import { weather } from '../support/ai-sdk-tools.ts';
import { pdfOf } from '../support/sample-media.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** What only the Messages provider of the Vercel AI SDK has. */

const name = 'claude-sonnet-4-6';
const bodies: JsonObject[] = [];
let gateway: TestGateway;
let provider: AnthropicProvider;
beforeAll(async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  gateway = await startAiSdkGateway();
  provider = anthropicProvider(gateway, { bodies });
});
afterAll(() => gateway.stop());

describe('@ai-sdk/anthropic', () => {
  test('provider metadata says what the API says', async () => {
    const { finalStep } = await generateText({
      model: provider(name),
      prompt: 'Count to ten',
      stopSequences: ['STOP'],
    });
    expect(finalStep.providerMetadata?.['anthropic']).toMatchObject({
      stopSequence: 'STOP',
      serviceTier: 'standard',
      usage: { input_tokens: finalStep.usage.inputTokens, cache_read_input_tokens: 0 },
    });
    expect(finalStep.response.headers?.['request-id']).toMatch(/^req_/);
    expect(finalStep.response.headers?.['anthropic-ratelimit-requests-limit']).toBe('4000');
  });

  test('a bearer token is taken in place of the key', async () => {
    const baseURL = `${gateway.url}/v1`;
    const bearer = createAnthropic({ baseURL, authToken: gateway.key });
    const { finishReason } = await generateText({ model: bearer(name), prompt: 'Hello' });
    expect(finishReason).toBe('stop');
  });

  test('the default of 128,000 tokens is refused by the model as it came out; a limit helps', async () => {
    const launch = await startTestGateway();
    try {
      const asked = { model: anthropicFace.connect(launch).model(), prompt: 'Hello' };
      const failure = await failureOf(generateText(asked));
      expect(failure).toMatchObject({ statusCode: 400, data: { type: 'error' } });
      expect((failure as Error).message).toContain('max_tokens: 128000 > 64000');
      const limited = await generateText({ ...asked, maxOutputTokens: 1000 });
      expect(limited.finishReason).toBe('stop');
    } finally {
      await launch.stop();
    }
  });

  test('signatures of thinking go back as they came', async () => {
    const result = await generateText({
      model: provider(name),
      prompt: 'Think and look',
      tools: { weather },
      stopWhen: isStepCount(5),
      providerOptions: anthropicFace.thinking,
    });
    const [thought] = result.steps[0]?.reasoning ?? [];
    const signature = thought?.providerOptions?.['anthropic']?.['signature'];
    expect(signature).toMatch(/.{100}/);
    const thinking = 'The user wants the weather.';
    const sent = JSON.stringify(bodies.at(-1)?.['messages']);
    expect(sent).toContain(JSON.stringify({ type: 'thinking', thinking, signature }));
  });

  test('an object by way of a tool, for models without structured outputs', async () => {
    const asked = {
      model: provider(name),
      prompt: 'A city, please',
      output: Output.object({ schema: z.object({ city: z.string(), old: z.boolean() }) }),
      providerOptions: { anthropic: { structuredOutputMode: 'jsonTool' } },
    };
    const { output, finishReason } = await generateText(asked);
    expect(finishReason).toBe('stop');
    expect(Object.keys(output)).toEqual(['city', 'old']);
    expect(bodies.at(-1)).toMatchObject({
      tool_choice: { type: 'any' },
      tools: [{ name: 'json' }],
    });
    expect(Object.keys(await streamText(asked).output)).toEqual(['city', 'old']);
  });

  test('effort, user and service tier are taken', async () => {
    const result = await generateText({
      model: provider(name),
      prompt: 'Hello',
      providerOptions: {
        anthropic: { effort: 'low', metadata: { userId: 'u-1' }, serviceTier: 'standard_only' },
      },
    });
    expect(result.finishReason).toBe('stop');
    expect(bodies.at(-1)).toMatchObject({
      output_config: { effort: 'low' },
      metadata: { user_id: 'u-1' },
      service_tier: 'standard_only',
    });
  });

  test('disableParallelToolUse leaves one call', async () => {
    for (const prompt of ['Lisbon', 'Porto', 'Faro', 'Braga', 'Sintra', 'Evora']) {
      const { toolCalls } = await generateText({
        model: provider(name),
        prompt,
        tools: { weather, again: weather },
        toolChoice: 'required',
        providerOptions: { anthropic: { disableParallelToolUse: true } },
      });
      expect(toolCalls).toHaveLength(1);
    }
  });
});

describe('@ai-sdk/anthropic: tools of the API', () => {
  test('web search brings sources, streamed and not', async () => {
    const asked = {
      model: provider(name),
      prompt: 'What is new about gateways for language models this week?',
      tools: { web_search: provider.tools.webSearch_20250305({ maxUses: 2 }) },
    };
    const whole = await generateText(asked);
    expect(whole.toolCalls[0]).toMatchObject({ toolName: 'web_search', providerExecuted: true });
    expect(whole.sources.length).toBeGreaterThan(0);
    expect(whole.sources[0]).toMatchObject({ sourceType: 'url' });
    const stream = streamText(asked);
    const kinds = (await collect(stream.stream)).map(({ type }) => type);
    expect(kinds).toContain('source');
    expect(kinds).not.toContain('error');
    expect(await stream.finishReason).toBe('stop');
  });

  test('code runs on the side of the API', async () => {
    const result = await generateText({
      model: provider(name),
      prompt: 'Compute the mean of 1, 2 and 3 with code',
      tools: { code_execution: provider.tools.codeExecution_20250825() },
    });
    expect(result.finishReason).toBe('stop');
    expect(result.content.map(({ type }) => type)).toContain('tool-result');
  });

  test.each(['bash', 'memory'] as const)('%s is called on the side of the caller', async (kind) => {
    const ran: unknown[] = [];
    const execute = (input: unknown): string => {
      ran.push(input);
      return 'done';
    };
    const tools =
      kind === 'bash'
        ? { bash: provider.tools.bash_20250124({ execute }) }
        : { memory: provider.tools.memory_20250818({ execute }) };
    const result = await generateText({
      model: provider(name),
      prompt: 'Look around in the folder where you are',
      tools,
      stopWhen: isStepCount(5),
    });
    expect(ran).toHaveLength(1);
    expect(result.finishReason).toBe('stop');
    expect(result.text).toContain('The tool returned its result: “done”');
  });

  test('what is cited of a document becomes a source', async () => {
    const data = Buffer.from('The bridge is long. It was built in 1966. It is red.');
    const file = {
      type: 'file' as const,
      data,
      mediaType: 'text/plain',
      filename: 'bridge.txt',
      providerOptions: { anthropic: { citations: { enabled: true } } },
    };
    const content = [file, { type: 'text' as const, text: 'What is said about the bridge?' }];
    const messages = [{ role: 'user' as const, content }];
    const whole = await generateText({ model: provider(name), messages });
    expect(whole.sources[0]).toMatchObject({ sourceType: 'document', filename: 'bridge.txt' });
    const streamed = await streamText({ model: provider(name), messages }).sources;
    expect(streamed.length).toBe(whole.sources.length);
  });

  test('context is edited where the caller asks for it', async () => {
    const result = await generateText({
      model: provider(name),
      prompt: 'Hello',
      tools: { weather },
      toolChoice: 'none',
      providerOptions: {
        anthropic: { contextManagement: { edits: [{ type: 'clear_tool_uses_20250919' }] } },
      },
    });
    expect(result.finalStep.providerMetadata?.['anthropic']?.['contextManagement']).toEqual({
      appliedEdits: [],
    });
  });
});

describe('@ai-sdk/anthropic: files and batches', () => {
  test('an uploaded file is attached by its reference', async () => {
    const { providerReference } = await uploadFile({
      api: provider.files(),
      data: Buffer.from(pdfOf(1), 'base64'),
      mediaType: 'application/pdf',
      filename: 'page.pdf',
    });
    expect(providerReference['anthropic']).toMatch(/^file_/);
    const file = {
      type: 'file' as const,
      data: providerReference,
      mediaType: 'application/pdf',
      filename: 'page.pdf',
    };
    const content = [
      file,
      { type: 'text' as const, text: 'What does this page say to the reader?' },
    ];
    const { text } = await generateText({
      model: provider(name),
      messages: [{ role: 'user', content }],
    });
    expect(text).toContain('The last message carried 1 document');
  });

  test('a PDF by its URL', async () => {
    const file = {
      type: 'file' as const,
      data: new URL('https://example.com/a.pdf'),
      mediaType: 'application/pdf',
    };
    const content = [
      file,
      { type: 'text' as const, text: 'What does this page say to the reader?' },
    ];
    const { text } = await generateText({
      model: provider(name),
      messages: [{ role: 'user', content }],
    });
    expect(text).toContain('The last message carried 1 document');
  });

  test('a batch is started, ends, and has the results', async () => {
    const requests = ['first', 'second'].map((id) => ({
      id,
      type: 'text' as const,
      model: name,
      prompt: `Hello, ${id}`,
    }));
    const batch = await startBatch({ provider, requests });
    const statusNow = async (): Promise<string> =>
      (await getBatchStatus({ provider, batch })).status;
    await expect.poll(statusNow, { timeout: 10_000 }).toBe('completed');
    const results = await collect(getBatchResults({ provider, batch }));
    const texts = new Map(
      results.map((item): [string, unknown] => [item.id, 'text' in item ? item.text : item]),
    );
    expect(texts.size).toBe(2);
    expect(texts.get('first')).toContain('Hello, first');
    expect(texts.get('second')).toContain('Hello, second');
  });
});
