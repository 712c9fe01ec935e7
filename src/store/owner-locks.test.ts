import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OwnerLocks } from './owner-locks.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'quatrain-owners-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('a process runs until it ends', () => {
  const first = new OwnerLocks(directory);
  const second = new OwnerLocks(directory);
  first.hold('one');
  second.hold('two');
  expect([first.isAlive('one'), first.isAlive('two')]).toEqual([true, true]);
  expect([second.isAlive('one'), second.isAlive('three')]).toEqual([true, false]);
  first.close();
  expect([second.isAlive('one'), second.isAlive('two')]).toEqual([false, true]);
  second.close();
  expect(readdirSync(directory)).toEqual([]);
});

test('the file of one that was killed says nothing, and goes', () => {
  // As it lies there when the lock went with its process.
  new DatabaseSync(join(directory, 'killed')).close();
  expect(existsSync(join(directory, 'killed'))).toBe(true);
  expect(new OwnerLocks(directory).isAlive('killed')).toBe(false);
  expect(existsSync(join(directory, 'killed'))).toBe(false);
});

test('two do not have one name', () => {
  const first = new OwnerLocks(directory);
  first.hold('one');
  expect(() => {
    new OwnerLocks(directory).hold('one');
  }).toThrow('another process signs as one');
  first.close();
});

test.each(['../escape', 'a b', '', 'x'.repeat(65)])('"%s" is nobody', (name) => {
  expect(new OwnerLocks(directory).isAlive(name)).toBe(false);
});
