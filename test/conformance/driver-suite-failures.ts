import { expect } from 'vitest';
import { isRefusal } from '../../src/messages/errors.ts';
import { CancellationSource } from '../../src/std/cancellation.ts';
import type { EngineAnswer, EngineError } from '../support/engine-server.ts';
import { messageText } from '../support/engine-server.ts';
import { textStream } from './driver-suite-answers.ts';
import type { AddTest, DriverOptions, DriverRig, ReadBody } from './driver-suite-rig.ts';
import {
  answered,
  bodyText,
  canonicalStream,
  driverTimeouts,
  headerOf,
  readBody,
  sendTo,
} from './driver-suite-rig.ts';

/** Statuses and types of the API; reference §4.1. */
const errors: readonly Omit<EngineError, 'message'>[] = [
  { status: 400, type: 'invalid_request_error' },
  { status: 401, type: 'authentication_error' },
  { status: 403, type: 'permission_error' },
  { status: 404, type: 'not_found_error' },
  { status: 413, type: 'request_too_large' },
  { status: 429, type: 'rate_limit_error', retryAfterSeconds: 7 },
  { status: 500, type: 'api_error' },
  { status: 529, type: 'overloaded_error' },
];

/** The stream's events up to its first words. */
const begun = textStream.slice(0, 4);
const streamAsk = { body: bodyText({}, true), stream: true };

/** Asks for a stream that the engine gives with `answer`, and reads what comes of it. */
async function readStream(rig: DriverRig, answer: EngineAnswer): Promise<ReadBody> {
  rig.server.answer(answer);
  return readBody(answered(await sendTo(rig, streamAsk)).body);
}

/** What a driver makes of everything that goes wrong. */
export function addFailures(add: AddTest, options: DriverOptions): void {
  addErrors(add, options);
  addStreams(add);
  addSilence(add);
  addConnections(add);
  add('account resources', 'are no matter of the engine', async (rig) => {
    expect(rig.upstream.keepsAccountResources).toBe(false);
    for (const operation of ['batches.create', 'files.list'] as const) {
      expect(isRefusal(await sendTo(rig, { body: '{}', operation }))).toBe(true);
    }
    expect(rig.server.requests).toEqual([]);
  });
}

function addErrors(add: AddTest, { errorStatuses = {} }: DriverOptions): void {
  for (const error of errors) {
    for (const stream of [false, true]) {
      const name = `${String(error.status)} where ${stream ? 'a stream' : 'one piece'} was asked for`;
      add('errors', name, async (rig) => {
        rig.server.answer({ kind: 'error', said: { ...error, message: 'It says: no.' } });
        const answer = answered(await sendTo(rig, { body: bodyText({}, stream), stream }));
        const status = errorStatuses[error.status] ?? error.status;
        expect([answer.status, answer.isEventStream]).toEqual([status, false]);
        const { text } = await readBody(answer.body);
        const said = {
          type: error.type,
          message: expect.stringContaining('It says: no.') as string,
        };
        expect(JSON.parse(text)).toMatchObject({ type: 'error', error: said });
        const seconds = error.retryAfterSeconds;
        expect(headerOf(answer.headers, 'retry-after')).toBe(seconds?.toString());
      });
    }
  }
  add('secrets', 'no log line and no answer says one', async (rig) => {
    const message = `The secrets are ${rig.secrets.join(' and ')}, at ${rig.server.origin}.`;
    let shown = '';
    for (const { status, type } of errors) {
      rig.server.answer({ kind: 'error', said: { status, type, message } });
      const answer = answered(await sendTo(rig, { body: bodyText() }));
      shown += JSON.stringify(answer.headers) + (await readBody(answer.body)).text;
    }
    const said = { status: 500, type: 'api_error', message };
    rig.server.answer({ kind: 'stream', events: begun, ending: said }, { kind: 'reset' });
    shown += (await readBody(answered(await sendTo(rig, streamAsk)).body)).text;
    shown += JSON.stringify(await sendTo(rig, streamAsk));
    shown += rig.lines.join('') + JSON.stringify(rig.upstream);
    expect(rig.secrets.length).toBeGreaterThan(0);
    for (const secret of rig.secrets) expect(shown).not.toContain(secret);
  });
}

function addStreams(add: AddTest): void {
  for (const error of errors.filter(({ status }) => status === 429 || status >= 500)) {
    add('errors in a stream', `${error.type} after content`, async (rig) => {
      const ending = { ...error, message: 'It says: no more.' };
      const { text } = await readStream(rig, { kind: 'stream', events: begun, ending });
      const events = canonicalStream(begun);
      expect(text.slice(0, events.length)).toBe(events);
      expect(text.slice(events.length)).toMatch(
        new RegExp(`^event: error\\ndata: .*"type":"${error.type}".*It says: no more\\..*\\n\\n$`),
      );
    });
  }
  add('cuts', 'before the head', async (rig) => {
    rig.server.answer({ kind: 'reset' });
    expect(await sendTo(rig, streamAsk)).toMatchObject({ code: 'upstream_failed' });
  });
  for (const events of [[], begun]) {
    const where = events.length === 0 ? 'before any event' : 'after content';
    add('cuts', where, async (rig) => {
      const read = await readStream(rig, { kind: 'stream', events, ending: 'cut' });
      expect(read).toEqual({ text: canonicalStream(events), ended: 'cut' });
    });
  }
  add('cuts', 'an end without its last event is not given one', async (rig) => {
    const { text } = await readStream(rig, { kind: 'stream', events: begun, ending: 'end' });
    expect(text).toBe(canonicalStream(begun));
  });
  for (const events of [[], begun]) {
    const where = events.length === 0 ? 'instead of a stream' : 'after content';
    add('malformed frames', where, async (rig) => {
      const read = await readStream(rig, { kind: 'stream', events, ending: 'garbage' });
      expect(read).toEqual({ text: canonicalStream(events), ended: 'malformed' });
      await rig.server.until(() => rig.server.open === 0);
    });
  }
}

function addSilence(add: AddTest): void {
  add('silence', 'before the head is a time-out', async (rig) => {
    rig.server.answer({ kind: 'silence' });
    const said = sendTo(rig, streamAsk);
    await rig.server.until(() => rig.server.requests.length === 1);
    rig.clock.advance(driverTimeouts.firstByteTimeoutMs + 1000);
    expect(await said).toMatchObject({ kind: 'refusal', code: 'upstream_timeout' });
  });
  add('silence', 'within a stream is one too', async (rig) => {
    rig.server.answer({ kind: 'stream', events: begun, ending: 'stall' });
    const answer = answered(await sendTo(rig, streamAsk));
    const read = await readBody(answer.body, (text) => {
      if (text !== canonicalStream(begun)) return;
      rig.clock.advance(driverTimeouts.idleTimeoutMs + 1000);
    });
    expect(read).toEqual({ text: canonicalStream(begun), ended: 'idle-timeout' });
  });
}

function addConnections(add: AddTest): void {
  add('cancellation', 'before the head closes the connection', async (rig) => {
    rig.server.answer({ kind: 'silence' });
    const cancellation = new CancellationSource();
    const said = sendTo(rig, streamAsk, cancellation);
    await rig.server.until(() => rig.server.requests.length === 1);
    cancellation.cancel();
    expect(isRefusal(await said)).toBe(true);
    await rig.server.until(() => rig.server.open === 0);
  });
  add('cancellation', 'within a stream closes the connection', async (rig) => {
    rig.server.answer({ kind: 'stream', events: begun, ending: 'stall' });
    const { body } = answered(await sendTo(rig, streamAsk));
    let chunks = 0;
    body.open({
      write(): boolean {
        chunks += 1;
        body.cancel();
        return false;
      },
      end(): void {
        chunks = Number.NaN;
      },
      fail(): void {
        chunks = Number.NaN;
      },
    });
    await rig.server.until(() => rig.server.open === 0);
    expect(chunks).toBe(1);
  });
  add('kept connections', 'carry one request after another', async (rig) => {
    const stream: EngineAnswer = { kind: 'stream', events: textStream, ending: 'end' };
    const said = { status: 429, type: 'rate_limit_error', message: 'Later.' };
    rig.server.answer(
      stream,
      { kind: 'message', json: messageText() },
      { kind: 'error', said },
      stream,
    );
    for (const isStream of [true, false, false, true]) {
      const ask = isStream ? streamAsk : { body: bodyText() };
      await readBody(answered(await sendTo(rig, ask)).body);
    }
    expect([rig.server.requests.length, rig.server.connections]).toEqual([4, 1]);
  });
}
