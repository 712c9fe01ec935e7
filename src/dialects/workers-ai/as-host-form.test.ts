import { describe, expect, test } from 'vitest';
import { isRefusal, refusal } from '../../messages/errors.ts';
import type { Refusal } from '../../messages/errors.ts';
import { messagesDialect } from '../messages/messages-dialect.ts';
import type { Dialect, IncomingCall } from '../dialect.ts';
import { asHostForm } from './as-host-form.ts';

const hosted = asHostForm(messagesDialect, { usualHeaders: 'provider-key' });

function call(more: Partial<IncomingCall> = {}): IncomingCall {
  return {
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    target: { params: { gateway: 'shop' }, query: '' },
    headers: {},
    body: Buffer.from('{"model":"m"}'),
    requestId: 'req_1',
    account: 'test',
    jsonBounds: { depthMax: 16, keysMax: 100 },
    startedAtMs: 0,
    findModel: () => undefined,
    nearModels: () => [],
    chatCompletions: { flavour: 'aimlapi' },
    workersAi: { content: 'relaxed' },
    ...more,
  };
}

const bodyOf = (dialect: Dialect, said: Refusal): unknown =>
  JSON.parse(Buffer.from(dialect.encodeError(said, 'req_1').body).toString());

describe('the gateway that a request goes through', () => {
  const token = { 'cf-aig-authorization': 'Bearer own' };

  test.each<[string, Dialect, Partial<IncomingCall>, object]>([
    ['by the path', hosted, { headers: token }, { id: 'shop', isAuthenticated: true }],
    ['without its own header', hosted, {}, { id: 'shop', isAuthenticated: false }],
    [
      'with options',
      hosted,
      { headers: { ...token, 'cf-aig-max-attempts': '9', 'cf-aig-gateway-id': 'other' } },
      { id: 'shop', options: { maxAttempts: 5 } },
    ],
    [
      'as a step',
      asHostForm(messagesDialect, { usualHeaders: 'provider-key', step: { index: 2 } }),
      {},
      { isAuthenticated: true, step: { index: 2 } },
    ],
    [
      'where the provider is the account itself',
      asHostForm(messagesDialect, { usualHeaders: 'account-key' }),
      { headers: { authorization: 'Bearer own' } },
      { isAuthenticated: true },
    ],
  ])('%s', (_name, dialect, more, expected) => {
    expect(dialect.decodeRequest(call(more))).toMatchObject({ gateway: expected });
  });

  test('a key that goes to another form’s place goes without its scheme', () => {
    const dialect = asHostForm(messagesDialect, { usualHeaders: 'translated-key' });
    const headers = { ...token, authorization: 'Bearer sk' };
    const decoded = dialect.decodeRequest(call({ headers }));
    if (isRefusal(decoded)) throw new Error(decoded.code);
    expect(decoded.gateway?.providerKey?.key.reveal()).toBe('sk');
    expect(decoded.gateway?.providerKey?.auth).toBeUndefined();
  });
});

describe('who says no', () => {
  test('the form itself and the upstream: in the form', () => {
    const decoded = hosted.decodeRequest(call({ body: Buffer.from('{}') }));
    if (!isRefusal(decoded)) throw new Error('a request without a model was taken');
    const upstreams = hosted.decodeRequest(call());
    if (isRefusal(upstreams)) throw new Error(upstreams.code);
    const said = upstreams.refuseError?.(refusal('overloaded')) ?? refusal('internal');
    expect(bodyOf(hosted, decoded)).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(bodyOf(hosted, said)).toMatchObject({ error: { type: 'overloaded_error' } });
    expect(hosted.encodeError(said, 'req_1').status).toBe(529);
  });

  test.each<[string, Partial<IncomingCall>, number]>([
    ['an option', { headers: { 'cf-aig-backoff': 'odd' } }, 7003],
    ['a name of a gateway', { target: { params: { gateway: '-' }, query: '' } }, 2001],
  ])('%s: the gateway', (_name, more, code) => {
    const said = hosted.decodeRequest(call(more));
    if (!isRefusal(said)) throw new Error('it was taken');
    expect(bodyOf(hosted, said)).toMatchObject({
      success: false,
      name: 'AiGatewayError',
      internalCode: code,
      httpCode: 400,
      error: [{ code }],
    });
  });

  test('a key that is missing: where it goes', () => {
    expect(bodyOf(hosted, refusal('unauthenticated'))).toMatchObject({
      internalCode: 2009,
      description: expect.stringContaining('cf-aig-authorization') as string,
    });
  });
});
