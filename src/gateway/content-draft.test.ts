import { describe, expect, test } from 'vitest';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import type { ByteSink, ByteSource } from '../std/byte-stream.ts';
import { CancellationSource } from '../std/cancellation.ts';
import { ManualClock } from '../std/manual-clock.ts';
import type { ContentIntake, ExchangeContent } from '../telemetry/exchange-content.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import { ContentDraft } from './content-draft.ts';
import type { Walk, WalkReply, WalkRequest } from './exchange.ts';

const START_MS = 1_700_000_000_000;

/** Takes what is handed in, with bounds as the one on disk has them. */
class Intake implements ContentIntake {
  readonly bytesMax = 10;
  readonly taken: ExchangeContent[] = [];
  readonly #waitingMax: number;
  held = 0;
  dropped = 0;

  constructor(waitingMax = 1000) {
    this.#waitingMax = waitingMax;
  }

  hold(bytes: number): boolean {
    if (this.held + bytes > this.#waitingMax) return false;
    this.held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.held -= bytes;
  }

  record(content: ExchangeContent): void {
    this.taken.push(content);
    this.release(content.request.body.length + content.response.body.length);
  }

  drop(): void {
    this.dropped += 1;
  }
}

/** A stream that a test feeds. */
class Fed implements ByteSource {
  sink: ByteSink | undefined;
  isCancelled = false;
  open(sink: ByteSink): void {
    this.sink = sink;
  }
  resume(): void {}
  cancel(): void {
    this.isCancelled = true;
  }
}

const record = (more: Partial<RequestRecord> = {}): RequestRecord => ({
  requestId: 'req_1',
  startedAtMs: START_MS,
  keyId: 'k',
  account: 'acme',
  dialect: 'messages',
  operation: 'messages.create',
  model: undefined,
  upstream: undefined,
  status: 200,
  errorCode: undefined,
  isStream: true,
  usage: {},
  usageIsFinal: true,
  requestBytes: 0,
  responseBytes: 0,
  firstByteMs: 1,
  totalMs: 1,
  ...more,
});

const streamed = (body: ByteSource): WalkReply => ({
  status: 200,
  headers: ['content-type', 'text/event-stream'],
  body,
});

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

interface Rig {
  readonly clock: ManualClock;
  readonly intake: Intake;
  readonly cancellation: CancellationSource;
  readonly draft: ContentDraft;
}

async function begun(said = 'asked', waitingMax?: number): Promise<Rig> {
  const clock = new ManualClock(START_MS);
  const intake = new Intake(waitingMax);
  const cancellation = new CancellationSource();
  const request: WalkRequest = {
    id: 'req_1',
    dialect: messagesDialect,
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    headers: { 'x-api-key': 'secret', 'content-type': 'application/json' },
    body: { read: () => Promise.resolve(Buffer.from(said)) },
    cancellation,
  };
  const draft = new ContentDraft(request, { clock } as unknown as Walk, intake);
  await draft.request.body.read(1000);
  return { clock, intake, cancellation, draft };
}

const sinkOf = (reply: WalkReply): { readonly got: string[] } => {
  const got: string[] = [];
  if (reply.body instanceof Uint8Array) throw new Error('no stream');
  reply.body.open({
    write: (chunk) => {
      got.push(text(chunk));
      return true;
    },
    end: () => got.push('(end)'),
    fail: () => got.push('(broken)'),
  });
  return { got };
};

describe('what is said in an exchange', () => {
  test('a stream passes as it comes, and is handed in with its times once it is over and settled', async () => {
    const { clock, intake, draft } = await begun();
    const source = new Fed();
    const { got } = sinkOf(draft.answer(streamed(source)));
    clock.advance(5);
    source.sink?.write(Buffer.from('one'));
    clock.advance(10);
    source.sink?.write(Buffer.from('two'));
    draft.settle(record());
    expect(intake.taken).toEqual([]);
    source.sink?.end();
    expect(got).toEqual(['one', 'two', '(end)']);
    const [content] = intake.taken;
    expect(text(content?.request.body)).toBe('asked');
    expect(text(content?.response.body)).toBe('onetwo');
    expect(content?.response.chunks).toEqual([
      [5, 3],
      [15, 3],
    ]);
    expect(content?.request.headers).toEqual({ 'content-type': 'application/json' });
    expect(intake.held).toBe(0);
  });

  test('what is longer than the bound is cut, and counted whole', async () => {
    const { intake, draft } = await begun('asked at great length');
    const source = new Fed();
    sinkOf(draft.answer(streamed(source)));
    source.sink?.write(Buffer.from('eight by'));
    source.sink?.write(Buffer.from('tes and more'));
    source.sink?.end();
    draft.settle(record());
    const [content] = intake.taken;
    expect([text(content?.request.body), content?.request.bytes]).toEqual(['asked at g', 21]);
    expect([text(content?.response.body), content?.response.bytes]).toEqual(['eight byte', 20]);
    expect(intake.held).toBe(0);
  });

  test.each([
    ['settled first', ['settle', 'leave']],
    ['gone first', ['leave', 'settle']],
  ] as const)('a caller that leaves in the midst of it: %s', async (_what, order) => {
    const { intake, draft, cancellation } = await begun();
    const source = new Fed();
    sinkOf(draft.answer(streamed(source)));
    source.sink?.write(Buffer.from('one'));
    for (const step of order) {
      expect(intake.taken).toEqual([]);
      if (step === 'leave') cancellation.cancel();
      else draft.settle(record({ errorCode: 'client_gone' }));
    }
    expect(text(intake.taken[0]?.response.body)).toBe('one');
    expect(intake.held).toBe(0);
  });

  test('moments of a stream take memory as well, and are as bounded', async () => {
    const { intake, draft } = await begun('asked', 500);
    const source = new Fed();
    const { got } = sinkOf(draft.answer(streamed(source)));
    for (let at = 0; at < 100; at += 1) source.sink?.write(Buffer.from('x'));
    expect([got.length, intake.dropped, intake.held]).toEqual([100, 1, 0]);
    source.sink?.end();
    draft.settle(record());
    expect([intake.taken, intake.held]).toEqual([[], 0]);
  });

  test('a caller that nobody knows leaves nothing', async () => {
    const { intake, draft } = await begun();
    draft.answer({ status: 401, headers: [], body: Buffer.from('no') });
    const { account: _account, ...nobody } = record({ status: 401 });
    draft.settle(nobody);
    expect([intake.taken, intake.held, intake.dropped]).toEqual([[], 0, 0]);
  });

  test('where there is no room it is given up and counted once, and passes all the same', async () => {
    const { intake, draft } = await begun('asked', 7);
    const source = new Fed();
    const { got } = sinkOf(draft.answer(streamed(source)));
    source.sink?.write(Buffer.from('one'));
    source.sink?.write(Buffer.from('two'));
    source.sink?.end();
    draft.settle(record());
    expect(got).toEqual(['one', 'two', '(end)']);
    expect([intake.taken, intake.held, intake.dropped]).toEqual([[], 0, 1]);
  });
});
