import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelFinder } from '../../../test/support/known-models.ts';
import type { MessagesRequest } from '../../messages/request.ts';
import { isRefusal } from '../../messages/errors.ts';
import type { DecodedCall, IncomingCall } from '../dialect.ts';
import { accountDialect } from './account-dialect.ts';
import { bindingDialect } from './binding-dialect.ts';
import { runErrorOf } from './run-error.ts';

const SONNET = 'anthropic/claude-sonnet-4.6';
const inputs = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 5 };

function call(body: string | Uint8Array, more: Partial<IncomingCall> = {}): IncomingCall {
  return {
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    target: { params: {}, query: 'version=3' },
    headers: { 'cf-consn-model-id': SONNET },
    body: Buffer.from(body),
    requestId: 'req_1',
    account: 'test',
    jsonBounds: { depthMax: 32, keysMax: 1000 },
    startedAtMs: 0,
    findModel: modelFinder(),
    nearModels: () => [],
    chatCompletions: { flavour: 'aimlapi' },
    workersAi: { content: 'relaxed' },
    ...more,
  };
}

const binding = (body: string | Uint8Array): IncomingCall => call(body);
const bare = (body: string | Uint8Array): IncomingCall =>
  call(body, { target: { params: { account: 'a' }, query: '' }, headers: {} });
const named = (body: string | Uint8Array): IncomingCall =>
  call(body, { target: { params: { account: 'a', model: SONNET }, query: '' }, headers: {} });

const routes = [
  ['the binding', bindingDialect, binding, { inputs, options: {} }],
  ['the account’s API', accountDialect, bare, { model: SONNET, input: inputs, options: {} }],
  ['the same with the model in the path', accountDialect, named, { ...inputs, options: {} }],
] as const;

describe.each(routes)('a request of %s', (_name, dialect, asked, whole) => {
  test('is one of the canonical form, which asks for a stream', () => {
    const decoded = dialect.decodeRequest(asked(JSON.stringify(whole))) as DecodedCall;
    expect(decoded).toMatchObject({
      model: SONNET,
      modelId: 'claude-sonnet-4-6',
      maxTokens: 5,
      request: { path: '/v1/messages', stream: true, account: 'test', requestId: 'req_1' },
    });
    expect(decoded.encoder?.isStream).toBe(false);
    const body = JSON.parse(Buffer.from(decoded.request.body).toString()) as MessagesRequest;
    expect(body).toEqual({ ...inputs, model: 'claude-sonnet-4-6', stream: true });
  });

  test('whatever its bytes: decoded to an object, or refused with a number, never thrown', () => {
    const parts = fc.constantFrom(
      JSON.stringify(whole),
      JSON.stringify(inputs),
      '{',
      '}',
      '"',
      ':',
    );
    const member = fc.constantFrom('inputs', 'options', 'input', 'model', 'messages', 'gateway');
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(member, fc.jsonValue({ maxDepth: 1 })),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.oneof(parts, fc.string()), { maxLength: 4 }).map((texts) => texts.join('')),
      fc.dictionary(member, value).map((body) => JSON.stringify(body)),
      fc.dictionary(member, value).map((body) => JSON.stringify({ ...whole, ...body })),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const decoded = dialect.decodeRequest(asked(body));
        const shown = isRefusal(decoded)
          ? `no ${String(runErrorOf(decoded).internalCode)}`
          : Buffer.from(decoded.request.body).toString();
        expect(shown).toMatch(/^(?:no [1-9]\d*$|\{"model":"claude-sonnet-4-6",.*"stream":true)/);
      }),
      { numRuns: 2000 },
    );
  });
});
