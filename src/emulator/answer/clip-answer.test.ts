import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../std/json.ts';
import type { AnswerLimits, ClippedAnswer } from './clip-answer.ts';
import { clipAnswer } from './clip-answer.ts';
import type { PlannedBlock } from './planned-block.ts';

const limits: AnswerLimits = {
  maxTokens: 1000,
  windowTokensLeft: 1000,
  stopSequences: [],
  eagerTools: new Set(),
};
const call = (input: JsonObject): PlannedBlock => ({
  kind: 'call',
  block: { type: 'tool_use', id: 'toolu_1', name: 'f', input },
});
const text = (said: string): PlannedBlock => ({ kind: 'text', text: said });

const inputOf = ({ blocks }: ClippedAnswer): JsonObject | undefined => {
  const block = blocks.at(-1);
  return block?.kind === 'call' ? block.block.input : undefined;
};

describe('stop sequences', () => {
  const stop = { ...limits, stopSequences: ['STOP'] };
  test.each<[string, JsonObject, JsonObject]>([
    ['in a text', { city: 'Lisbon STOP Porto', days: 3 }, { city: 'Lisbon ' }],
    ['behind other members', { days: 3, city: 'STOP' }, { days: 3, city: '' }],
    ['deeper down', { trip: { city: 'a STOP b', days: 3 }, x: 1 }, { trip: { city: 'a ' } }],
    ['in a list', { cities: ['a', 'b STOP', 'c'], x: 1 }, { cities: ['a', 'b '] }],
  ])('#96 %s of the arguments', (_where, input, expected) => {
    const clipped = clipAnswer([call(input), text('after')], stop);
    expect(inputOf(clipped)).toEqual(expected);
    expect(clipped).toMatchObject({ stopReason: 'stop_sequence', stopSequence: 'STOP' });
    expect(clipped.clippedToolJson).toBeUndefined();
  });

  test.each<JsonObject>([{ city: 'Lisbon' }, { STOP: 'x' }])('not in %j', (input) => {
    expect(clipAnswer([call(input)], stop)).toMatchObject({
      stopReason: 'tool_use',
      stopSequence: null,
    });
  });

  test('a cited text keeps what it cites, and goes when nothing is left of it', () => {
    const citations = [{ type: 'char_location' }];
    const cited: PlannedBlock = { kind: 'text', text: 'STOP here', citations };
    const longer: PlannedBlock = { kind: 'text', text: 'See STOP', citations };
    expect(clipAnswer([text('a'), cited], stop).blocks).toEqual([text('a')]);
    expect(clipAnswer([longer], stop).blocks).toEqual([{ ...longer, text: 'See ' }]);
  });
});

describe('max_tokens in arguments', () => {
  const input = { days: 12, city: 'Lisbon and many other places', trip: { far: true } };
  const everyRoom = Array.from({ length: 40 }, (_, room) => room + 1);
  const clipAt = (room: number, isEager: boolean): ClippedAnswer =>
    clipAnswer([call(input)], {
      ...limits,
      maxTokens: room,
      eagerTools: new Set(isEager ? ['f'] : []),
    });

  test('#95 #141 only whole members remain, and the JSON ends behind the last of them', () => {
    const seen = new Set<string>();
    for (const room of everyRoom) {
      const clipped = clipAt(room, false);
      if (clipped.clippedToolJson === undefined) continue;
      expect(clipped).toMatchObject({ stopReason: 'max_tokens', outputTokens: room });
      seen.add(clipped.clippedToolJson);
      const whole = clipped.clippedToolJson.replace(/,$/, '');
      expect(whole === '' ? {} : JSON.parse(`${whole}}`)).toEqual(inputOf(clipped));
    }
    expect([...seen].slice(0, 3)).toEqual([
      '',
      '{"days": 12,',
      '{"days": 12, "city": "Lisbon and many other places"',
    ]);
  });

  test('an eager tool shows all that came of keys and texts, and has the same members', () => {
    const ends = new Set<string>();
    for (const room of everyRoom) {
      const eager = clipAt(room, true);
      expect(inputOf(eager)).toEqual(inputOf(clipAt(room, false)));
      if (eager.clippedToolJson !== undefined) ends.add(eager.clippedToolJson);
    }
    expect([...ends].some((json) => /"city": "Lis\w*[^"]*$/.test(json))).toBe(true);
    expect([...ends].some((json) => /"trip": \{/.test(json))).toBe(false);
  });

  test('#76 where the window is what ends, that is the reason', () => {
    const clipped = clipAnswer([text('many words '.repeat(50))], {
      ...limits,
      windowTokensLeft: 9,
    });
    expect(clipped).toMatchObject({
      stopReason: 'model_context_window_exceeded',
      stopSequence: null,
      outputTokens: 9,
    });
  });
});
