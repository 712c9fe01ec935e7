import { expect } from 'vitest';
import type { JsonBounds } from '../../src/std/scan-json.ts';
import { scanJsonObject } from '../../src/std/scan-json.ts';
import { messageText } from '../support/engine-server.ts';
import type { AddTest, DriverOptions, DriverRig } from './driver-suite-rig.ts';
import {
  answered,
  bodyText,
  canonicalStream,
  headerOf,
  readBody,
  sendTo,
} from './driver-suite-rig.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const bounds: JsonBounds = { depthMax: 100, keysMax: 10_000 };

/** The top-level members of a body, each as the bytes it was written in. */
export function membersOf(text: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(text);
  const scan = scanJsonObject(bytes, bounds);
  if (scan.kind !== 'object') throw new Error(`no object: ${text.slice(0, 200)}`);
  return Object.fromEntries(
    [...scan.members].map(([name, { start, end }]) => [
      name,
      bytes.subarray(start, end).toString(),
    ]),
  );
}

/** Whether the engine got each member that its form has as its caller wrote it. */
export function expectSameMembers(
  got: string,
  sent: string,
  { withoutMembers = [], isTranslated = false }: DriverOptions,
): void {
  if (isTranslated) return;
  const wanted = Object.entries(membersOf(sent)).filter(([name]) => !withoutMembers.includes(name));
  expect(membersOf(got)).toMatchObject(Object.fromEntries(wanted));
  for (const name of withoutMembers) expect(membersOf(got)).not.toHaveProperty(name);
}

const usage = {
  input_tokens: 4,
  cache_creation_input_tokens: 2048,
  cache_read_input_tokens: 1024,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2048 },
  output_tokens: 1,
};
/** Base64 as the API signs: both of its odd letters, and the padding. */
const signature = 'EqoBCkgIARABGAIiQ+/L2hhbmQ+d3JpdHRlbg/+==';

/** A stream around the deltas of one block. */
function streamOf(block: object, deltas: readonly object[]): readonly string[] {
  const message = JSON.parse(messageText()) as object;
  return [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null, usage } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'ping' },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
    { type: 'message_stop' },
  ].map((event) => JSON.stringify(event));
}

export const textStream: readonly string[] = streamOf({ type: 'text', text: '' }, [
  { type: 'text_delta', text: 'Hello, ' },
  { type: 'text_delta', text: 'wörld 🌍 "quoted"\n\n' },
]);
const toolStream = streamOf({ type: 'tool_use', id: 'toolu_bdrk_01', name: 'look', input: {} }, [
  { type: 'input_json_delta', partial_json: '' },
  { type: 'input_json_delta', partial_json: '{"at": "ü\\u00e9' },
  { type: 'input_json_delta', partial_json: '"}' },
]);
const thinkingStream = streamOf({ type: 'thinking', thinking: '', signature: '' }, [
  { type: 'thinking_delta', thinking: 'Let me see.' },
  { type: 'signature_delta', signature },
]);
/** What nobody knows yet passes too. */
const futureStream = streamOf({ type: 'hologram', made_of: { light: 1 } }, [
  { type: 'photon_delta', photons: [1, 2, 3] },
]);

const tools =
  '[{"name":"look","input_schema":{"type":"object","properties":{"at":{"type":"string"}}} }]';
const thinkingTurns = `[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"a\\u2028b \\/","signature":"${signature}"} , {"type":"redacted_thinking","data":"${signature}"},{"type":"tool_use","id":"t1","name":"look","input":{"n":1.0,"big":12345678901234567890}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"seen"}]}]`;
const cachedTurns =
  '[{"role":"user","content":[{"type":"text","text":"Long","cache_control":{"type":"ephemeral","ttl":"1h"}}]}]';

/** Asks for a stream and wants it as the API itself would have sent it. */
async function expectStream(
  rig: DriverRig,
  events: readonly string[],
  { members = {}, pieceBytes }: StreamAsk,
  options: DriverOptions,
): Promise<void> {
  const cut = pieceBytes === undefined ? {} : { pieceBytes };
  rig.server.answer({ kind: 'stream', events, ending: 'end', ...cut });
  const body = bodyText(members, true);
  const answer = answered(await sendTo(rig, { body, stream: true }));
  expect(answer).toMatchObject({ status: 200, isEventStream: true });
  expect(headerOf(answer.headers, 'content-type')).toMatch(/^text\/event-stream/);
  const read = await readBody(answer.body);
  expect(read).toEqual({ text: canonicalStream(events), ended: 'end' });
  const [asked] = rig.server.asked;
  expect(asked).toMatchObject({ operation: 'messages.create', stream: true, model: options.model });
  expect(asked?.credentialFault).toBeUndefined();
  expectSameMembers(asked?.body ?? '', body, options);
}

interface StreamAsk {
  readonly members?: Readonly<Record<string, string>>;
  readonly pieceBytes?: number;
}

/** What a driver makes of answers that succeed. */
export function addAnswers(add: AddTest, options: DriverOptions): void {
  addWhole(add, options);
  add('a stream', 'events keep their bytes', (rig) => expectStream(rig, textStream, {}, options));
  for (const pieceBytes of [1, 3, 17]) {
    add('a stream', `written ${String(pieceBytes)} bytes at a time`, (rig) =>
      expectStream(rig, textStream, { pieceBytes }, options),
    );
  }
  add('tool use', 'arguments keep their bytes, both ways', (rig) =>
    expectStream(rig, toolStream, { members: { tools } }, options),
  );
  add('thinking', 'blocks and signatures keep their bytes, both ways', (rig) =>
    expectStream(rig, thinkingStream, { members: { tools, messages: thinkingTurns } }, options),
  );
  add('cache markers', 'go out as they came, and usage says what they did', (rig) =>
    expectStream(rig, textStream, { members: { messages: cachedTurns } }, options),
  );
  add('unknown fields and betas', 'fields, events and blocks of next year', (rig) =>
    expectStream(rig, futureStream, { members: { next_year: '{"a":[1.50,"\\u0061"]}' } }, options),
  );
  add('unknown fields and betas', 'betas reach the engine', async (rig) => {
    rig.server.answer({ kind: 'message', json: messageText() });
    answered(await sendTo(rig, { body: bodyText(), betas: 'one-2025-01-01, two-2026-01-01' }));
    expect(rig.server.asked[0]?.betas).toEqual(['one-2025-01-01', 'two-2026-01-01']);
  });
  add('what is told besides', 'the trace, and how long the caller waits', async (rig) => {
    rig.server.answer({ kind: 'message', json: messageText() });
    const trace = ['traceparent', TRACEPARENT, 'tracestate', 'a=b'];
    answered(await sendTo(rig, { body: bodyText(), told: { trace, waitS: 29 } }));
    answered(await sendTo(rig, { body: bodyText() }));
    const told = rig.server.requests.map(({ headers }) => [
      headers['traceparent'],
      headers['tracestate'],
      headers['x-stainless-timeout'],
    ]);
    const wait = options.hearsWait === true ? '29' : undefined;
    expect(told).toEqual([
      [TRACEPARENT, 'a=b', wait],
      [undefined, undefined, undefined],
    ]);
    expect(rig.server.asked.map(({ credentialFault }) => credentialFault)).toEqual([
      undefined,
      undefined,
    ]);
  });
  add('count_tokens', 'are what the engine says', async (rig) => {
    rig.server.answer({ kind: 'count', inputTokens: 1234 });
    const { max_tokens: _none, ...members } = membersOf(bodyText());
    const texts = Object.entries(members).map(([name, value]) => `"${name}":${value}`);
    const body = `{${texts.join(',')}}`;
    const answer = answered(await sendTo(rig, { body, operation: 'messages.count_tokens' }));
    const { text } = await readBody(answer.body);
    expect([answer.status, JSON.parse(text)]).toEqual([200, { input_tokens: 1234 }]);
    const [asked] = rig.server.asked;
    expect(asked).toMatchObject({ operation: 'messages.count_tokens', model: options.model });
    expect(asked?.credentialFault).toBeUndefined();
    expectSameMembers(asked?.body ?? '', body, options);
  });
}

function addWhole(add: AddTest, options: DriverOptions): void {
  const answers: Readonly<Record<string, string>> = {
    text: messageText(),
    'thinking and its signature': messageText({
      content: [
        { type: 'thinking', thinking: 'Let me see.', signature },
        { type: 'tool_use', id: 'toolu_bdrk_01', name: 'look', input: { at: 'ü' } },
      ],
      usage,
    }),
  };
  for (const [name, json] of Object.entries(answers)) {
    add('an answer in one piece', name, async (rig) => {
      rig.server.answer({ kind: 'message', json });
      const body = bodyText({ tools });
      const answer = answered(await sendTo(rig, { body }));
      expect(answer).toMatchObject({ status: 200, isEventStream: false });
      expect(headerOf(answer.headers, 'content-type')).toMatch(/^application\/json/);
      expect(await readBody(answer.body)).toEqual({ text: json, ended: 'end' });
      const [asked] = rig.server.asked;
      expect(asked).toMatchObject({ operation: 'messages.create', stream: false });
      expect([asked?.model, asked?.credentialFault]).toEqual([options.model, undefined]);
      expectSameMembers(asked?.body ?? '', body, options);
    });
  }
}
