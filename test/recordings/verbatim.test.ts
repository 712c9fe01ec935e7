import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../support/post.ts';
import type { Recording } from '../support/recordings.ts';
import { hasRecordings, readRecordings } from '../support/recordings.ts';
import type { ScriptedUpstream } from '../support/scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Headers of a recorded answer that are about its transport, which a replay makes anew. */
const transport = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'date',
]);

const present = hasRecordings();
const recordings = present ? readRecordings() : [];

describe.skipIf(!present)('the verbatim lane', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    upstream = await startScriptedUpstream(() => {});
    gateway = await startTestGateway(upstreamYaml(upstream.url));
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  const replay = (recording: Recording, response: Buffer): void => {
    upstream.script = (_request, answer) => {
      for (const [name, value] of Object.entries(recording.headers)) {
        if (!transport.has(name)) answer.setHeader(name, value);
      }
      answer.writeHead(recording.status);
      answer.end(response);
    };
  };
  const send = (
    recording: Recording,
    body: Buffer,
    more: Record<string, string> = {},
  ): ReturnType<typeof sendRaw> =>
    sendRaw(gateway.url + recording.target, {
      method: recording.method,
      headers: {
        ...gateway.headers,
        ...(recording.json === undefined && body.length > 0
          ? {
              'content-type':
                recording.requestHeaders['content-type'] ?? 'application/octet-stream',
            }
          : {}),
        ...more,
      },
      ...(body.length > 0 ? { body } : {}),
    });

  test.each(recordings)('$name', async (recording) => {
    replay(recording, recording.response);
    const answer = await send(recording, recording.body);
    const seen = upstream.received.at(-1);
    expect(seen?.body.equals(recording.body)).toBe(true);
    expect(seen?.method).toBe(recording.method);
    expect(seen?.url).toBe(recording.target);
    expect(answer.status).toBe(recording.status);
    expect(answer.body.toString()).toBe(recording.response.toString());
    expect(answer.body.equals(recording.response)).toBe(true);
    const recordedId = recording.headers['request-id'];
    expect(answer.headers['request-id']).toBe(
      recordedId ?? answer.headers['x-quatrain-request-id'],
    );
  });

  test('fields, betas, blocks and events of next year go through unharmed, both ways', async () => {
    const messages = recordings.filter(
      ({ target, status, json }) =>
        target === '/v1/messages' && status === 200 && json !== undefined,
    );
    const streams = messages.filter(
      ({ response }) => response.subarray(0, 6).toString() === 'event:',
    );
    const name = fc.stringMatching(/^x_[a-z]{1,12}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...streams),
        name,
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(),
        async (recording, novelty, value, place) => {
          const turns = recording.json?.['messages'] as readonly {
            readonly role: string;
            readonly content: unknown;
          }[];
          const block = { type: novelty, [novelty]: value };
          const body = Buffer.from(
            JSON.stringify({
              ...recording.json,
              [novelty]: value,
              messages: [...turns, { role: 'user', content: [block], [novelty]: value }],
            }),
          );
          const events = recording.response.toString().split('\n\n');
          const at = 1 + (place % (events.length - 3));
          const event = `event: ${novelty}\ndata: ${JSON.stringify(block)}`;
          const response = Buffer.from(
            [...events.slice(0, at), event, ...events.slice(at)].join('\n\n'),
          );
          replay(recording, response);
          const beta = `${novelty}-2027-01-01, other-2027-02-02`;
          const answer = await send(recording, body, { 'anthropic-beta': beta });
          const seen = upstream.received.at(-1);
          expect(seen?.body.equals(body)).toBe(true);
          expect(seen?.headers['anthropic-beta']).toBe(beta);
          expect(answer.body.equals(response)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('nothing of the caller travels on but what is listed', async () => {
    const [recording] = recordings;
    if (recording === undefined) throw new Error('no recordings');
    replay(recording, recording.response);
    await send(recording, recording.body, {
      cookie: 'a=b',
      'x-forwarded-for': '1.2.3.4',
      'x-stainless-lang': 'js',
      'x-custom': 'y',
      connection: 'keep-alive, x-custom',
    });
    const seen = Object.keys(upstream.received.at(-1)?.headers ?? {}).toSorted();
    expect(seen).toEqual([
      'accept-encoding',
      'anthropic-version',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ]);
  });
});
