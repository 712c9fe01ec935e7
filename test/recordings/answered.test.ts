import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventSequence } from '../../src/messages/event-sequence.ts';
import { frameJson } from '../../src/messages/frame.ts';
import { FrameSplitter } from '../../src/messages/split-frames.ts';
import { openApiChecks } from '../support/openapi.ts';
import { withOwnFiles } from '../support/own-files.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
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

/** Recordings that were made of the API as it was in August 2026, by name with what tells. */
const later: Readonly<Record<string, string>> = {
  '55 crmne/ruby_llm chat_anthropic_claude-sonnet-4-6_compacts_a_long_conversation_and_bills_the_summarization_pass.yml 0':
    'max_tokens 128,000 on Sonnet 4.6; the launch profile allows 64,000',
};

const present = hasRecordings();
const recordings = present
  ? readRecordings().filter(
      (recording) =>
        isCurrentMessagesCall(recording) && recording.status === 200 && !(recording.name in madeUp),
    )
  : [];

describe.skipIf(!present)('every recorded request that the API answered is answered', () => {
  let atLaunch: TestGateway;
  let inAugust: TestGateway;
  const check = present ? openApiChecks() : () => undefined;
  beforeAll(async () => {
    atLaunch = await startTestGateway();
    inAugust = await startTestGateway('emulator: {profile: ga-2026-08}');
  });
  afterAll(async () => {
    await atLaunch.stop();
    await inAugust.stop();
  });

  const ask = async (recording: Recording, stream: boolean): Promise<RawAnswer> => {
    const gateway = recording.name in later ? inAugust : atLaunch;
    const beta = betasOf(recording);
    const body = JSON.parse(await withOwnFiles(gateway, recording)) as object;
    return sendRaw(`${gateway.url}/v1/messages`, {
      headers: { ...gateway.headers, ...(beta === undefined ? {} : { 'anthropic-beta': beta }) },
      body: JSON.stringify({ ...body, stream }),
    });
  };

  test('there are recordings of both kinds', () => {
    expect(recordings.length).toBeGreaterThan(200);
    expect(recordings.filter(({ json }) => json?.['stream'] === true).length).toBeGreaterThan(50);
  });

  test.each(recordings)('$name', async (recording) => {
    const whole = await ask(recording, false);
    expect(whole.body.toString().slice(0, 300)).toContain('"type":"message"');
    expect(whole.status).toBe(200);
    expect(check('Message', JSON.parse(whole.body.toString()))).toBeUndefined();

    const streamed = await ask(recording, true);
    expect(streamed.status).toBe(200);
    expect(streamed.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const sequence = new EventSequence();
    const splitter = new FrameSplitter((type, bytes, start, end) => {
      expect(sequence.next(type)).toBeUndefined();
      const parsed = frameJson(bytes, start, end);
      expect(
        check('MessageStreamEvent', parsed.kind === 'value' ? parsed.value : parsed),
      ).toBeUndefined();
    });
    splitter.push(streamed.body);
    expect(sequence.ended && !sequence.failed).toBe(true);
  });
});
