import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SeededRandom } from '../simulation/seeded-random.ts';
import type { ChaosFault } from './chaos-schedule.ts';
import { blockStart, blockStop, messageStop, textDelta } from './event-stream.ts';

/** Words of one answer; which one it is stands in each of them. */
const WORDS = 6;
const WORD_MS = 15;
/** Of the requests of an upstream that is up, so many fail all the same. */
const SPRINKLED = 0.02;
/** What befalls single requests: an upstream that is limited is limited for all. */
const sprinkledFaults: Readonly<Partial<Record<ChaosFault, number>>> = {
  reset: 3,
  'status-500': 3,
  'status-529': 3,
  stalls: 1,
  garbage: 2,
  'cut-before-content': 3,
  'cut-after-content': 2,
};

type Failing = (asked: Asked) => void;

interface Asked {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly isStream: boolean;
  readonly answer: string;
}

/** An upstream on loopback that speaks Messages and fails as it is told, and a little by itself. */
export class ChaosUpstream {
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;
  readonly #random: SeededRandom;
  readonly #sockets = new Set<Socket>();
  #fault: ChaosFault | undefined;
  #count = 0;
  /** When it last answered in full, by `performance.now`. */
  servedAtMs = 0;

  static async start(seed: number, stream: number): Promise<ChaosUpstream> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChaosUpstream(server, new SeededRandom(seed, stream));
  }

  constructor(server: Server, random: SeededRandom) {
    this.#server = server;
    this.#random = random;
    this.#port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${String(this.#port)}`;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#take(request, response);
    });
  }

  /** From now on everything fails in this way; nothing does where it is undefined. */
  async fail(fault: ChaosFault | undefined): Promise<void> {
    const wasAway = this.#fault === 'refused';
    this.#fault = fault;
    if (fault === 'refused') {
      this.#server.close();
      for (const socket of this.#sockets) socket.resetAndDestroy();
    } else if (wasAway) {
      this.#server.listen(this.#port, '127.0.0.1');
      await once(this.#server, 'listening');
    }
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isStream = Buffer.concat(chunks).includes('"stream":true');
      this.#count += 1;
      const answer = `${String(this.#port)}.${String(this.#count)}`;
      const asked = { response, socket: request.socket, isStream, answer };
      const fault = this.#fault ?? this.#sprinkled();
      if (fault === undefined) this.#answer(asked);
      else failing[fault](asked);
    });
    // Whoever asked has gone, or was told to.
    request.on('error', () => request.destroy());
  }

  #sprinkled(): ChaosFault | undefined {
    if (!this.#random.chance(SPRINKLED)) return undefined;
    return this.#random.weighted(sprinkledFaults as Readonly<Record<ChaosFault, number>>);
  }

  #answer({ response, isStream, answer }: Asked): void {
    if (!isStream) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(wholeOf(answer));
      this.servedAtMs = performance.now();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(openingOf(answer));
    let said = 0;
    const timer = setInterval(() => {
      if (said < WORDS) {
        response.write(textDelta(wordOf(answer, said)));
        said += 1;
        return;
      }
      clearInterval(timer);
      response.end(blockStop + deltaOf() + messageStop);
      this.servedAtMs = performance.now();
    }, WORD_MS);
    response.on('close', () => {
      clearInterval(timer);
    });
  }
}

function refuse(status: number, type: string, headers: Readonly<Record<string, string>>): Failing {
  const body = JSON.stringify({ type: 'error', error: { type, message: 'No.' } });
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

function reset({ socket }: Asked): void {
  socket.resetAndDestroy();
}

/** What is on its way goes out; then the connection is gone. */
function cutAfter(text: (asked: Asked) => string): Failing {
  return (asked) => {
    const { response, socket, isStream } = asked;
    const type = isStream ? 'text/event-stream' : 'application/json';
    response.writeHead(200, { 'content-type': type, 'content-length': '100000' });
    response.write(text(asked), () => {
      socket.destroySoon();
    });
  };
}

const failing: Readonly<Record<ChaosFault, Failing>> = {
  refused: reset,
  reset,
  'status-500': refuse(500, 'api_error', {}),
  'status-529': refuse(529, 'overloaded_error', {}),
  limited: refuse(429, 'rate_limit_error', { 'retry-after': '1' }),
  stalls: () => {
    // Nothing ever comes; whoever waits gives up, which closes the connection.
  },
  garbage: ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>It works!</body></html>');
  },
  'cut-before-content': cutAfter(({ isStream, answer }) =>
    isStream ? startOf(answer) : wholeOf(answer).slice(0, 60),
  ),
  'cut-after-content': cutAfter(({ isStream, answer }) =>
    isStream ? openingOf(answer) + textDelta(wordOf(answer, 0)) : wholeOf(answer).slice(0, 200),
  ),
};

function wordOf(answer: string, at: number): string {
  return `${answer}/${String(at)} `;
}

/** The text of a whole answer: its words in order, from one answer only. */
export function isWholeText(text: string): boolean {
  const answer = /^[\d.]+(?=\/0 )/.exec(text)?.[0];
  if (answer === undefined) return false;
  return text === Array.from({ length: WORDS }, (_, at) => wordOf(answer, at)).join('');
}

const usage = { input_tokens: 20, output_tokens: 1 };

function messageOf(answer: string, more: object): object {
  return {
    id: `msg_${answer}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
    ...more,
  };
}

function wholeOf(answer: string): string {
  const text = Array.from({ length: WORDS }, (_, at) => wordOf(answer, at)).join('');
  const content = [{ type: 'text', text }];
  return JSON.stringify(messageOf(answer, { content, stop_reason: 'end_turn' }));
}

function startOf(answer: string): string {
  const data = JSON.stringify({ type: 'message_start', message: messageOf(answer, {}) });
  return `event: message_start\ndata: ${data}\n\n`;
}

function openingOf(answer: string): string {
  return startOf(answer) + blockStart;
}

function deltaOf(): string {
  const delta = { stop_reason: 'end_turn', stop_sequence: null };
  const data = JSON.stringify({ type: 'message_delta', delta, usage: { output_tokens: WORDS } });
  return `event: message_delta\ndata: ${data}\n\n`;
}
