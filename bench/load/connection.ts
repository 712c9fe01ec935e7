import { connect, type Socket } from 'node:net';
import { ResponseParser } from './response-parser.ts';

/** How one exchange went; told by the connection as it happens. */
export type ExchangeEvents = {
  /** The first byte of the answer's body. */
  readonly onFirstByte?: () => void;
  readonly onBody?: (bytes: Buffer) => void;
  /** Called once: with the status of a complete answer, or undefined when the connection failed before its end. */
  readonly onEnd: (status: number | undefined) => void;
};

/** One kept-alive connection that carries one exchange at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  #exchange: ExchangeEvents | undefined;
  #status = 0;
  #hasFirstByte = false;
  #isUsable = true;

  constructor(port: number) {
    this.#parser = new ResponseParser({
      onHead: (status) => {
        this.#status = status;
      },
      onBody: (bytes) => this.#takeBody(bytes),
      onEnd: (mayReuse) => {
        if (!mayReuse) this.close();
        this.#finish(this.#status);
      },
    });
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    // The close that follows tells the exchange.
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => {
      this.#isUsable = false;
      // Ends a body framed by the close; whatever is still open after that was cut off.
      this.#parser.close();
      this.#finish(undefined);
    });
  }

  /** Whether another exchange may start on it. */
  get isFree(): boolean {
    return this.#isUsable && this.#exchange === undefined;
  }

  /** Sends a whole request, head and body in one write. */
  send(request: Buffer, exchange: ExchangeEvents): void {
    if (!this.isFree) throw new Error('the connection is in use or closed');
    this.#exchange = exchange;
    this.#hasFirstByte = false;
    this.#socket.write(request);
  }

  /** Ends it; an open exchange is not told about more bytes. */
  close(): void {
    this.#isUsable = false;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    try {
      this.#parser.feed(chunk);
    } catch (cause) {
      this.#socket.destroy(cause instanceof Error ? cause : undefined);
    }
  }

  #takeBody(bytes: Buffer): void {
    if (!this.#hasFirstByte) {
      this.#hasFirstByte = true;
      this.#exchange?.onFirstByte?.();
    }
    this.#exchange?.onBody?.(bytes);
  }

  #finish(status: number | undefined): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.onEnd(status);
  }
}

/** What a request is made of. */
export type RequestParts = {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** The bytes of a request, built once and sent many times. */
export function encodeRequest(parts: RequestParts): Buffer {
  const headers = Object.entries(parts.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head =
    `POST ${parts.path} HTTP/1.1\r\nhost: 127.0.0.1:${parts.port}\r\n${headers.join('')}` +
    `content-length: ${parts.body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), parts.body]);
}
