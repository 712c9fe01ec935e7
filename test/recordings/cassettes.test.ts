import { describe, expect, test } from 'vitest';
import { cassetteHeader } from '../../src/cassettes/cassette-format.ts';
import { CassetteIndex } from '../../src/cassettes/cassette-index.ts';
import { compareAnswers } from '../../src/cassettes/drift-report.ts';
import { encodeExchange } from '../../src/cassettes/encode-exchange.ts';
import type { CassetteLine } from '../../src/cassettes/parse-cassette.ts';
import { parseCassette } from '../../src/cassettes/parse-cassette.ts';
import { createRedactor } from '../../src/cassettes/redact-exchange.ts';
import { isRefusal } from '../../src/messages/errors.ts';
import type { UpstreamRequest } from '../../src/messages/upstream.ts';
import { collect } from '../../src/std/byte-stream.ts';
import { uncancelled } from '../../src/std/cancellation.ts';
import { ManualClock } from '../../src/std/manual-clock.ts';
import { createReplayUpstream } from '../../src/upstreams/replay/replay-upstream.ts';
import type { Recording } from '../support/recordings.ts';
import { hasRecordings, readRecordings } from '../support/recordings.ts';

/** Real exchanges go through a cassette and come back. */

const present = hasRecordings();
const messages = present
  ? readRecordings().filter(
      ({ target, method, json }) =>
        target.split('?')[0] === '/v1/messages' && method === 'POST' && json !== undefined,
    )
  : [];
const redactor = createRedactor({
  patterns: [],
  emails: 'keep',
  media: 'digest',
  mediaBytesMax: 4096,
});

function isStream({ response }: Recording): boolean {
  return response.subarray(0, 6).toString() === 'event:';
}

/** Through the file's text and back, the response in chunks of an odd size. */
function recorded(recording: Recording): CassetteLine {
  const { response, status, headers, body, json } = recording;
  const chunks = Array.from({ length: Math.ceil(response.length / 777) }, (_, at) => ({
    atMs: at,
    bytes: response.subarray(at * 777, (at + 1) * 777),
  }));
  const encoded = encodeExchange(
    {
      operation: 'messages.create',
      model: String(json?.['model']),
      atMs: 0,
      upstream: 'real',
      method: 'POST',
      path: '/v1/messages',
      requestHeaders: [],
      requestBody: body,
      response: {
        kind: 'answer',
        status,
        headers: Object.entries(headers).flat(),
        headMs: 0,
        isEventStream: isStream(recording),
        isScripted: false,
        chunks,
      },
      ended: { how: 'complete', at_ms: chunks.length },
    },
    redactor,
  );
  const parsed = parseCassette(
    `${JSON.stringify(cassetteHeader)}\n${JSON.stringify(encoded.kind === 'exchange' ? encoded.exchange : encoded)}\n`,
  );
  if (parsed.kind === 'broken') throw new Error(parsed.detail);
  return parsed.lines[0] as CassetteLine;
}

async function played(recording: Recording, stream: boolean): Promise<string> {
  const upstream = createReplayUpstream({
    name: 'tape',
    clock: new ManualClock(),
    cassetteName: 'real',
    timing: 'instant',
    exchanges: new CassetteIndex([recorded(recording)], redactor),
  });
  const request: UpstreamRequest = {
    operation: 'messages.create',
    method: 'POST',
    path: '/v1/messages',
    headers: [],
    body: recording.body,
    stream,
    requestId: 'req_1',
    account: 'a',
  };
  const answer = await upstream.send(request, uncancelled);
  if (isRefusal(answer)) return `refused: ${answer.code}`;
  const collected = await collect(answer.body, 100_000_000, uncancelled);
  return collected.kind === 'bytes' ? Buffer.from(collected.bytes).toString() : collected.kind;
}

describe.skipIf(!present)('a real exchange', () => {
  test('there are some of both forms', () => {
    expect(messages.filter((one) => isStream(one)).length).toBeGreaterThan(50);
    expect(messages.filter((one) => !isStream(one)).length).toBeGreaterThan(100);
  });

  test.each(messages)('comes out of a cassette as it went in: $name', async (recording) => {
    expect(await played(recording, isStream(recording))).toBe(recording.response.toString());
    const { response } = recorded(recording).exchange;
    expect(compareAnswers(response, response)).toEqual([]);
  });

  test.each(messages.filter(({ status }) => status === 200))(
    'has both forms: $name',
    async (recording) => {
      const whole = await played(recording, false);
      expect(JSON.parse(whole)).toMatchObject({ type: 'message', role: 'assistant' });
      expect(await played(recording, true)).toMatch(/^event: message_start\r?\ndata: /);
    },
  );
});
