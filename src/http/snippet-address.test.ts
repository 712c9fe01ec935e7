import { expect, test } from 'vitest';
import { snippetAddress } from './snippet-address.ts';

test.each([
  ['http://127.0.0.1:4114', 'http://127.0.0.1:4114'],
  ['https://ai.example.com', 'https://ai.example.com'],
  ['https://ai.example.com/', 'https://ai.example.com'],
  ['http://0.0.0.0:4114', 'http://127.0.0.1:4114'],
  ['http://[::]:4114', 'http://127.0.0.1:4114'],
  ['http://[::1]:4114', 'http://[::1]:4114'],
  // Code is written for an address of a host; an operator's other ones stand in QUATRAIN_BASE_URL.
  ['https://ai.example.com/gateway', undefined],
  ['https://user@ai.example.com', undefined],
])('%s in code: %s', (publicUrl, address) => {
  expect(snippetAddress(publicUrl)).toBe(address);
});
