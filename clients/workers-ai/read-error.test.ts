import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AiGatewayLogNotFound } from './binding-errors.ts';
import { readGatewayError, readListedError, readRunError } from './read-error.ts';

const refused = (body: string): Response => new Response(body, { status: 400 });

describe('whatever a refusal says', () => {
  const bodies = fc.oneof(fc.string(), fc.json());

  test('a run has an error that carries it', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { error } = await readRunError(refused(body));
        expect(error.name).toBeTypeOf('string');
        expect(error.status).toBe(400);
      }),
    );
  });

  test('so have the other methods', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const error = await readGatewayError(refused(body), 'Log Not Found', AiGatewayLogNotFound);
        expect(['AiGatewayLogNotFound', 'AiGatewayInternalError']).toContain(error.name);
        expect((await readListedError(refused(body))).message).not.toBe('');
      }),
    );
  });
});

test.each([
  ['{"internalCode":7003,"message":"m"}', '7003: m'],
  ['{"internalCode":"7003","description":"d","message":"m"}', '7003: d'],
  ['{"internalCode":0,"description":"d"}', '{"internalCode":0,"description":"d"}'],
  ['{"errors":[]}', '{"errors":[]}'],
  ['{"errors":[null]}', '{"errors":[null]}'],
  ['{"errors":[{"message":"m"}]}', 'm'],
  ['[]', '[]'],
  ['null', 'null'],
  ['', ''],
])('%s says %s', async (body, message) => {
  const { error } = await readRunError(refused(body));
  expect({ name: error.name, message: error.message }).toEqual({
    name: 'InferenceUpstreamError',
    message,
  });
});

test('what an answer said besides is there, and in nobody’s way', async () => {
  const body = '{"internalCode":7003,"name":"AiError","description":"d"}';
  const { error, internalCode } = await readRunError(
    new Response(body, { status: 404, headers: { 'retry-after': '7' } }),
  );
  expect(internalCode).toBe(7003);
  expect({ status: error.status, code: error.code }).toEqual({ status: 404, code: 7003 });
  expect(error.headers?.get('retry-after')).toBe('7');
  expect(Object.keys(error)).toEqual(['name']);
});
