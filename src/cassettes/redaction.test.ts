import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editPieces } from './edit-pieces.ts';
import { isSecretName } from './find-secrets.ts';
import { createRedactor } from './redact-exchange.ts';
import { redactStream } from './redact-stream.ts';
import type { RedactionRules } from './redaction-rules.ts';

const rules: RedactionRules = { patterns: [], emails: 'keep', media: 'keep', mediaBytesMax: 16 };
const redactor = createRedactor(rules);
const secret = 'canary0123456789abcdefghij';

describe('texts', () => {
  test.each([
    [`my key is sk-ant-api03-${secret}, keep it`, 'my key is [redacted credential], keep it'],
    [`qtn_live_${secret}`, '[redacted credential]'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted credential]'],
    [`eyJhbGciOiJIUzI1NiJ9.eyJ${secret}.${secret}-_x`, '[redacted credential]'],
    [
      `-----BEGIN EC PRIVATE KEY-----\n${secret}\n-----END EC PRIVATE KEY-----!`,
      '[redacted credential]!',
    ],
    [`-----BEGIN PRIVATE KEY-----\n${secret}`, '[redacted credential]'],
    [`authorization: Bearer ${secret}`, 'authorization: [redacted credential]'],
    [`say Bearer ${secret} now`, 'say Bearer [redacted credential] now'],
    [`https://me:${secret}@host/path`, 'https://[redacted credential]@host/path'],
    [`{"db_password": "${secret}"}`, '{"db_password": "[redacted credential]"}'],
    ['{"password": 12345}', '{"password": "[redacted credential]"}'],
    [`{\\"api_key\\": \\"${secret}\\"}`, '{\\"api_key\\": \\"[redacted credential]\\"}'],
    [`export GITHUB_TOKEN=${secret}`, 'export GITHUB_TOKEN=[redacted credential]'],
    [`/path?api_key=${secret}&x=1`, '/path?api_key=[redacted credential]&x=1'],
    [`ghp_${secret}`, '[redacted credential]'],
  ])('%s', (text, redacted) => {
    expect(redactor.text(text)).toBe(redacted);
    expect(redactor.text(redacted)).toBe(redacted);
  });

  test.each([
    'A token is a unit of text, and max_tokens bounds them.',
    'The password is what you type; never tell it.',
    '"max_tokens": 4096, "input_tokens": 12',
    'write to me@example.com',
    'task-oriented-and-risk-averse-people',
    'the bearer of certificates',
  ])('%s stays', (text) => {
    expect(redactor.text(text)).toBe(text);
  });

  test.each(['sk-', 'token=', '"token": "', 'eyJhbGciOiJI.', 'cookie: '])(
    'megabytes behind %s go to their end',
    (before) => {
      const text = `${before}${'a'.repeat(3_000_000)}`;
      expect(redactor.text(text)).toMatch(/^.{0,12}\[redacted credential\]$/);
    },
  );

  test('addresses and patterns of the owner go where that is ordered', () => {
    const strict = createRedactor({ ...rules, emails: 'redact', patterns: ['\\bK-\\d+', 'x*'] });
    expect(strict.text('me@example.com has K-4711')).toBe(
      '[redacted email] has [redacted pattern]',
    );
  });
});

describe('JSON', () => {
  test.each(['password', 'apiKey', 'x-api-key', 'authorization_token', 'clientSecret', 'cookie'])(
    'what %s holds is a credential',
    (name) => {
      expect(isSecretName(name)).toBe(true);
      expect(redactor.json({ [name]: 'short', n: { [name]: [7, 'a'] } })).toEqual({
        [name]: '[redacted credential]',
        n: { [name]: ['[redacted credential]', '[redacted credential]'] },
      });
    },
  );

  test('names that only look like it, and schemas of such members, stay', () => {
    const value = {
      max_tokens: 5,
      tokens: 'many',
      properties: { password: { type: 'string', description: 'the password' } },
    };
    expect(redactor.json(value)).toBe(value);
  });

  test('large media stand as their digest where that is ordered; the same twice', () => {
    const digesting = createRedactor({ ...rules, media: 'digest' });
    const source = { type: 'base64', media_type: 'image/png', data: 'A'.repeat(17) };
    const digested = digesting.json(source);
    expect(digested).toMatchObject({
      data: expect.stringMatching(/^\[sha256 [0-9a-f]{64}, 17 /) as string,
    });
    expect(digesting.json(digested)).toBe(digested);
    expect(digesting.json({ ...source, data: 'A'.repeat(16) })).toMatchObject({
      data: 'A'.repeat(16),
    });
    expect(redactor.json(source)).toBe(source);
  });
});

describe('streams', () => {
  const delta = (text: string, index = 0): string =>
    `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } })}\n\n`;
  const textOfDeltas = (stream: string): string =>
    [...stream.matchAll(/^data: (.*)$/gm)]
      .map(([, data = '{}']) => JSON.parse(data) as { delta: { text: string } })
      .map((event) => event.delta.text)
      .join('');

  test('a secret that came in pieces is gone from all of them, and other events keep their bytes', () => {
    const before = delta('use ');
    const after = delta(' now');
    const key = `sk-ant-${secret}`;
    const chunks = [before, delta(key.slice(0, 5)), delta(key.slice(5)), after];
    const redacted = redactStream(chunks, redactor);
    expect(redacted).toHaveLength(4);
    expect(redacted[0]).toBe(before);
    expect(redacted[3]).toBe(after);
    expect(textOfDeltas(redacted.join(''))).toBe('use [redacted credential] now');
  });

  test('arguments of a call are searched as the JSON they are together', () => {
    const piece = (partial_json: string): string =>
      `data: ${JSON.stringify({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json } })}\n\n`;
    const stream = redactStream([piece('{"pass'), piece('word": "hun'), piece('ter2"}')], redactor);
    const json = [...stream.join('').matchAll(/^data: (.*)$/gm)]
      .map(([, data = '{}']) => JSON.parse(data) as { delta: { partial_json: string } })
      .map((event) => event.delta.partial_json)
      .join('');
    expect(JSON.parse(json)).toEqual({ password: '[redacted credential]' });
  });

  test('a secret in a stream is never left, however the text and the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 60 }), { maxLength: 8 }),
        fc.array(fc.nat({ max: 2000 }), { maxLength: 8 }),
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        (textCuts, byteCuts, before) => {
          const pieces = cutAt(`${before} sk-ant-${secret} end`, textCuts);
          const stream = pieces.map((piece) => delta(piece)).join('');
          const redacted = redactStream(cutAt(stream, byteCuts), redactor);
          expect(redacted).toHaveLength(cutAt(stream, byteCuts).length);
          expect(textOfDeltas(redacted.join(''))).toBe(`${before} [redacted credential] end`);
        },
      ),
    );
  });
});

describe('properties', () => {
  test('planted secrets are never left in JSON, and redacting again changes nothing', () => {
    const canaries = fc.constantFrom(
      `sk-ant-${secret}`,
      `qtn_dev_${secret}`,
      `Bearer ${secret}`,
      `eyJ${secret}.${secret}`,
      `TOKEN=${secret}`,
    );
    const planted = fc
      .tuple(fc.string(), canaries, fc.string())
      .map(([before, canary, after]) => `${before} ${canary} ${after}`);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        planted,
        fc.integer(),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 8 }), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const redacted = redactor.json(JSON.parse(JSON.stringify(value)) as never);
        expect(JSON.stringify(redacted)).not.toContain(secret);
        expect(redactor.json(redacted)).toBe(redacted);
      }),
    );
  });

  test('edits in pieces are the edits of the whole', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 60 }),
        fc.array(fc.nat({ max: 60 })),
        fc.array(fc.tuple(fc.nat({ max: 60 }), fc.string({ maxLength: 3 })), { maxLength: 6 }),
        (text, cuts, places) => {
          const bounds = [...new Set(places.map(([at]) => Math.min(at, text.length)))].toSorted(
            (one, other) => one - other,
          );
          const edits = bounds
            .slice(0, -1)
            .map((start, at) => ({ start, end: bounds[at + 1] as number, replacement: `<${at}>` }))
            .filter((_, at) => at % 2 === 0);
          const pieces = cutAt(text, cuts);
          const edited = editPieces(pieces, edits);
          expect(edited).toHaveLength(pieces.length);
          expect(edited.join('')).toBe(editPieces([text], edits).join(''));
        },
      ),
    );
  });
});

function cutAt(text: string, places: readonly number[]): readonly string[] {
  const bounds = [0, ...places.filter((at) => at < text.length), text.length].toSorted(
    (one, other) => one - other,
  );
  return bounds.slice(1).map((end, at) => text.slice(bounds[at], end));
}
