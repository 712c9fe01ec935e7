import { APICallError, generateText, RetryError, streamText } from 'ai';
import { describe, expect, test } from 'vitest';
import type { AiSdkConnection, AiSdkFace } from './ai-sdk-face.ts';
import { collect, failureOf } from './ai-sdk-face.ts';
import { becomesSo } from './own-time.ts';
import { startTestGateway } from './start-test-gateway.ts';

interface Said {
  readonly modelName?: string;
  readonly prompt?: string;
  readonly messages?: readonly object[];
}

type Prompted = Parameters<typeof generateText>[0];

/** Errors with their status and text, what is retried, what breaks on the way, and who leaves. */
export function describeFailures(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('errors', () => {
    const noPicture = [
      {
        role: 'user' as const,
        content: [{ type: 'file' as const, data: 'bm8gcGljdHVyZQ==', mediaType: 'image/png' }],
      },
    ];

    test.each<[string, Said, number, string]>([
      ['an unknown model', { modelName: 'claude-nope', prompt: 'Hello' }, 404, 'claude-nope'],
      ['a picture that is none', { messages: noPicture }, 400, 'image'],
    ])('%s', async (_name, { modelName, ...prompt }, status, text) => {
      const { model } = open();
      const asked = { model: model(modelName), maxRetries: 0, ...prompt } as Prompted;
      const failure = await failureOf(generateText(asked));
      expect(APICallError.isInstance(failure)).toBe(true);
      expect(failure).toMatchObject({ statusCode: status, isRetryable: false });
      expect((failure as APICallError).message).toContain(text);
      const errors: unknown[] = [];
      const stream = streamText({ ...asked, onError: ({ error }) => void errors.push(error) });
      await stream.consumeStream();
      expect(errors).toEqual([expect.objectContaining({ statusCode: status })]);
    });

    test('a wrong key', async () => {
      const stranger = face.connect(open().gateway, { apiKey: 'sk-wrong' });
      const asked = { model: stranger.model(), prompt: 'Hello' };
      expect(await failureOf(generateText(asked))).toMatchObject({
        statusCode: 401,
        isRetryable: false,
      });
    });

    test('every error names its request', async () => {
      const failure = await failureOf(
        generateText({ model: open().model('claude-nope'), prompt: 'Hello' }),
      );
      expect((failure as APICallError).responseHeaders?.['x-quatrain-request-id']).toMatch(/^req_/);
    });
  });

  describeRetries(face, open);
  describeBreaks(face, open);
}

function describeRetries(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('retries', () => {
    test.each(['Busy at first', 'Overloaded at first'])('%s, then answered', async (prompt) => {
      const { model, bodies } = open();
      const before = bodies.length;
      expect((await generateText({ model: model(), prompt })).text).toBe('Now there is room.');
      expect(await streamText({ model: model(), prompt }).text).toBe('Now there is room.');
      expect(bodies.length - before).toBe(4);
    });

    test.each<[string, number]>([
      ['Always busy', 429],
      ['Always overloaded', face.overloadedStatus],
    ])('%s: the last error is told', async (prompt, statusCode) => {
      const { model, bodies } = open();
      const before = bodies.length;
      const failure = await failureOf(generateText({ model: model(), prompt, maxRetries: 1 }));
      expect(RetryError.isInstance(failure)).toBe(true);
      expect((failure as RetryError).lastError).toMatchObject({ statusCode, isRetryable: true });
      expect(bodies.length - before).toBe(2);
      expect(
        await failureOf(generateText({ model: model(), prompt, maxRetries: 0 })),
      ).toMatchObject({
        statusCode,
      });
    });
  });
}

function describeBreaks(face: AiSdkFace, open: () => AiSdkConnection): void {
  describe('streams that break', () => {
    test.each(['Break in the middle', 'Stop without an end'])(
      '%s: the words so far, then an error and no good end',
      async (prompt) => {
        const stream = streamText({ model: open().model(), prompt, onError: () => undefined });
        const parts = await collect(stream.stream);
        const text = parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
        expect(text).toMatch(/^one/);
        expect(text).not.toContain('ten');
        const isNoticed = prompt === 'Break in the middle' || face.noticesMissingEnd;
        expect(parts.some(({ type }) => type === 'error')).toBe(isNoticed);
        const finish = parts.find((part) => part.type === 'finish-step');
        expect(finish?.finishReason ?? 'error').not.toBe('stop');
      },
    );

    test('the same in one piece is an error with a status', async () => {
      const asked = { model: open().model(), prompt: 'Break in the middle', maxRetries: 0 };
      expect(await failureOf(generateText(asked))).toMatchObject({
        statusCode: face.overloadedStatus,
        isRetryable: true,
      });
    });

    test('whoever aborts is left alone, and the upstream too', async () => {
      const gateway = await startTestGateway('emulator: { tokens_per_second: 20 }');
      try {
        const abort = new AbortController();
        const stream = streamText({
          model: face.connect(gateway).model(),
          maxOutputTokens: 1000,
          prompt: 'Tell me a story that takes a while to be told',
          abortSignal: abort.signal,
        });
        const kinds: string[] = [];
        for await (const part of stream.stream) {
          kinds.push(part.type);
          if (part.type === 'text-delta') abort.abort();
        }
        expect(kinds).toContain('text-delta');
        expect(kinds).toContain('abort');
        expect(kinds).not.toContain('finish');
        const inFlight = async (): Promise<string | undefined> =>
          /^quatrain_requests_in_flight (\d+)/m.exec(
            await (await fetch(`${gateway.adminUrl}/metrics`)).text(),
          )?.[1];
        expect(await becomesSo(async () => (await inFlight()) === '0', 1000)).toBe(true);
      } finally {
        await gateway.stop();
      }
    });
  });
}
