import { describe, expect, test } from 'vitest';
import { openSeal } from '../../src/emulator/thinking/seal-thinking.ts';
import { hasRecordings, isCurrentMessagesCall, readRecordings } from '../support/recordings.ts';

/** A signature as it stands in a recording, on either side; shorter ones are a recorder's own. */
const signaturePattern = /"signature"\s*:\s*"([A-Za-z0-9+/=]{100,})"/g;

const present = hasRecordings();
const recordings = present ? readRecordings().filter(isCurrentMessagesCall) : [];

describe.skipIf(!present)('signatures of the real API', () => {
  test('each is told from a forged one and from our own', () => {
    const key = new Uint8Array(32);
    const found = recordings.flatMap(({ name, body, response }) =>
      [body, response].flatMap((bytes) =>
        [...bytes.toString().matchAll(signaturePattern)].map(([, text = '']) => ({ name, text })),
      ),
    );
    expect(found.length).toBeGreaterThan(20);
    for (const { name, text } of found) {
      expect(openSeal(key, text).kind, `in ${name}`).toBe('foreign');
      expect(openSeal(key, text.slice(0, -8)).kind, `in ${name}`).toBe('forged');
    }
  });
});
