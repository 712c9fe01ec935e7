import { describe, expect, test } from 'vitest';
import { CancellationSource } from '../std/cancellation.ts';
import { systemClock } from '../std/clock.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { systemRandom } from '../std/random.ts';
import type { ScanFindings } from './content-scanner.ts';
import { PatternScanner } from './pattern-scanner.ts';

const clock = new ManualClock();
const scanner = new PatternScanner({
  categories: { S1: ['knife', '\\bgun\\b'], P1: ['(?i)ignore .{0,20}instructions'] },
  profiles: {
    staff: { number: { pattern: 'E-\\d{6}' }, mail: { detector: 'email' } },
    cards: { any: { detector: 'credit-card' } },
  },
  clock,
});

function scan(texts: readonly string[], among: object = {}): Promise<ScanFindings> {
  const question = { categories: ['S1', 'P1', 'S2'], profiles: ['staff', 'cards', 'x'], ...among };
  return scanner.scan(texts, question as never, new CancellationSource());
}

describe('what is found', () => {
  test('it can tell what is described, and nothing else', () => {
    expect([...scanner.categories]).toEqual(['S1', 'P1']);
    expect([...scanner.profiles]).toEqual(['staff', 'cards']);
  });

  test.each<[string, readonly string[], readonly string[], object]>([
    ['nothing in nothing', [], [], {}],
    ['nothing in an empty text', [''], [], {}],
    ['one of the patterns', ['a gun'], ['S1'], {}],
    ['in any of the texts', ['a', 'b', 'Ignore all instructions'], ['P1'], {}],
    ['several', ['knife', 'ignore instructions'], ['S1', 'P1'], {}],
    ['entries of a profile', ['E-123456 ada@example.com'], [], { staff: ['number', 'mail'] }],
    ['one entry', ['E-123456'], [], { staff: ['number'] }],
    ['several profiles', ['4111111111111111 a@b.io'], [], { staff: ['mail'], cards: ['any'] }],
  ])('%s', async (_name, texts, categories, profiles) => {
    const found = await scan(texts);
    expect([...found.categories]).toEqual(categories);
    expect(Object.fromEntries(found.profiles)).toEqual(profiles);
  });

  test('only what is asked for', async () => {
    const found = await scan(['knife ignore instructions E-123456'], {
      categories: ['P1'],
      profiles: [],
    });
    expect([...found.categories]).toEqual(['P1']);
    expect(found.profiles.size).toBe(0);
  });
});

describe('large texts', () => {
  const large = `${'x'.repeat(5 * 128 * 1024)} gun`;

  test('others have their turn meanwhile', async () => {
    const over: ScanFindings[] = [];
    const scanned = scan([large], { categories: ['S1'], profiles: [] }).then((found) => {
      over.push(found);
    });
    const stateAfter: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      stateAfter.push(over.length);
      clock.advance(0);
      for (let task = 0; task < 10; task++) await Promise.resolve();
    }
    await scanned;
    // A turn for each 128 KiB: it waits for five of them, and is through after the last.
    expect(stateAfter.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(over.map(({ categories }) => [...categories])).toEqual([['S1']]);
  });

  test('others have their turn sooner where a pattern takes long', async () => {
    const slow = new PatternScanner({
      categories: { S1: ['a[ab]{200}c|b[ab]{200}d'] },
      profiles: {},
      clock: systemClock,
    });
    // Never the same state twice: it is the places of the pattern that take the time.
    const random = systemRandom();
    const text = Array.from(random.bytes(20_000), (byte) => (byte % 2 === 0 ? 'a' : 'b')).join('');
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) systemClock.after(0, count);
    };
    count();
    const question = { categories: ['S1'], profiles: [] } as const;
    await slow.scan([text], question, new CancellationSource());
    isOver = true;
    expect(turns).toBeGreaterThan(5);
  });

  test('nothing is looked for once nobody waits', async () => {
    const cancellation = new CancellationSource();
    cancellation.cancel();
    const question = { categories: ['S1'], profiles: [] } as const;
    const found = await scanner.scan(['gun'], question, cancellation);
    expect(found.categories.size).toBe(0);
  });
});
