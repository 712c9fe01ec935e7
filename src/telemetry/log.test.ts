import { expect, test } from 'vitest';
import type { LogLevel } from '../std/log-level.ts';
import { logLevels } from '../std/log-level.ts';
import { ManualClock } from '../std/manual-clock.ts';
import { Secret } from '../std/secret.ts';
import { createLog } from './log.ts';

function logAt(level: () => LogLevel): { readonly lines: string[]; readonly say: () => void } {
  const lines: string[] = [];
  const log = createLog({ clock: new ManualClock(0), level, write: (line) => lines.push(line) });
  const say = (): void => {
    for (const at of logLevels) log[at]('happened', { count: 1, missing: undefined });
  };
  return { lines, say };
}

test('an event is one line of JSON, with its time and level', () => {
  const { lines, say } = logAt(() => 'error');
  say();
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"error","event":"happened","count":1}\n',
  ]);
});

test.each(logLevels.map((level, at) => [level, logLevels.length - at] as const))(
  'at level %s, %i of the levels are written',
  (level, count) => {
    const { lines, say } = logAt(() => level);
    say();
    expect(lines).toHaveLength(count);
  },
);

test('a level that changes counts from the next line on', () => {
  let level: LogLevel = 'error';
  const { lines, say } = logAt(() => level);
  say();
  level = 'debug';
  say();
  expect(lines).toHaveLength(1 + logLevels.length);
});

test('a line break in a value breaks no line, and a secret shows as nothing', () => {
  const lines: string[] = [];
  const log = createLog({
    clock: new ManualClock(),
    level: () => 'info',
    write: (line) => lines.push(line),
  });
  log.info('odd', { text: 'a\nb\u2028"', secret: String(new Secret('hidden')) });
  expect(lines.join('').split('\n')).toHaveLength(2);
  expect(lines.join('')).not.toContain('hidden');
});
