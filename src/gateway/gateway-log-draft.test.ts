import fastCheck from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { FedSource, NotingSink } from '../../test/support/fed-source.ts';
import type { GatewayLogEntry, GatewayLogIntake } from '../policy/gateway-log.ts';
import type { WalkReply } from './exchange.ts';
import type { DraftOptions, SettledLog } from './gateway-log-draft.ts';
import { GatewayLogDraft } from './gateway-log-draft.ts';

/** Keeps what it is handed, and gives bytes back as a store does. */
class NotingIntake implements GatewayLogIntake {
  readonly entries: GatewayLogEntry[] = [];
  readonly dropped = 0;
  heldBytes = 0;
  bytesMax = 100;

  takes(): boolean {
    return true;
  }

  hold(bytes: number, heldBefore: number): boolean {
    if (heldBefore + bytes > this.bytesMax) return false;
    this.heldBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.heldBytes -= bytes;
  }

  record(entry: GatewayLogEntry): void {
    this.entries.push(entry);
    this.release((entry.bodies?.request.length ?? 0) + (entry.bodies?.response.length ?? 0));
  }
}

const row: SettledLog = {
  account: 'a',
  gatewayId: 'g',
  id: 'l',
  requestId: 'l',
  eventId: 'l',
  createdAtMs: 0,
  durationMs: 0,
  provider: 'p',
  model: 'm',
  modelType: 't',
  path: 'v1/messages',
  requestType: 'messages',
  requestContentType: undefined,
  statusCode: 200,
  isSuccess: true,
  isCached: false,
  tokensIn: 1,
  tokensOut: 1,
  cost: 0,
  isCustomCost: false,
  metadata: undefined,
  step: undefined,
  isAuthenticated: true,
  isWholesale: true,
  isTranslated: false,
  userAgent: undefined,
  requestBytes: 3,
  responseBytes: 0,
  feedback: undefined,
  score: undefined,
};
const asked = Buffer.from('ask');
const headers = ['Content-Type', 'text/event-stream'];

let intake: NotingIntake;
let source: FedSource;
let sink: NotingSink;

beforeEach(() => {
  intake = new NotingIntake();
  source = new FedSource();
  sink = new NotingSink();
});

function begin(more: Partial<DraftOptions> = {}): GatewayLogDraft {
  const keeping = { rowsMax: null, strategy: 'DELETE_OLDEST' } as const;
  return new GatewayLogDraft({ intake, keeping, keepsBodies: true, ...more });
}

/** The body of the reply that goes out in the place of a stream. */
function answered(draft: GatewayLogDraft): Exclude<WalkReply['body'], Uint8Array> {
  const { body } = draft.answer({ status: 200, headers, body: source });
  if (body instanceof Uint8Array) throw new Error('a stream stays one');
  return body;
}

const said = (): (string | undefined)[][] =>
  intake.entries.map(({ row: { responseContentType }, bodies }) => [
    responseContentType,
    bodies && Buffer.from(bodies.request).toString(),
    bodies && Buffer.from(bodies.response).toString(),
  ]);

describe('an answer in one piece', () => {
  test('is recorded once it is settled and answered', () => {
    const draft = begin();
    draft.settle(row, asked);
    expect(intake.entries).toEqual([]);
    const reply = { status: 200, headers, body: Buffer.from('whole') };
    expect(draft.answer(reply)).toBe(reply);
    expect(said()).toEqual([['text/event-stream', 'ask', 'whole']]);
    expect(intake.heldBytes).toBe(0);
  });

  test('has no bodies where they are too large, and what was held is given back', () => {
    intake.bytesMax = 7;
    const draft = begin();
    draft.settle(row, asked);
    draft.answer({ status: 200, headers, body: Buffer.from('whole') });
    expect(said()).toEqual([['text/event-stream', undefined, undefined]]);
    expect(intake.heldBytes).toBe(0);
  });
});

describe('a stream', () => {
  test('passes as it is, and is recorded when it is settled', () => {
    const draft = begin();
    const body = answered(draft);
    sink.takesMore = false;
    body.open(sink);
    expect(source.say('one ')).toBe(false);
    body.resume();
    source.say('two');
    draft.settle(row, asked);
    expect(said()).toEqual([['text/event-stream', 'ask', 'one two']]);
    source.sink.end();
    expect([sink.text, sink.ends, source.resumed]).toEqual(['one two', ['end'], 1]);
    expect(intake.entries).toHaveLength(1);
  });

  test('that was settled before anybody read it is recorded when it was read', () => {
    const draft = begin();
    const body = answered(draft);
    draft.settle(row, asked);
    expect(intake.entries).toEqual([]);
    source.open = (reader) => {
      reader.write(Buffer.from('held'));
      reader.end();
    };
    body.open(sink);
    expect(said()).toEqual([['text/event-stream', 'ask', 'held']]);
  });

  test('whose reader has gone is recorded with what went out', () => {
    const draft = begin();
    const body = answered(draft);
    draft.settle(row, asked);
    body.cancel();
    body.cancel();
    expect(said()).toEqual([['text/event-stream', 'ask', '']]);
    expect([source.cancelled, intake.heldBytes]).toEqual([2, 0]);
  });

  test('that says nothing more to a reader who comes too late is recorded all the same', () => {
    const draft = begin();
    const body = answered(draft);
    draft.settle(row, asked);
    body.open(sink);
    expect(intake.entries).toHaveLength(1);
  });

  test('that breaks is recorded', () => {
    const draft = begin();
    answered(draft).open(sink);
    source.say('half');
    source.sink.fail({ kind: 'reset', detail: 'gone' });
    draft.settle(row, asked);
    expect(said()).toEqual([['text/event-stream', 'ask', 'half']]);
    expect(sink.ends).toEqual(['fail reset']);
  });

  test('of which nothing is kept is not looked at', () => {
    const draft = begin({ keepsBodies: false });
    const reply = { status: 200, headers, body: source };
    expect(draft.answer(reply)).toBe(reply);
    draft.settle(row, asked);
    expect(said()).toEqual([['text/event-stream', undefined, undefined]]);
  });

  test('keeps a copy, which nobody can change', () => {
    const draft = begin();
    answered(draft).open(sink);
    const chunk = Buffer.from('mine');
    source.say(chunk);
    chunk.write('ours');
    draft.settle(row, asked);
    expect(said()[0]?.[2]).toBe('mine');
  });

  test('in any chunks gives back whatever it held', () => {
    const chunks = fastCheck.array(fastCheck.uint8Array({ maxLength: 60 }), { maxLength: 6 });
    fastCheck.assert(
      fastCheck.property(chunks, fastCheck.boolean(), (parts, isLeft) => {
        intake = new NotingIntake();
        source = new FedSource();
        const draft = begin();
        const body = answered(draft);
        body.open(new NotingSink());
        for (const part of parts) source.say(part);
        if (isLeft) body.cancel();
        draft.settle(row, asked);
        const whole = Buffer.concat(parts);
        const [entry] = intake.entries;
        expect(intake.heldBytes).toBe(0);
        expect(entry?.bodies === undefined).toBe(whole.length + asked.length > intake.bytesMax);
        expect(Buffer.from(entry?.bodies?.response ?? whole)).toEqual(whole);
      }),
    );
  });
});

test('a request is settled once', () => {
  const draft = begin();
  draft.settle(row, asked);
  expect(() => {
    draft.settle(row, asked);
  }).toThrow('a request is settled once');
});
