import { describe, expect, test } from 'vitest';
import { systemRandom } from '../std/random.ts';
import { Secret } from '../std/secret.ts';
import { PasswordDigests, canCheckPasswords, refusePassword } from './operator-password.ts';

const good = new Secret('a-river-of-nine-lanterns');

describe('a digest', () => {
  const digests = new PasswordDigests(systemRandom());

  test('is that of its password alone, with its cost beside it', async () => {
    const digest = (await digests.make(good)) ?? '';
    expect(digest).toMatch(/^argon2id\$19456\$2\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await digests.make(good)).not.toBe(digest);
    expect(await digests.matches(good, digest)).toBe(true);
    expect(await digests.matches(new Secret('a-river-of-nine-lantern'), digest)).toBe(false);
    expect(await digests.matches(good, undefined)).toBe(false);
  });

  test('of another cost counts as long as it is there', async () => {
    // Made with `argon2id`, 64 KiB, one pass and two lanes.
    const salt = Buffer.from('0123456789abcdef').toString('base64url');
    const made = 'argon2id$64$1$2';
    const { argon2Sync } = await import('node:crypto');
    const cost = { memory: 64, passes: 1, parallelism: 2, tagLength: 32 };
    const message = good.reveal();
    const nonce = Buffer.from('0123456789abcdef');
    const digest = argon2Sync('argon2id', { ...cost, message, nonce }).toString('base64url');
    expect(await digests.matches(good, `${made}$${salt}$${digest}`)).toBe(true);
  });

  test('is the same for letters that are written in two ways', async () => {
    const digest = await digests.make(new Secret('caf\u00E9-on-the-corner'));
    expect(await digests.matches(new Secret('cafe\u0301-on-the-corner'), digest)).toBe(true);
  });

  test('is made in turn, and not for a crowd', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => digests.matches(good, undefined)),
    );
    expect(all.filter((answer) => answer === undefined)).toHaveLength(4);
    expect(await digests.matches(good, undefined)).toBe(false);
  });

  test('that cannot be read is a fault, not a no', async () => {
    await expect(digests.matches(good, 'argon2id$x')).rejects.toThrow('cannot be read');
  });

  test('can be made by the Node that runs this', () => {
    expect(canCheckPasswords()).toBe(true);
  });
});

describe('a password', () => {
  test.each([
    ['a-river-of-nine-lanterns', undefined],
    ['Zwölf Boxkämpfer jagen', undefined],
    ['x7#kQ!mv2$Lp', undefined],
    ['elevenchars', 'at least 12 letters'],
    ['🦆'.repeat(11), 'at least 12 letters'],
    ['aaaaaaaaaaaaaaaa', 'more than the same few letters'],
    ['abcabcabcabcabc', 'more than the same few letters'],
    [`abcd${'é'.repeat(511)}`, 'at most 1024 bytes'],
    ['CHANGE-ME-PLEASE', 'one that nobody knows'],
    ['augustaaugusta', 'one that nobody knows'],
  ])('%j', (text, problem) => {
    const said = refusePassword(new Secret(text), 'augusta');
    expect(said?.detail?.includes(problem ?? '')).toBe(problem === undefined ? undefined : true);
    expect(said?.detail ?? '').not.toContain(text);
  });
});
