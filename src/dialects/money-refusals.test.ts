import { describe, expect, test } from 'vitest';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { textOf } from '../std/json.ts';
import { chatCompletionsDialect } from './chat-completions/chat-completions-dialect.ts';
import type { Dialect } from './dialect.ts';
import { messagesDialect } from './messages/messages-dialect.ts';
import { accountChatDialect } from './workers-ai/account-chat-dialect.ts';
import { accountDialect } from './workers-ai/account-dialect.ts';
import { accountMessagesDialect } from './workers-ai/account-messages-dialect.ts';
import { bindingDialect } from './workers-ai/binding-dialect.ts';
import { gatewayHostDialect } from './workers-ai/gateway-endpoints.ts';

/** Wallet reference §5.1 and §5.2, cases L11 and L15: each refusal in each form. */

const exhausted = refusal('billing', 'Too little.', {
  reason: 'wallet_exhausted',
  members: { required_nano: '64440000', available_nano: '10000000' },
});
const held = refusal('billing', 'Held.', { reason: 'wallet_held', retryAfterMs: 1500 });
const denied = refusal('permission_denied', 'Not with this key.', { reason: 'scope_denied' });
const unpriced = refusal('unavailable', 'No price.', { reason: 'price_unavailable' });

interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

function said(dialect: Dialect, refused: Refusal): Said {
  const { status, headers, body } = dialect.encodeError(refused, 'req_1');
  const pairs: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2)
    pairs[headers[at] ?? ''] = headers[at + 1] ?? '';
  return { status, headers: pairs, body: JSON.parse(textOf(body)) as unknown };
}

const dialects: readonly (readonly [string, Dialect])[] = [
  ['messages', messagesDialect],
  ['chat', chatCompletionsDialect],
  ['binding', bindingDialect],
  ['account', accountDialect],
  ['account, messages', accountMessagesDialect],
  ['account, chat', accountChatDialect],
  ['gateway URL', gatewayHostDialect],
];

describe('in every form', () => {
  test.each(dialects)('%s: status, and whether to ask again', (_name, dialect) => {
    expect(said(dialect, exhausted)).toMatchObject({
      status: 402,
      headers: { 'x-should-retry': 'false' },
    });
    expect(said(dialect, held)).toMatchObject({
      status: 402,
      headers: { 'x-should-retry': 'true', 'retry-after': '2' },
    });
    expect([said(dialect, denied).status, said(dialect, unpriced).status]).toEqual([403, 503]);
  });
});

const figures = { required_nano: '64440000', available_nano: '10000000' };
const details = { code: 'wallet_exhausted', ...figures };

describe('what a program can read', () => {
  test.each<[string, Dialect, object]>([
    ['messages', messagesDialect, { error: { type: 'billing_error', ...details } }],
    [
      'chat',
      chatCompletionsDialect,
      { error: { type: 'insufficient_quota', code: 'insufficient_quota', details } },
    ],
    [
      'binding',
      bindingDialect,
      {
        internalCode: 2021,
        name: 'AiGatewayError',
        error: { type: 'billing_error', ...details },
        errors: [{ code: 2021, details }],
      },
    ],
    ['account', accountDialect, { errors: [{ code: 2021, message: 'Too little.', details }] }],
    [
      'account, messages',
      accountMessagesDialect,
      { error: { type: 'billing_error', ...details }, errors: [{ code: 2021, details }] },
    ],
    [
      'gateway URL',
      gatewayHostDialect,
      { error: [{ code: 2021, message: 'Too little.', details }] },
    ],
  ])('%s', (_name, dialect, body) => {
    expect(said(dialect, exhausted).body).toMatchObject(body);
  });

  test.each<[string, Dialect, object]>([
    ['messages', messagesDialect, { error: { type: 'permission_error', code: 'scope_denied' } }],
    ['chat', chatCompletionsDialect, { error: { type: 'permission_error', code: 'scope_denied' } }],
    ['binding', bindingDialect, { internalCode: 5018, error: { code: 'scope_denied' } }],
    ['account', accountDialect, { errors: [{ code: 5018, details: { code: 'scope_denied' } }] }],
  ])('%s: the reason of a 403', (_name, dialect, body) => {
    expect(said(dialect, denied).body).toMatchObject(body);
  });

  test('inside a stream it is the same', () => {
    const text = textOf(messagesDialect.encodeErrorEvent(exhausted, 'req_1'));
    expect(text).toContain('"type":"billing_error"');
    expect(text).toContain('"code":"wallet_exhausted"');
  });
});
