import fastCheck from 'fast-check';
import { expect, test } from 'vitest';
import { uuidV7Of } from './uuid-v7.ts';

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const times = fastCheck.integer({ min: 0, max: 2 ** 48 - 1 });

test('an id has the form of the standard, and begins with its time', () => {
  fastCheck.assert(
    fastCheck.property(times, fastCheck.string(), (atMs, name) => {
      const id = uuidV7Of(atMs, name);
      expect(id).toMatch(form);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(atMs);
      expect(uuidV7Of(atMs, name)).toBe(id);
    }),
  );
});

test('other names have other ids', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => uuidV7Of(1, `req_${String(index)}`));
  expect(new Set(ids).size).toBe(1000);
});

test('ids of later times sort later', () => {
  const ids = [0, 1, 255, 256, 1_767_225_600_000].map((atMs) => uuidV7Of(atMs, 'same'));
  expect(ids.toSorted()).toEqual(ids);
});
