import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasApiLayout } from './api-signature-layout.ts';

function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length, rest]), content]);
}

interface Parts {
  readonly header?: Uint8Array;
  readonly nonce?: number;
  readonly key?: number;
  readonly text?: number;
  readonly tail?: Uint8Array;
}

/** A signature with parts that can be of other lengths than the API's. */
function signature({ header, nonce = 12, key = 48, text = 300, tail }: Parts = {}): Buffer {
  const body = Buffer.concat([
    field(1, header ?? Buffer.from([8, 16, 24, 2])),
    field(2, Buffer.alloc(nonce)),
    field(3, Buffer.alloc(12)),
    field(4, Buffer.alloc(key)),
    field(5, Buffer.alloc(text)),
  ]);
  return Buffer.concat([field(2, body), tail ?? Buffer.from([24, 1])]);
}

describe("the layout of the API's signatures", () => {
  test.each<[string, boolean, Parts]>([
    ['as recorded in 2026', true, {}],
    ['without the last field, as documented in 2025', true, { tail: Buffer.alloc(0) }],
    ['of redacted thinking', true, { header: Buffer.from([24, 1]) }],
    ['with a long text', true, { text: 20_000 }],
    ['with an unknown part in the header', true, { header: Buffer.from([24, 2, 112, 1]) }],
    ['without a kind', false, { header: Buffer.from([8, 16]) }],
    ['with a header that is cut', false, { header: Buffer.from([24, 2, 42, 64]) }],
    ['with a short nonce', false, { nonce: 11 }],
    ['with another key', false, { key: 32 }],
    ['without a text', false, { text: 0 }],
    ['with more behind it', false, { tail: Buffer.from([0x12, 1, 0]) }],
    ['with no end of fields behind it', false, { tail: Buffer.alloc(200, Buffer.from([24, 1])) }],
    ['with a broken number behind it', false, { tail: Buffer.alloc(12, 0xff) }],
  ])('%s: %s', (_name, isLayout, parts) => {
    expect(hasApiLayout(signature(parts))).toBe(isLayout);
  });

  test('a cut one has it no more', () => {
    const whole = signature({ tail: Buffer.alloc(0) });
    for (let length = 0; length < whole.length; length += 1) {
      expect(hasApiLayout(whole.subarray(0, length))).toBe(false);
    }
  });

  test('bytes without design do not have it', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(hasApiLayout(bytes)).toBe(false);
      }),
    );
  });
});
