import type { Socket } from 'node:net';
import { connect } from 'node:net';

/** A bare connection: for requests that no HTTP client would send, and for readers that stall. */
export class RawConnection {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  readonly #closed: Promise<void>;
  #isClosed = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
    // What a reset means to a test is told by `isClosed` and by what came before it.
    this.socket.on('error', () => this.socket.destroy());
    this.#closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  send(text: string | Uint8Array): this {
    this.socket.write(text);
    return this;
  }

  /** Everything that came until the other side closed. */
  async untilClosed(): Promise<string> {
    await this.#closed;
    return this.text;
  }

  close(): void {
    this.socket.destroy();
  }
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request's bytes; a body goes with its length. */
export function requestText({ method, path, headers, body = '' }: RawRequest): string {
  const lines = [
    `${method ?? 'POST'} ${path ?? '/v1/messages'} HTTP/1.1`,
    'host: test',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [`content-length: ${String(Buffer.byteLength(body))}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The answer's last body, read by its `content-length`. */
export function bodyOf(answer: string): string {
  const at = answer.lastIndexOf('\r\n\r\n');
  return answer.slice(at + 4);
}
