import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../src/messages/errors.ts';
import type { JsonObject } from '../../src/std/json.ts';
import { parseJson } from '../../src/std/json.ts';
import type { EngineAnswer } from '../support/engine-server.ts';
import { eventTexts } from '../support/engine-server.ts';
import type { Recording } from '../support/recordings.ts';
import { betasOf, hasRecordings, readRecordings } from '../support/recordings.ts';
import { expectSameMembers } from './driver-suite-answers.ts';
import type { DriverOptions, DriverRig, OpenRig, SuiteRequest } from './driver-suite-rig.ts';
import { canonicalStream, readBody, sendTo, withRig } from './driver-suite-rig.ts';

const recorded = hasRecordings() ? readRecordings().filter(isReplayed) : [];

/** Answers to messages that came whole; what is compressed or cut would test its recorder. */
function isReplayed({ target, method, json, status, response }: Recording): boolean {
  const isMessages = target.split('?')[0] === '/v1/messages' && method === 'POST';
  const isWhole = status === 200 || parseJson(response.toString()).kind === 'value';
  return isMessages && isWhole && json !== undefined && typeof json['model'] === 'string';
}

function answerOf({ json, status, response }: Recording): EngineAnswer {
  const text = response.toString();
  if (status !== 200) {
    const { error } = JSON.parse(text) as { error: { type: string; message: string } };
    return { kind: 'error', said: { status, ...error } };
  }
  return json?.['stream'] === true
    ? { kind: 'stream', events: eventTexts(text), ending: 'end' }
    : { kind: 'message', json: text };
}

/** What clients and the real API said to each other, with the engine in the API's place. */
export function testRecordings(openRig: OpenRig, options: DriverOptions): void {
  describe.skipIf(recorded.length === 0)('of clients and the real API', () => {
    test.each(recorded)('$name', (recording) =>
      withRig(openRig(), async (rig) => {
        const answer = answerOf(recording);
        rig.server.answer(answer);
        const sent = sentOf(recording);
        const { refuses } = options;
        const isRefused = refuses?.(recording.json as JsonObject) === true;
        const outcome = await outcomeOf(rig, sent);
        expect(outcome).toEqual(
          isRefused ? { refused: 'invalid_request', requests: 0 } : outcomeAs(answer),
        );
        for (const { body } of rig.server.asked) expectSameMembers(body, sent.body, options);
      }),
    );
  });

  test.skipIf(recorded.length === 0)('most of them are asked of the engine', () => {
    const { refuses = () => false } = options;
    const asked = recorded.filter(({ json }) => !refuses(json as JsonObject));
    expect(asked.length).toBeGreaterThan(recorded.length / 2);
  });
}

function sentOf(recording: Recording): SuiteRequest {
  const { json = {} } = recording;
  const betas = betasOf(recording);
  const stream = json['stream'] === true;
  return { body: JSON.stringify(json), stream, ...(betas === undefined ? {} : { betas }) };
}

/** What came of a request, as far as it has to be what the API said. */
type Outcome =
  | { readonly refused: string; readonly requests: number }
  | { readonly status: number; readonly error: unknown }
  | { readonly text: string; readonly ended: string };

async function outcomeOf(rig: DriverRig, sent: SuiteRequest): Promise<Outcome> {
  const said = await sendTo(rig, sent);
  if (isRefusal(said)) return { refused: said.code, requests: rig.server.requests.length };
  const read = await readBody(said.body);
  if (said.status === 200) return read;
  const { error } = JSON.parse(read.text) as { readonly error: ApiError };
  return { status: said.status, error: errorOf(error) };
}

interface ApiError {
  readonly type: string;
  readonly message: string;
}

/** Details of an error are its engine's own. */
function errorOf({ type, message }: ApiError): ApiError {
  return { type, message };
}

function outcomeAs(answer: EngineAnswer): Outcome {
  switch (answer.kind) {
    case 'error':
      return { status: answer.said.status, error: errorOf(answer.said) };
    case 'stream':
      return { text: canonicalStream(answer.events), ended: 'end' };
    case 'message':
      return { text: answer.json, ended: 'end' };
    default:
      throw new Error(`no recording is a ${answer.kind}`);
  }
}
