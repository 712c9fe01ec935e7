import fastCheck from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SealedThinking } from './seal-thinking.ts';
import { digestOf, openSeal, sealThinking } from './seal-thinking.ts';

const key = new Uint8Array(32).fill(7);
const sealed: SealedThinking = {
  kind: 'thinking',
  model: 'claude-sonnet-4-6',
  answer: 'an answer',
  ordinal: 0,
  count: 1,
  previous: '',
  shown: digestOf('Hm.'),
  reasoning: 'Hm, hm, hm.',
};
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

describe('a seal', () => {
  test('opens to what was sealed, whatever that is', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.string({ unit: 'binary' }),
        fastCheck.string(),
        (reasoning, model) => {
          const made = { ...sealed, reasoning: reasoning.toWellFormed(), model };
          expect(openSeal(key, sealThinking(key, made))).toEqual({ kind: 'own', sealed: made });
        },
      ),
    );
  });

  test('is base64, opaque, and the same for the same', () => {
    const seal = sealThinking(key, sealed);
    expect(seal).toMatch(/^[A-Za-z0-9+/]{200,}=*$/);
    expect(Buffer.from(seal, 'base64').toString('latin1')).not.toContain('Hm');
    expect(sealThinking(key, sealed)).toBe(seal);
    expect(sealThinking(key, { ...sealed, answer: 'another' })).not.toBe(seal);
  });

  test('is forged once any one letter is another', () => {
    const seal = sealThinking(key, sealed);
    for (let at = 0; at < seal.length; at += 1) {
      for (const letter of `${letters}=-`) {
        if (letter === seal[at]) continue;
        const edited = `${seal.slice(0, at)}${letter}${seal.slice(at + 1)}`;
        expect(openSeal(key, edited).kind, `${String(at)} ${letter}`).toBe('forged');
      }
    }
  });

  test('is forged once anything is inserted, cut out or appended', () => {
    const seal = sealThinking(key, sealed);
    const edit = fastCheck.record({
      at: fastCheck.nat(seal.length),
      cut: fastCheck.nat(12),
      put: fastCheck.string({
        unit: fastCheck.constantFrom(...letters.split(''), '=', ' ', '\n'),
        maxLength: 12,
      }),
    });
    fastCheck.assert(
      fastCheck.property(edit, ({ at, cut, put }) => {
        const edited = seal.slice(0, at) + put + seal.slice(at + cut);
        fastCheck.pre(edited !== seal);
        expect(openSeal(key, edited).kind).toBe('forged');
      }),
      { numRuns: 2000 },
    );
  });

  test('is forged under another key', () => {
    const seal = sealThinking(key, sealed);
    expect(openSeal(new Uint8Array(32), seal).kind).toBe('forged');
  });

  test('cannot be guessed', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.uint8Array({ maxLength: 300 }), (bytes) => {
        const begun = Buffer.concat([Buffer.from('sX6U', 'base64'), bytes]).toString('base64');
        expect(openSeal(key, begun).kind).toBe('forged');
        expect(openSeal(key, Buffer.from(bytes).toString('base64')).kind).toBe('forged');
      }),
    );
  });
});

test('digests tell texts apart that differ by half of a surrogate pair', () => {
  expect(digestOf('\ud83d')).not.toBe(digestOf('\ud83e'));
});
