import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { drawProgress, durationText, Progress } from './progress.ts';
import { textWidth } from './text-width.ts';

describe('a bar', () => {
  const state = { label: 'books', done: 250, total: 1000, elapsedMs: 2000 };

  test.each<[string, object, number, string]>([
    [
      'a quarter',
      {},
      70,
      `books  ${'█'.repeat(6)}${'░'.repeat(19)}   25 %  250/1,000  2.0 s, 6.0 s left`,
    ],
    ['the end', { done: 1000 }, 70, `books  ${'█'.repeat(35)}  100 %  1,000/1,000  2.0 s`],
    ['no total', { total: undefined }, 70, 'books  250  2.0 s'],
    ['nothing to do', { done: 0, total: 0 }, 40, `books  ${'█'.repeat(13)}  100 %  0/0  2.0 s`],
    ['no room', {}, 20, 'books   25 %  250/1,000  2.0 s, 6.0 s left'],
  ])('%s', (_name, change, columns, line) => {
    expect(drawProgress({ ...state, ...change }, columns)).toBe(line);
  });

  test('takes no more columns than there are', () => {
    for (let columns = 60; columns < 200; columns += 1) {
      expect(textWidth(drawProgress(state, columns))).toBeLessThan(columns);
    }
  });

  test.each<[number, string]>([
    [0, '0 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [59_400, '59 s'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
  ])('%i ms are %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('progress', () => {
  function started(isTTY: boolean, isSilent = false) {
    const clock = new ManualClock();
    const written: string[] = [];
    const out = { isTTY, columns: 80, write: (text: string) => written.push(text) };
    const progress = new Progress({ label: 'work', total: 100, out, clock, isSilent });
    return { clock, written, progress };
  }

  test('on a terminal is one line that is drawn over, ten times a second at most', () => {
    const { clock, written, progress } = started(true);
    progress.at(1);
    expect(written).toEqual([]);
    clock.advance(200);
    progress.at(10);
    progress.at(20);
    clock.advance(100);
    progress.at(30);
    expect(written).toEqual([
      expect.stringMatching(/^\r.* 10 %/),
      expect.stringMatching(/^\r.* 30 %/),
    ]);
    expect(written.filter((line) => !line.endsWith('\u{1B}[K'))).toEqual([]);
    progress.at(40);
    progress.end();
    progress.end();
    progress.at(50);
    expect(written.slice(2)).toEqual([expect.stringMatching(/^\r.* 40 %/), '\n']);
  });

  test('elsewhere is a line at each tenth, once the work takes long', () => {
    const { clock, written, progress } = started(false);
    progress.at(25);
    clock.advance(3000);
    for (const done of [26, 29, 31, 55, 59, 100]) progress.at(done);
    progress.end();
    expect(written.map((line) => /(\d+) %.*\n$/.exec(line)?.[1])).toEqual([
      '26',
      '31',
      '55',
      '100',
    ]);
  });

  test('says nothing where it is not wanted', () => {
    const { clock, written, progress } = started(true, true);
    clock.advance(10_000);
    progress.at(50);
    progress.end();
    expect(written).toEqual([]);
  });
});
