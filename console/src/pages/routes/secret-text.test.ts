import { expect, test } from 'vitest';
import { hasCredential, isSecretName, mayBeSecret } from './secret-text.ts';

test.each([
  ['authorization', true],
  ['Proxy-Authorization', true],
  ['cf-aig-authorization', true],
  ['x-api-key', true],
  ['x-goog-api-key', true],
  ['Cookie', true],
  ['x-internal-token', true],
  ['x-amz-security-token', true],
  ['x-session', true],
  ['x-session-id', true],
  ['x-hub-signature', true],
  ['x-auth', true],
  ['key', true],
  ['idempotency-key', false],
  ['cf-aig-cache-key', false],
  ['cf-aig-gateway-id', false],
  ['anthropic-beta', false],
  ['x-team', false],
  ['x-author', false],
  ['x-max-tokens', false],
])('a header that is called %s proves who sends it: %s', (name, isSo) => {
  expect(isSecretName(name)).toBe(isSo);
});

test.each([
  ['sk-ant-api03-abcdefghij', true],
  ['qtn_live_abcdefghij_klmnop', true],
  ['Bearer abcdefgh', true],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', true],
  ['https://ada:pass@example.com/', true],
  ['-----BEGIN PRIVATE KEY-----', true],
  ['{"authorization_token": "abc"}', true],
  ['{"mcp_servers": [{"access_token":"abc"}]}', true],
  ['{"max_tokens": 64, "messages": []}', false],
  ['{"token": ""}', false],
  ['claude-sonnet-4-6', false],
  ['order-7', false],
  ['0f8fad5bd9cb469fa16570867728950e', false],
])('%s has a credential in it: %s', (text, isSo) => {
  expect(hasCredential(text)).toBe(isSo);
});

test.each([
  ['0f8fad5bd9cb469fa16570867728950e', true],
  ['Abcdefghij1234567890Abcdefghij1234567890', true],
  ['0f8fad5b-d9cb-469f-a165-70867728950e', false],
  ['interleaved-thinking-2025-05-14', false],
  ['11111111111111111111111111111111', false],
  ['red', false],
])('%s as the value of any header may be a secret: %s', (value, isSo) => {
  expect(mayBeSecret(value)).toBe(isSo);
});
