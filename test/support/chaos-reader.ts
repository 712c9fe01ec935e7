import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { requestText } from './raw-connection.ts';

const body = JSON.stringify({
  model: 'claude-sonnet-4-6',
  max_tokens: 100,
  stream: true,
  messages: [{ role: 'user', content: 'At length, please' }],
});
const TAIL_BYTES = 4096;

/** A reader of one stream that takes what it takes, and keeps no more of it than its end. */
export class StreamReader {
  readonly #socket: Socket;
  #tail = '';
  #bytes = 0;
  #isClosed = false;

  /** `isReading` says whether it reads from the beginning, or waits to be told. */
  constructor(url: string, headers: Readonly<Record<string, string>>, isReading: boolean) {
    const { hostname, port } = new URL(url);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => {
      this.#isClosed = true;
    });
    this.#socket.write(requestText({ headers: { ...headers, connection: 'close' }, body }));
    if (isReading) this.read();
  }

  /** Reads on, to the end. */
  read(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      this.#tail = (this.#tail + chunk.toString('latin1')).slice(-TAIL_BYTES);
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the last that came is how a stream ends. */
  get hasEnded(): boolean {
    return this.#tail.includes('event: message_stop');
  }

  /** Whether anything of an error came lately. */
  get hasFailed(): boolean {
    return this.#tail.includes('event: error');
  }

  close(): void {
    this.#socket.destroy();
  }
}
