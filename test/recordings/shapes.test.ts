import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessagesEvent } from '../../src/messages/events.ts';
import { sendRaw } from '../support/post.ts';
import { eventsIn } from '../support/read-stream.ts';
import type { Recording } from '../support/recordings.ts';
import {
  betasOf,
  hasRecordings,
  isCurrentMessagesCall,
  madeUp,
  readRecordings,
} from '../support/recordings.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/**
 * The form of answers held against the recorded ones: keys and their order, the order of events, and
 * the blocks that a request leaves no choice about. Earlier answers lack keys that came later.
 */

type Json = Readonly<Record<string, unknown>>;

const present = hasRecordings();
const recordings = present
  ? readRecordings().filter(
      (recording) =>
        isCurrentMessagesCall(recording) &&
        recording.status === 200 &&
        !(recording.name in madeUp) &&
        !recording.body.includes('"file_id"') &&
        hasPresentForm(recording),
    )
  : [];

/** Keys that came in the course of 2026: an answer without them is of an earlier form. */
function hasPresentForm({ response }: Recording): boolean {
  const text = response.toString();
  return text.includes('"stop_details"') && text.includes('"inference_geo"');
}

const isStream = ({ json }: Recording): boolean => json?.['stream'] === true;
const keysOf = (value: unknown): readonly string[] => Object.keys(value ?? {});

/** Since then thinking is counted apart; the recordings before it say nothing of it. */
const isLaterKey = (key: string, recorded: readonly string[]): boolean =>
  key === 'output_tokens_details' && !recorded.includes(key);

/** A key that stands for something that the model happened to do, or that is not emulated. */
const ofChance = new Set(['container', 'iterations', 'server_tool_use']);

function comparable(keys: readonly string[], recorded: readonly string[]): readonly string[] {
  return keys.filter((key) => !ofChance.has(key) && !isLaterKey(key, recorded));
}

function expectSameKeys(ours: unknown, theirs: unknown): void {
  const recorded = keysOf(theirs);
  expect(comparable(keysOf(ours), recorded)).toEqual(comparable(recorded, recorded));
}

function eventOf<Type extends MessagesEvent['type']>(
  events: readonly MessagesEvent[],
  type: Type,
): Extract<MessagesEvent, { type: Type }> | undefined {
  return events.find(
    (event): event is Extract<MessagesEvent, { type: Type }> => event.type === type,
  );
}

/** Uses of the API's own tools are counted where there were any, and only there. */
function expectServerToolUse(usage: unknown, kinds: readonly string[]): void {
  expect(keysOf(usage).includes('server_tool_use')).toBe(kinds.includes('server_tool_use'));
}

/** The types of blocks, which a forced tool or a format decides; else undefined. */
function decidedKinds(json: Json | undefined, kinds: readonly string[]): string | undefined {
  const choice = (json?.['tool_choice'] as Json | undefined)?.['type'];
  const spoken = kinds.filter((kind) => kind !== 'thinking');
  if (choice === 'any' || choice === 'tool') return [...new Set(kinds)].join();
  if (choice === 'none') return kinds.includes('tool_use') ? 'a call' : 'no call';
  const config = json?.['output_config'] as Json | undefined;
  const hasFormat = config?.['format'] !== undefined || json?.['output_format'] !== undefined;
  return hasFormat && json?.['tools'] === undefined ? spoken.join() : undefined;
}

const kindsIn = (blocks: readonly { readonly type: string }[]): readonly string[] =>
  blocks.map(({ type }) => type);

function startedKinds(events: readonly MessagesEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'content_block_start' ? [event.content_block.type] : [],
  );
}

/** The recorded events, without the blanks that the API puts before the last brace. */
function recordedEvents({ response }: Recording): readonly MessagesEvent[] {
  return eventsIn(`${response.toString().replaceAll('\r\n', '\n').trimEnd()}\n\n`);
}

describe.skipIf(!present)('an answer has the form of the recorded one', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway('emulator: {profile: ga-2026-08}');
  });
  afterAll(() => gateway.stop());

  const ask = async (recording: Recording): Promise<string> => {
    const beta = betasOf(recording);
    const answer = await sendRaw(`${gateway.url}/v1/messages`, {
      headers: { ...gateway.headers, ...(beta === undefined ? {} : { 'anthropic-beta': beta }) },
      body: recording.body,
    });
    expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
    return answer.body.toString();
  };

  test('there are recordings of both kinds', () => {
    expect(recordings.filter((recording) => isStream(recording)).length).toBeGreaterThan(20);
    expect(recordings.filter((recording) => !isStream(recording)).length).toBeGreaterThan(90);
  });

  test.each(recordings.filter((recording) => !isStream(recording)))(
    'in one piece: $name',
    async (recording) => {
      const recorded = JSON.parse(recording.response.toString()) as Json;
      const ours = JSON.parse(await ask(recording)) as Json;
      expectSameKeys(ours, recorded);
      expectSameKeys(ours['usage'], recorded['usage']);
      expectServerToolUse(ours['usage'], kindsIn(ours['content'] as { type: string }[]));
      expectServerToolUse(recorded['usage'], kindsIn(recorded['content'] as { type: string }[]));
      expect(ours['model']).toBe(recorded['model']);
      const kinds = kindsIn(ours['content'] as { type: string }[]);
      expect(decidedKinds(recording.json, kinds)).toBe(
        decidedKinds(recording.json, kindsIn(recorded['content'] as { type: string }[])),
      );
    },
  );

  test.each(recordings.filter((recording) => isStream(recording)))(
    'as a stream: $name',
    async (recording) => {
      const recorded = recordedEvents(recording);
      const ours = eventsIn(await ask(recording));
      expect(ours.slice(0, 3).map(({ type }) => type)).toEqual(
        recorded.slice(0, 3).map(({ type }) => type),
      );
      expect(ours.slice(-3).map(({ type }) => type)).toEqual(
        recorded.slice(-3).map(({ type }) => type),
      );
      const starts = [eventOf(ours, 'message_start'), eventOf(recorded, 'message_start')] as const;
      expectSameKeys(starts[0]?.message, starts[1]?.message);
      expectSameKeys(starts[0]?.message.usage, starts[1]?.message.usage);
      const ends = [eventOf(ours, 'message_delta'), eventOf(recorded, 'message_delta')] as const;
      expectSameKeys(ends[0], ends[1]);
      expectSameKeys(ends[0]?.delta, ends[1]?.delta);
      expectSameKeys(ends[0]?.usage, ends[1]?.usage);
      expectServerToolUse(ends[0]?.usage, startedKinds(ours));
      expectServerToolUse(ends[1]?.usage, startedKinds(recorded));
      expect(decidedKinds(recording.json, startedKinds(ours))).toBe(
        decidedKinds(recording.json, startedKinds(recorded)),
      );
    },
  );
});
