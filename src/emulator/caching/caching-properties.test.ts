import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import type { InputUsage } from '../../../test/support/caching-emulator.ts';
import { CachingEmulator } from '../../../test/support/caching-emulator.ts';

/** Texts of 40 to 400 tokens: some prompts stay below the least that is stored. */
const words = fastCheck
  .record({ name: fastCheck.stringMatching(/^[a-z]{2,6}$/), count: fastCheck.nat(400) })
  .map(({ name, count }) => `${name} `.repeat(count + 40).trim());
const control = fastCheck.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '5m' });

interface Prompt {
  readonly tools: readonly string[];
  readonly system: readonly string[];
  readonly turns: readonly (readonly string[])[];
  /** Of all texts, which ones have a breakpoint. */
  readonly marked: readonly number[];
  readonly isAutomatic: boolean;
}

const texts = (maxLength: number): fastCheck.Arbitrary<string[]> =>
  fastCheck.array(words, { maxLength });
const prompt: fastCheck.Arbitrary<Prompt> = fastCheck.record({
  tools: texts(3),
  system: texts(3),
  turns: fastCheck
    .array(fastCheck.array(words, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 5 })
    .filter(({ length }) => length % 2 === 1),
  marked: fastCheck.uniqueArray(fastCheck.nat(30), { maxLength: 3 }),
  isAutomatic: fastCheck.boolean(),
});

/** The body of a prompt; `changed` is the place of a text that ends in another word. */
function bodyOf(of: Prompt, mark: object, changed = -1): object {
  let place = 0;
  const next = (value: string): { text: string; more: object } => {
    const text = place === changed ? `${value} changed` : value;
    const more = of.marked.includes(place) ? { cache_control: mark } : {};
    place += 1;
    return { text, more };
  };
  const tools = of.tools.map((value, at) => {
    const { text: description, more } = next(value);
    return { name: `f${String(at)}`, description, input_schema: { type: 'object' }, ...more };
  });
  const block = (value: string): object => {
    const { text, more } = next(value);
    return { type: 'text', text, ...more };
  };
  const system = of.system.map(block);
  const messages = of.turns.map((turn, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: turn.map(block),
  }));
  const automatic = of.isAutomatic ? { cache_control: mark } : {};
  return { model: 'claude-sonnet-4-6', max_tokens: 1, tools, system, messages, ...automatic };
}

const placesOf = ({ tools, system, turns }: Prompt): number =>
  tools.length + system.length + turns.flat().length;
const total = ({ input, creation, read }: InputUsage): number => input + creation + read;

test('the sum is the count; what was written is read again; lifetimes add up', async () => {
  let cached = 0;
  await fastCheck.assert(
    fastCheck.asyncProperty(prompt, control, fastCheck.boolean(), async (of, mark, isStream) => {
      const asked = new CachingEmulator({ isStream });
      const body = bodyOf(of, mark);
      const { max_tokens: _bound, ...counted } = body as { readonly max_tokens?: number };
      const first = await asked.usage(body);
      const again = await asked.usage(body);
      expect(total(first)).toBe(await asked.count(counted));
      expect(total(again)).toBe(total(first));
      expect(first.read).toBe(0);
      expect(again).toEqual({
        input: first.input,
        read: first.creation,
        creation: 0,
        written5m: 0,
        written1h: 0,
      });
      expect(first.written5m + first.written1h).toBe(first.creation);
      if (first.creation > 0) cached += 1;
    }),
    { numRuns: 150 },
  );
  expect(cached).toBeGreaterThan(30);
});

test('what stands behind a change is never read', async () => {
  let partly = 0;
  await fastCheck.assert(
    fastCheck.asyncProperty(prompt, control, fastCheck.nat(), async (of, mark, at) => {
      const asked = new CachingEmulator();
      const place = at % placesOf(of);
      await asked.usage(bodyOf(of, mark));
      const changed = await asked.usage(bodyOf(of, mark, place));
      const upTo = { ...of, marked: of.marked.filter((marked) => marked < place) };
      const alone = new CachingEmulator();
      const before = { ...upTo, isAutomatic: false };
      const { creation } = await alone.usage(bodyOf(before, mark));
      expect(changed.read).toBe(creation);
      if (changed.read > 0) partly += 1;
    }),
    { numRuns: 150 },
  );
  expect(partly).toBeGreaterThan(5);
});

test('accounts never meet, and an account sees what it would see alone', async () => {
  const requests = fastCheck.array(
    fastCheck.record({ account: fastCheck.constantFrom('one', 'two'), at: fastCheck.nat(2) }),
    { minLength: 2, maxLength: 8 },
  );
  await fastCheck.assert(
    fastCheck.asyncProperty(fastCheck.tuple(prompt, prompt, prompt), requests, async (of, sent) => {
      const together = new CachingEmulator();
      const alone = { one: new CachingEmulator(), two: new CachingEmulator() };
      for (const { account, at } of sent) {
        const body = bodyOf(of[at] ?? of[0], { type: 'ephemeral' });
        const own = await alone[account].usage(body, account);
        expect(await together.usage(body, account)).toEqual(own);
      }
    }),
    { numRuns: 60 },
  );
});
