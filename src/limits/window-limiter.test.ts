import { describe, expect, test } from 'vitest';
import { ManualClock } from '../std/manual-clock.ts';
import { WindowLimiter } from './window-limiter.ts';
import type { WindowRule, WindowTechnique } from './window-rule.ts';

const rule: WindowRule = { limit: 1, intervalMs: 60_000, technique: 'fixed' };
const ours = { account: 'a', name: 'default' };

describe('names', () => {
  test.each<[WindowTechnique]>([['fixed'], ['sliding']])('are counted apart: %s', (technique) => {
    const limiter = new WindowLimiter(new ManualClock());
    const names = [ours, { ...ours, account: 'b' }, { ...ours, name: 'other' }];
    const kinds = (): readonly string[] =>
      names.map((name) => limiter.admit(name, { ...rule, technique }).kind);
    expect([kinds(), kinds()]).toEqual([
      ['permit', 'permit', 'permit'],
      ['excess', 'excess', 'excess'],
    ]);
  });

  test.each<[WindowTechnique]>([['fixed'], ['sliding']])(
    'are looked at and not counted: %s',
    (technique) => {
      const limiter = new WindowLimiter(new ManualClock());
      const look = (): string => limiter.look(ours, { ...rule, technique }).kind;
      expect([look(), look(), limiter.size]).toEqual(['permit', 'permit', 0]);
      limiter.admit(ours, { ...rule, technique });
      expect([look(), look()]).toEqual(['excess', 'excess']);
      expect(limiter.look(ours, { ...rule, limit: 2, technique }).kind).toBe('permit');
    },
  );

  test('cannot be written so that one is another', () => {
    const limiter = new WindowLimiter(new ManualClock());
    const one = limiter.admit({ account: 'a","b', name: 'c' }, rule);
    const other = limiter.admit({ account: 'a', name: 'b","c' }, rule);
    expect([one.kind, other.kind, limiter.size]).toEqual(['permit', 'permit', 2]);
  });

  test('are bounded: the one of an account left alone for longest is forgotten', () => {
    const limiter = new WindowLimiter(new ManualClock(), 30);
    const admit = (name: string): string => limiter.admit({ account: 'a', name }, rule).kind;
    expect(['1', '2', '3'].map(admit)).toEqual(['permit', 'permit', 'permit']);
    expect(admit('1')).toBe('excess');
    expect(admit('4')).toBe('permit');
    expect(limiter.size).toBe(3);
    expect(['1', '3', '4'].map(admit)).toEqual(['excess', 'excess', 'excess']);
    expect(admit('2')).toBe('permit');
  });

  test('of one account take nothing from the limits of another, however many they are', () => {
    const limiter = new WindowLimiter(new ManualClock(), 30);
    expect(limiter.admit(ours, rule).kind).toBe('permit');
    for (let name = 0; name < 100; name++) {
      limiter.admit({ account: 'b', name: String(name) }, rule);
    }
    expect(limiter.admit(ours, rule).kind).toBe('excess');
    expect(limiter.size).toBe(4);
  });

  test('of too many accounts those of the one left alone for longest are forgotten', () => {
    const limiter = new WindowLimiter(new ManualClock(), 3);
    const admit = (account: string): string => limiter.admit({ ...ours, account }, rule).kind;
    expect(['a', 'b', 'c', 'a', 'd'].map(admit)).toEqual([
      'permit',
      'permit',
      'permit',
      'excess',
      'permit',
    ]);
    expect([limiter.size, admit('a'), admit('b')]).toEqual([3, 'excess', 'permit']);
  });
});

describe('a rule', () => {
  test.each<[string, WindowRule]>([
    ['limit', { ...rule, limit: 2 }],
    ['interval', { ...rule, intervalMs: 30_000 }],
    ['technique', { ...rule, technique: 'sliding' }],
  ])('whose %s was changed counts anew', (_name, changed) => {
    const limiter = new WindowLimiter(new ManualClock());
    expect([limiter.admit(ours, rule).kind, limiter.admit(ours, rule).kind]).toEqual([
      'permit',
      'excess',
    ]);
    expect(limiter.admit(ours, changed).kind).toBe('permit');
  });

  test('without a length is a fault', () => {
    const limiter = new WindowLimiter(new ManualClock());
    expect(() => limiter.admit(ours, { ...rule, intervalMs: 0 })).toThrow('a window has a length');
  });
});
