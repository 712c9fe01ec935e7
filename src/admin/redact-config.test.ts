import { expect, test } from 'vitest';
import { redactConfig } from './redact-config.ts';

test.each([
  ['a reference stays', { upstreams: { a: { api_key: 'env:KEY' } } }, 'env:KEY'],
  ['a file stays', { upstreams: { a: { api_keys: ['file:/run/key'] } } }, 'file:/run/key'],
  ['a secret goes', { upstreams: { a: { api_key: 'sk-secret' } } }, '[redacted]'],
  ['each of several', { upstreams: { a: { api_keys: ['sk-secret'] } } }, '[redacted]'],
  ['headers of a collector', { telemetry: { otlp: { headers: { x: 'secret' } } } }, '[redacted]'],
  [
    'who is named in a URL',
    { upstreams: { a: { base_url: 'https://me:secret@host/v1' } } },
    'https://[redacted]@host/v1',
  ],
  [
    'what a URL asks',
    { upstreams: { a: { base_url: 'https://host/v1?token=secret' } } },
    'https://host/v1?[redacted]',
  ],
])('%s', (_name, config, wanted) => {
  const text = JSON.stringify(redactConfig(config));
  expect(text).toContain(wanted);
  expect(text).not.toContain('secret"');
  expect(text).not.toContain(':secret');
});
