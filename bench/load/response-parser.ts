/** What the parser tells about one response. */
export type ResponseEvents = {
  readonly onHead: (status: number) => void;
  readonly onBody: (bytes: Buffer) => void;
  /** `mayReuse` is false when the server closes the connection behind this response. */
  readonly onEnd: (mayReuse: boolean) => void;
};

const headBytesMax = 64 * 1024;
const carriageReturn = 0x0d;

/** Reads HTTP/1.1 responses from a kept-alive connection, whatever the framing of their bodies and however they are cut. */
export class ResponseParser {
  #state:
    | 'head'
    | 'length'
    | 'chunk-size'
    | 'chunk-data'
    | 'chunk-end'
    | 'trailers'
    | 'until-close' = 'head';
  #carry: Buffer | undefined;
  #bytesLeft = 0;
  #mayReuse = true;
  readonly #events: ResponseEvents;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** Takes what arrived; throws when it is not HTTP. */
  feed(received: Buffer): void {
    let bytes = received;
    if (this.#carry !== undefined) {
      bytes = Buffer.concat([this.#carry, received]);
      this.#carry = undefined;
    }
    let offset = 0;
    while (offset < bytes.length) {
      const next = this.#step(bytes, offset);
      if (next === undefined) {
        this.#carry = bytes.subarray(offset);
        if (this.#carry.length > headBytesMax)
          throw new Error("a response's head or chunk line is too long");
        return;
      }
      offset = next;
    }
  }

  /** The server closed: ends a body that had no framing of its own. */
  close(): void {
    if (this.#state === 'until-close') this.#end();
  }

  /** Returns where to go on, or undefined when more bytes are needed. */
  #step(bytes: Buffer, offset: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#readHead(bytes, offset);
      case 'length':
      case 'chunk-data':
        return this.#readBody(bytes, offset);
      case 'chunk-size':
        return this.#readChunkSize(bytes, offset);
      case 'chunk-end':
        if (bytes.length < offset + 2) return undefined;
        this.#state = 'chunk-size';
        return offset + 2;
      case 'trailers':
        return this.#readTrailer(bytes, offset);
      case 'until-close':
        this.#events.onBody(offset === 0 ? bytes : bytes.subarray(offset));
        return bytes.length;
    }
  }

  #readHead(bytes: Buffer, offset: number): number | undefined {
    const headEnd = bytes.indexOf('\r\n\r\n', offset);
    if (headEnd < 0) return undefined;
    const head = bytes.toString('latin1', offset, headEnd + 2).toLowerCase();
    const status = Number(/^http\/1\.1 (\d{3})/.exec(head)?.[1]);
    if (!(status >= 200)) throw new Error(`not a response: ${head.slice(0, 40)}`);
    this.#mayReuse = !head.includes('\r\nconnection: close');
    this.#events.onHead(status);
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    if (/\r\ntransfer-encoding: *chunked/.test(head)) this.#state = 'chunk-size';
    else if (length === undefined) this.#state = 'until-close';
    else this.#beginLength(Number(length));
    return headEnd + 4;
  }

  #beginLength(length: number): void {
    this.#bytesLeft = length;
    this.#state = 'length';
    if (length === 0) this.#end();
  }

  #readBody(bytes: Buffer, offset: number): number {
    const end = Math.min(bytes.length, offset + this.#bytesLeft);
    this.#bytesLeft -= end - offset;
    this.#events.onBody(bytes.subarray(offset, end));
    if (this.#bytesLeft === 0) {
      if (this.#state === 'chunk-data') this.#state = 'chunk-end';
      else this.#end();
    }
    return end;
  }

  #readChunkSize(bytes: Buffer, offset: number): number | undefined {
    const lineEnd = bytes.indexOf('\r\n', offset);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', offset, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk has no size');
    this.#bytesLeft = size;
    this.#state = size === 0 ? 'trailers' : 'chunk-data';
    return lineEnd + 2;
  }

  #readTrailer(bytes: Buffer, offset: number): number | undefined {
    const lineEnd = bytes.indexOf('\r\n', offset);
    if (lineEnd < 0) return undefined;
    if (bytes[offset] === carriageReturn) this.#end();
    return lineEnd + 2;
  }

  #end(): void {
    this.#state = 'head';
    this.#events.onEnd(this.#mayReuse);
  }
}
