import { expect, test } from 'vitest';
import type { Attachment, Turn } from './part.ts';
import { textPart } from './part.ts';
import { turnsForCode } from './turns-for-code.ts';

function turnsWith(letters: number): readonly Turn[] {
  const file = (name: string, kind: Attachment['kind']): Attachment => ({
    kind,
    name,
    mediaType: 'image/png',
    data: 'A'.repeat(letters),
    bytes: letters,
  });
  const parts = [textPart('Look'), file('a.png', 'image'), file('b.pdf', 'pdf')];
  return [{ id: '1', role: 'user', parts }];
}

test('files that fit stand in code as they are', () => {
  const turns = turnsWith(450_000);
  expect(turnsForCode(turns)).toEqual({ turns, named: [] });
});

test('files that are too large together stand there by their names', () => {
  const { turns, named } = turnsForCode(turnsWith(450_001));
  expect(named).toEqual(['a.png', 'b.pdf']);
  expect(turns[0]?.parts).toEqual([
    textPart('Look'),
    expect.objectContaining({ data: 'BASE64 OF a.png' }),
    expect.objectContaining({ data: 'BASE64 OF b.pdf' }),
  ]);
});
