import type { Refusal } from '../../src/messages/errors.ts';
import { isRefusal, refusalText } from '../../src/messages/errors.ts';
import type {
  HeaderList,
  Operation,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../src/messages/upstream.ts';
import type { ByteSource } from '../../src/std/byte-stream.ts';
import type { Cancellation } from '../../src/std/cancellation.ts';
import { uncancelled } from '../../src/std/cancellation.ts';
import type { JsonObject } from '../../src/std/json.ts';
import type { ManualClock } from '../../src/std/manual-clock.ts';
import type { Log } from '../../src/telemetry/log.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { Http1Transport } from '../../src/upstreams/http1/http1-transport.ts';
import type { EngineServer } from '../support/engine-server.ts';

/** A driver in front of a local engine that speaks its wire form. */
export interface DriverRig {
  readonly upstream: Upstream;
  readonly server: EngineServer;
  /** The clock of the driver and its transport: time passes when a test says so. */
  readonly clock: ManualClock;
  /** What the driver logged. */
  readonly lines: readonly string[];
  /** What no log line, no answer and no request but its credential may say. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

export type OpenRig = () => Promise<DriverRig>;

/** What every driver has to do. A form that has no place for something skips that with its reason. */
export const driverCases = [
  'an answer in one piece',
  'a stream',
  'tool use',
  'thinking',
  'cache markers',
  'unknown fields and betas',
  'what is told besides',
  'count_tokens',
  'errors',
  'errors in a stream',
  'cuts',
  'malformed frames',
  'silence',
  'cancellation',
  'secrets',
  'kept connections',
  'account resources',
  'recordings',
] as const;
export type DriverCase = (typeof driverCases)[number];

export interface DriverOptions {
  /** What the engine is told where a request says `claude-sonnet-4-6`. */
  readonly model: string;
  /** Cases that the form has no place for, with the reason. */
  readonly skips?: Readonly<Partial<Record<DriverCase, string>>>;
  /** Whether the engine is told how long the caller waits. */
  readonly hearsWait?: boolean;
  /** Whether its form is another one, so that bodies and events do not keep their bytes. */
  readonly isTranslated?: boolean;
  /** Top-level members of a body that the engine does not get. */
  readonly withoutMembers?: readonly string[];
  /** Errors that the engine has no status of its own for, and what they come as. */
  readonly errorStatuses?: Readonly<Record<number, number>>;
  /** Whether the engine has no place for something in a request, which is refused before it is sent. */
  readonly refuses?: (request: JsonObject) => boolean;
}

/** Time-outs of the transport of every rig: what a test advances the clock by follows from them. */
export const driverTimeouts = {
  connectTimeoutMs: 10_000,
  firstByteTimeoutMs: 60_000,
  idleTimeoutMs: 30_000,
} as const;

/** The transport of a rig. */
export function driverTransport(clock: ManualClock, origin: string): Http1Transport {
  return new Http1Transport({ clock, origin, ...driverTimeouts, connectionsMax: 10 });
}

/** A log that writes its lines down. */
export function notedLog(clock: ManualClock, lines: string[]): Log {
  return createLog({ clock, level: () => 'debug', write: (line) => lines.push(line) });
}

/** One test of the suite: what it expects of a rig of its own. */
export interface DriverTest {
  readonly ofCase: DriverCase;
  readonly title: string;
  readonly expectSo: (rig: DriverRig) => Promise<void>;
}

/** Takes a test into the suite. */
export type AddTest = (ofCase: DriverCase, title: string, expectSo: DriverTest['expectSo']) => void;

/** Runs something with a rig, which is closed behind it. */
export async function withRig(
  rig: DriverRig | Promise<DriverRig>,
  run: (rig: DriverRig) => Promise<void>,
): Promise<void> {
  const opened = await rig;
  try {
    await run(opened);
  } finally {
    await opened.close();
  }
}

/** A request of the suite, with what differs from a short one. */
export interface SuiteRequest {
  /** The body's text; `bodyText` makes one. */
  readonly body: string;
  readonly stream?: boolean;
  readonly betas?: string;
  readonly operation?: Operation;
  readonly told?: Pick<UpstreamRequest, 'trace' | 'waitS'>;
}

/** The text of a body: members as they are given, `stream` first and `model` in between. */
export function bodyText(members: Readonly<Record<string, string>> = {}, stream = false): string {
  const all = {
    ...(stream ? { stream: 'true' } : {}),
    max_tokens: '64',
    model: '"claude-sonnet-4-6"',
    messages: '[{"role":"user","content":"Hi \\u00fc\\/ 1.0"}]',
    ...members,
  };
  const text = Object.entries(all).map(([name, value]) => `${JSON.stringify(name)}: ${value}`);
  return `{ ${text.join(' , ')} }`;
}

const paths: Readonly<Partial<Record<Operation, string>>> = {
  'messages.create': '/v1/messages',
  'messages.count_tokens': '/v1/messages/count_tokens',
};

/** Sends a request through the rig's driver. */
export function sendTo(
  { upstream }: Pick<DriverRig, 'upstream'>,
  { body, stream = false, betas, operation = 'messages.create', told = {} }: SuiteRequest,
  cancellation: Cancellation = uncancelled,
): Promise<UpstreamAnswer | Refusal> {
  const headers = ['content-type', 'application/json', 'anthropic-version', '2023-06-01'];
  return upstream.send(
    {
      operation,
      method: 'POST',
      path: paths[operation] ?? '/v1/files',
      headers: [...headers, ...(betas === undefined ? [] : ['anthropic-beta', betas])],
      body: Buffer.from(body),
      stream,
      requestId: 'req_suite',
      ...told,
      account: 'test',
    },
    cancellation,
  );
}

/** The answer, where there has to be one. */
export function answered(said: UpstreamAnswer | Refusal): UpstreamAnswer {
  if (isRefusal(said)) throw new Error(`${said.code}: ${refusalText(said)}`);
  return said;
}

/** What the body of an answer came to: its text, and how it ended. */
export interface ReadBody {
  readonly text: string;
  readonly ended: string;
}

/** Reads a body to its end; `onText` sees all of it so far after each chunk. */
export function readBody(
  source: ByteSource,
  onText: (text: string) => void = () => {},
): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    const text = (): string => Buffer.concat(chunks).toString();
    source.open({
      write(chunk: Uint8Array): boolean {
        chunks.push(Buffer.from(chunk));
        onText(text());
        return true;
      },
      end: () => {
        resolve({ text: text(), ended: 'end' });
      },
      fail: ({ kind }) => {
        resolve({ text: text(), ended: kind });
      },
    });
  });
}

/** The value of a header in a list. */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  const at = headers.findIndex((found, index) => index % 2 === 0 && found === name);
  return at < 0 ? undefined : headers[at + 1];
}

/** Events as the API's own stream has them. */
export function canonicalStream(events: readonly string[]): string {
  return events
    .map((json) => {
      const { type } = JSON.parse(json) as { readonly type: string };
      return `event: ${type}\ndata: ${json}\n\n`;
    })
    .join('');
}
