import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scenarioErrorTypes } from '../../src/config/scenario.ts';
import { parseJson } from '../../src/std/json.ts';
import { expectEnvelope } from '../support/expect-envelope.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { RawConnection, requestText } from '../support/raw-connection.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Errors and faults that scenarios order, as clients of the gateway see them on the wire. */

const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};
const TEXT = 'Über Köln';

/** One scenario for each fault, chosen by the header `x-scenario`. */
const faults: Readonly<Record<string, string>> = {
  none: '[]',
  cut: '[{ kind: cut, at_event: 4 }]',
  'cut-at-once': '[{ kind: cut, at_event: 0 }]',
  'cut-after-head': '[{ kind: stall, at_event: 0, ms: 50 }, { kind: cut, at_event: 0 }]',
  'cut-byte': '[{ kind: cut, at_byte: 700 }]',
  reset: '[{ kind: reset, at_event: 4 }]',
  stall: '[{ kind: stall, at_event: 4, ms: 400 }]',
  malformed: '[{ kind: malformed_event, at_event: 3 }]',
  'malformed-start': '[{ kind: malformed_event, at_event: 0 }]',
  'split-utf8': '[{ kind: split_utf8, at_event: 3, ms: 150 }]',
  pings: '[{ kind: duplicate_ping, at_event: 4, count: 2 }]',
  close: '[{ kind: close_without_message_stop }]',
  'error-event': '[{ kind: error_event, at_event: 5, error: { type: overloaded_error } }]',
  filtered:
    '[{ kind: error_event, at_event: 5, error: { type: invalid_request_error, message: Output blocked by content filtering policy } }]',
  status: '[{ kind: status, error: { type: overloaded_error } }]',
};
const scenarios = [
  'scenarios:',
  ...Object.entries(faults).flatMap(([name, list]) => [
    `  - name: ${name}`,
    `    match: { header: { x-scenario: ${name} } }`,
    `    respond: { content: ${TEXT} }`,
    `    faults: ${list}`,
  ]),
  ...scenarioErrorTypes.flatMap((type) => [
    `  - name: ${type}`,
    `    match: { header: { x-scenario: ${type} } }`,
    `    error: { type: ${type}, message: 'Said ${type}', retry_after_ms: 1500 }`,
  ]),
  '  - name: odd-status',
  '    match: { header: { x-scenario: odd-status } }',
  '    error: { type: api_error, status: 520, details: { error_code: edge } }',
  '  - name: early',
  '    match: { header: { x-scenario: early } }',
  '    before_validation: true',
  '    error: { type: authentication_error, message: invalid x-api-key }',
  '',
].join('\n');

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(
    'emulator: { scenarios_file: s.yaml }',
    {},
    {
      's.yaml': scenarios,
    },
  );
});
afterAll(() => gateway.stop());

const asked = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};

function post(scenario: string, more: object = {}): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}/v1/messages`, {
    headers: { ...gateway.headers, 'x-scenario': scenario },
    body: JSON.stringify({ ...asked, ...more }),
  });
}

interface Seen {
  /** Head and body as they came. */
  readonly text: string;
  /** The body without the framing of HTTP. */
  readonly body: string;
  /** When each piece came that the socket handed out, and what it was. */
  readonly pieces: readonly { readonly atMs: number; readonly bytes: Buffer }[];
  readonly errorCode: string | undefined;
  /** Whether the body came to the end that HTTP gives it. */
  readonly isEnded: boolean;
}

/** Asks over a bare socket for a stream, and waits until the other side is done with it. */
async function watch(scenario: string, more: object = { stream: true }): Promise<Seen> {
  const connection = new RawConnection(gateway.url);
  const pieces: { atMs: number; bytes: Buffer }[] = [];
  let errorCode: string | undefined;
  connection.socket.on('data', (bytes: Buffer) => pieces.push({ atMs: performance.now(), bytes }));
  connection.socket.on('error', (error: NodeJS.ErrnoException) => {
    errorCode = error.code;
  });
  const headers = { ...gateway.headers, 'x-scenario': scenario, connection: 'close' };
  connection.send(requestText({ headers, body: JSON.stringify({ ...asked, ...more }) }));
  await connection.untilClosed();
  const { bytes } = connection;
  const text = bytes.toString();
  const chunked = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  const isEnded = chunked.toString('latin1').endsWith('0\r\n\r\n');
  return { text, body: unchunked(chunked), pieces, errorCode, isEnded };
}

/** Takes the sizes of chunks out. They are on lines of their own, which no event has. */
function unchunked(bytes: Buffer): string {
  let rest = bytes;
  const parts: Buffer[] = [];
  for (;;) {
    const end = rest.indexOf('\r\n');
    const size = end < 0 ? 0 : Number.parseInt(rest.subarray(0, end).toString(), 16);
    if (!(size > 0)) return Buffer.concat(parts).toString();
    parts.push(rest.subarray(end + 2, end + 2 + size));
    rest = rest.subarray(end + 2 + size + 2);
  }
}

const eventsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^event: (\w+)$/gm)].map((match) => match[1] ?? '');

describe('errors on demand', () => {
  test.each(scenarioErrorTypes)('%s has its row of the table', async (type) => {
    const answer = await post(type);
    expect(answer.headers['x-should-retry']).toBe(
      String([409, 429, 500, 504, 529].includes(answer.status)),
    );
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.headers['anthropic-organization-id']).toMatch(/^[0-9a-f-]{36}$/);
    const status = statuses[type] ?? 0;
    if (type !== 'rate_limit_error') expectEnvelope(answer, { status, type });
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: 'error',
      error: { type, message: `Said ${type}` },
      request_id: answer.headers['request-id'],
    });
    expect(answer.status).toBe(status);
  });

  test('#18 a scripted 429 has the headers of the limits', async () => {
    const { headers } = await post('rate_limit_error');
    const names = Object.keys(headers).filter((name) => name.startsWith('anthropic-ratelimit-'));
    expect(names).toHaveLength(12);
  });

  test('a status and details of its own', async () => {
    const answer = await post('odd-status');
    expect(answer.status).toBe(520);
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      error: { details: { error_code: 'edge' }, type: 'api_error' },
    });
  });

  test.each([
    ['a stream', { stream: true }],
    ['one piece', {}],
  ])('#19 529 before the first byte of %s', async (_name, more) => {
    const answer = await post('status', more);
    expectEnvelope(answer, { status: 529, type: 'overloaded_error', message: 'Overloaded' });
  });

  test('an error before the check does not ask whether the request is valid', async () => {
    const answer = await post('early', { messages: 'none', top_k: 'x' });
    expectEnvelope(answer, { status: 401, type: 'authentication_error' });
    expectEnvelope(await post('none', { messages: 'none' }), {
      status: 400,
      type: 'invalid_request_error',
    });
  });
});

describe('faults on the wire', () => {
  test('without any, a whole stream', async () => {
    const { body, isEnded } = await watch('none');
    expect(eventsIn(body).at(-1)).toBe('message_stop');
    expect(body).toContain('ö');
    expect(isEnded).toBe(true);
  });

  test('cut: the events before it came, and the connection closed without an end', async () => {
    const whole = await watch('none');
    const { body, isEnded, errorCode } = await watch('cut');
    expect(eventsIn(body)).toEqual(eventsIn(whole.body).slice(0, 4));
    expect([isEnded, errorCode]).toEqual([false, undefined]);
  });

  test('cut at once: nothing came at all', async () => {
    expect((await watch('cut-at-once')).text).toBe('');
  });

  test('cut after a stall: the head came, and no event', async () => {
    const { text, body } = await watch('cut-after-head');
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(body).toBe('');
  });

  test('cut at a byte: to the byte', async () => {
    const { body, isEnded } = await watch('cut-byte');
    expect([Buffer.byteLength(body), isEnded]).toEqual([700, false]);
  });

  test('reset: the connection is reset', async () => {
    const { errorCode, isEnded } = await watch('reset');
    expect([errorCode, isEnded]).toEqual(['ECONNRESET', false]);
  });

  test('stall: silence for its time, and then the rest', async () => {
    const { body, pieces, isEnded } = await watch('stall');
    expect(eventsIn(body).at(-1)).toBe('message_stop');
    expect(isEnded).toBe(true);
    const gaps = pieces.slice(1).map(({ atMs }, index) => atMs - (pieces[index]?.atMs ?? 0));
    expect(Math.max(...gaps)).toBeGreaterThan(350);
  });

  test.each(['malformed', 'malformed-start'])('%s: JSON that no parser takes', async (name) => {
    const { body, isEnded } = await watch(name);
    const bad = body.split('\n\n').filter((frame) => {
      const data = frame.split('\ndata: ')[1];
      return data !== undefined && parseJson(data).kind === 'malformed';
    });
    expect([bad.length, isEnded]).toEqual([1, true]);
    expect(eventsIn(body).at(-1)).toBe('message_stop');
  });

  test('a character in two: its halves come apart, and the bytes are all there', async () => {
    const whole = (await watch('none')).body;
    const apartMs = async (): Promise<number> => {
      const { body, pieces } = await watch('split-utf8');
      expect(body).toBe(whole);
      const halves = pieces.findIndex(({ bytes }) => bytes.includes(Buffer.from([0xc3, 0x0d])));
      expect(halves).toBeGreaterThanOrEqual(0);
      const [after] = pieces.slice(halves + 1);
      return (after?.atMs ?? 0) - (pieces[halves]?.atMs ?? 0);
    };
    // A busy reader hears the first half late, and then the other soon after it: it listens again.
    await expect.poll(apartMs).toBeGreaterThan(100);
  });

  test('pings: two in a row', async () => {
    const { body } = await watch('pings');
    expect(eventsIn(body).slice(4, 6)).toEqual(['ping', 'ping']);
  });

  test('closed without message_stop: HTTP ends well, the stream does not', async () => {
    const { body, isEnded } = await watch('close');
    expect([eventsIn(body).at(-1), isEnded]).toEqual(['message_delta', true]);
  });

  test.each([
    ['error-event', 'overloaded_error', 'Overloaded'],
    ['filtered', 'invalid_request_error', 'Output blocked by content filtering policy'],
  ])('#142 %s: said in the stream, which ends with it', async (name, type, message) => {
    const { body, isEnded } = await watch(name);
    expect(eventsIn(body).at(-1)).toBe('error');
    expect(body).toContain(`{"details":null,"type":"${type}","message":"${message}"}`);
    expect(body).not.toContain('message_stop');
    expect(isEnded).toBe(true);
  });

  test('an answer in one piece breaks too', async () => {
    const cut = await watch('cut-byte', { stream: false });
    expect([cut.isEnded, Buffer.byteLength(cut.body) <= 700]).toEqual([false, true]);
    const malformed = await watch('malformed', { stream: false });
    expect(malformed.isEnded).toBe(true);
    expect(parseJson(malformed.body)).toMatchObject({ kind: 'malformed' });
    expect((await post('error-event')).status).toBe(529);
  });

  test('the SDK says what it is told', async () => {
    const ask = async (scenario: string): Promise<unknown> => {
      const client = new Anthropic({
        baseURL: gateway.url,
        apiKey: gateway.key,
        maxRetries: 0,
        logLevel: 'off',
        defaultHeaders: { 'x-scenario': scenario },
      });
      const body = { ...asked, messages: [{ role: 'user' as const, content: 'Hi' }] };
      return client.messages.stream(body).finalMessage();
    };
    await expect(ask('error-event')).rejects.toThrow(/Overloaded/);
    await expect(ask('reset')).rejects.toThrow(/terminated|reset|premature|socket/i);
    await expect(ask('malformed')).rejects.toThrow(/JSON/);
    await expect(ask('split-utf8')).resolves.toMatchObject({ content: [{ text: TEXT }] });
    await expect(ask('pings')).resolves.toMatchObject({ content: [{ text: TEXT }] });
  });

  test('a broken answer is in the request log as what it was, with its usage', async () => {
    const { headers } = await post('close', { stream: true });
    await expect
      .poll(() =>
        readRequestLog(gateway.dataDir).find(
          ({ request_id: id }) => id === headers['x-quatrain-request-id'],
        ),
      )
      .toMatchObject({ status: 200, error_code: 'upstream_truncated', usage_is_final: 1 });
  });
});
