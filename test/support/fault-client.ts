import type { ClientRequest } from 'node:http';
import { request as openRequest } from 'node:http';

/** A caller of the fault matrix: what it has heard so far, and how that ended. */
export interface FaultClient {
  readonly status: number | undefined;
  readonly text: string;
  readonly heardBytes: number;
  /** The answer came to an end of some kind. */
  readonly isOver: boolean;
  /** It ended as HTTP wants an answer to end. */
  readonly isComplete: boolean;
  readonly headers: Readonly<Record<string, unknown>>;
  leave(): void;
}

export interface FaultCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Asks on a connection of its own. */
export function callGateway(call: FaultCall): FaultClient {
  return new Caller(call);
}

class Caller implements FaultClient {
  status: number | undefined;
  headers: Readonly<Record<string, unknown>> = {};
  isOver = false;
  isComplete = false;
  heardBytes = 0;
  readonly #chunks: Buffer[] = [];
  readonly #request: ClientRequest;

  constructor({ url, headers, body }: FaultCall) {
    const length = String(Buffer.byteLength(body));
    this.#request = openRequest(
      url,
      { method: 'POST', agent: false, headers: { ...headers, 'content-length': length } },
      (response) => {
        this.status = response.statusCode;
        this.headers = response.headers;
        response.on('data', (chunk: Buffer) => {
          this.heardBytes += chunk.length;
          this.#chunks.push(chunk);
        });
        response.on('end', () => {
          this.isComplete = response.complete;
          this.isOver = true;
        });
        response.on('error', () => {
          this.isOver = true;
        });
        response.on('close', () => {
          this.isOver = true;
        });
      },
    );
    // That the connection broke is told by what came of the answer.
    this.#request.on('error', () => {
      this.isOver = true;
    });
    this.#request.end(body);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  leave(): void {
    this.#request.destroy();
    this.isOver = true;
  }
}
