import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readServiceAccount } from './read-service-account.ts';

const pem = (type: 'rsa' | 'ed25519', modulusLength = 2048): string => {
  const { privateKey } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength }) : generateKeyPairSync(type);
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
};
const file = {
  client_email: 'a@b.iam.gserviceaccount.com',
  private_key: pem('rsa'),
  private_key_id: 'k1',
  token_uri: 'https://tokens.example/t?x=1',
};

test('says who asks, and where', () => {
  const read = readServiceAccount(JSON.stringify(file));
  expect(read).toMatchObject({
    kind: 'service-account',
    clientEmail: 'a@b.iam.gserviceaccount.com',
    keyId: 'k1',
    tokenUrl: new URL('https://tokens.example/t?x=1'),
  });
  expect(inspect(read) + JSON.stringify(read)).not.toContain(file.private_key.slice(60, 120));
});

test('tokens come from the usual host where the file names none', () => {
  const { token_uri: _none, private_key_id: _no, ...rest } = file;
  const read = readServiceAccount(JSON.stringify(rest));
  expect(read).toMatchObject({ tokenUrl: new URL('https://oauth2.googleapis.com/token') });
  expect(read).not.toHaveProperty('keyId');
});

test.each<[string, string, RegExp]>([
  ['no JSON', '-----BEGIN', /no JSON object/],
  ['a list', '[]', /no JSON object/],
  ['no one', JSON.stringify({ ...file, client_email: undefined }), /no client_email/],
  ['no key', JSON.stringify({ ...file, private_key: undefined }), /no private_key/],
  ['no PEM', JSON.stringify({ ...file, private_key: 'canary' }), /no RSA key/],
  ['a short key', JSON.stringify({ ...file, private_key: pem('rsa', 1024) }), /no RSA key/],
  ['another kind of key', JSON.stringify({ ...file, private_key: pem('ed25519') }), /no RSA key/],
  ['tokens in the clear', JSON.stringify({ ...file, token_uri: 'http://a.example/t' }), /no https/],
  ['another scheme', JSON.stringify({ ...file, token_uri: 'file:///etc/passwd' }), /no https/],
  ['no URL', JSON.stringify({ ...file, token_uri: 7 }), /no https/],
])('%s is refused without quoting it', (_name, text, expected) => {
  const read = readServiceAccount(text);
  expect(read.kind === 'bad' ? read.message : '').toMatch(expected);
  expect(JSON.stringify(read)).not.toContain('canary');
});

test.each(['http://127.0.0.1:1/t', 'http://localhost:1/t'])('%s is this machine', (uri) => {
  const read = readServiceAccount(JSON.stringify({ ...file, token_uri: uri }));
  expect(read.kind).toBe('service-account');
});
