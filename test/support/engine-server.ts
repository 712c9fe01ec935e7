import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { JsonObject } from '../../src/std/json.ts';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a request of an engine's wire form amounts to. */
export interface EngineAsked {
  readonly operation: 'messages.create' | 'messages.count_tokens' | 'other';
  /** What the engine was told of the model. */
  readonly model: string;
  readonly stream: boolean;
  readonly betas: readonly string[];
  /** The body's text, in the engine's form; of a count what is counted. */
  readonly body: string;
  /** What is wrong with its credential, by the engine's own rules. */
  readonly credentialFault?: string;
}

export interface EngineError {
  readonly status: number;
  /** `error.type` as the API calls it; a wire form may have a word of its own for it. */
  readonly type: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** A head and a whole body. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How one engine says on its wire what the API says in its own form. */
export interface EngineWire {
  read(request: WireRequest): EngineAsked;
  /** An answer in one piece: `json` is the message's text. */
  message(json: string): WireAnswer;
  count(inputTokens: number): WireAnswer;
  error(said: EngineError): WireAnswer;
  readonly streamHeaders: Readonly<Record<string, string>>;
  /** One event of a stream: `json` is its data's text. */
  event(json: string): Uint8Array;
  /** What a stream says that fails after it began. */
  streamError(said: EngineError): Uint8Array;
  /** Bytes that are no part of any stream of this form. */
  readonly garbage: Uint8Array;
}

/** What a stream does after its events. */
export type EngineEnding = 'end' | 'cut' | 'stall' | 'garbage' | EngineError;

/** What the engine answers, in the API's own form. */
export type EngineAnswer =
  | { readonly kind: 'message'; readonly json: string }
  | { readonly kind: 'count'; readonly inputTokens: number }
  | { readonly kind: 'error'; readonly said: EngineError }
  | {
      readonly kind: 'stream';
      /** Data of each event, as JSON text. */
      readonly events: readonly string[];
      readonly ending: EngineEnding;
      /** Every write has this many bytes, where it is given. */
      readonly pieceBytes?: number;
    }
  /** These very bytes. */
  | { readonly kind: 'wire'; readonly answer: WireAnswer }
  | { readonly kind: 'silence' }
  /** Cut before a byte of an answer. */
  | { readonly kind: 'reset' };

export interface EngineServer {
  readonly origin: string;
  readonly requests: readonly WireRequest[];
  /** The requests as the engine reads them. */
  readonly asked: readonly EngineAsked[];
  /** How many connections there were. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  /** The next requests get these, one each; the last one goes on. */
  answer(...answers: readonly EngineAnswer[]): void;
  /** Resolves once `isSo`, asked after everything that happens here. */
  until(isSo: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** An engine on loopback: it speaks `wire`, remembers what it was asked and answers what a test says. */
export async function startEngineServer(wire: EngineWire): Promise<EngineServer> {
  const requests: WireRequest[] = [];
  const asked: EngineAsked[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let answers: readonly EngineAnswer[] = [];
  let waiting: (() => void)[] = [];
  const changed = (): void => {
    const run = waiting;
    waiting = [];
    for (const one of run) one();
  };
  const server = createServer((raw, response) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('end', () => {
      const { method = '', url: target = '', headers } = raw;
      const request = { method, target, headers, body: Buffer.concat(chunks) };
      requests.push(request);
      asked.push(wire.read(request));
      const [next, ...rest] = answers;
      if (rest.length > 0) answers = rest;
      give(response, wire, next ?? { kind: 'silence' });
      changed();
    });
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      changed();
    });
    changed();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    asked,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    answer(...given): void {
      answers = given;
    },
    async until(isSo): Promise<void> {
      while (!isSo()) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function give(response: ServerResponse, wire: EngineWire, answer: EngineAnswer): void {
  switch (answer.kind) {
    case 'message':
      return giveWhole(response, wire.message(answer.json));
    case 'count':
      return giveWhole(response, wire.count(answer.inputTokens));
    case 'error':
      return giveWhole(response, wire.error(answer.said));
    case 'stream':
      return giveStream(response, wire, answer);
    case 'wire':
      return giveWhole(response, answer.answer);
    case 'reset':
      response.destroy();
      return;
    case 'silence':
      return;
  }
}

function giveWhole(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  response.writeHead(status, { ...headers, 'content-length': String(body.length) });
  response.end(body);
}

function giveStream(
  response: ServerResponse,
  wire: EngineWire,
  { events, ending, pieceBytes }: Extract<EngineAnswer, { kind: 'stream' }>,
): void {
  response.writeHead(200, wire.streamHeaders);
  const pieces = [...events.map((json) => wire.event(json)), ...lastWords(wire, ending)];
  const bytes = Buffer.concat(pieces);
  const step = pieceBytes ?? Math.max(bytes.length, 1);
  for (let at = 0; at < bytes.length; at += step) response.write(bytes.subarray(at, at + step));
  // Garbage is not followed by an end: whoever sees it has to hang up.
  if (ending === 'stall' || ending === 'garbage') response.flushHeaders();
  // What was written goes out before the connection is cut.
  else if (ending === 'cut') response.write('', () => response.destroy());
  else response.end();
}

function lastWords(wire: EngineWire, ending: EngineEnding): readonly Uint8Array[] {
  if (ending === 'garbage') return [wire.garbage];
  return typeof ending === 'string' ? [] : [wire.streamError(ending)];
}

/** Data of the events of a canonical stream, in order. */
export function eventTexts(stream: string): readonly string[] {
  return stream
    .split(/\r?\n\r?\n/)
    .flatMap((frame) => /^data: ?(.+)$/m.exec(frame)?.[1] ?? [])
    .map((text) => text.trimEnd());
}

/** A message's text, with what differs from a short answer. */
export function messageText(more: JsonObject = {}): string {
  return JSON.stringify({
    id: 'msg_bdrk_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [{ type: 'text', text: 'Hello, wörld 🌍' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 5 },
    ...more,
  });
}
