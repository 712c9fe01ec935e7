import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** By name, in their order, decoded. */
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name, as the bytes they came as. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the server says, whatever is asked. */
export interface ScriptedReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

export interface RecordingServer {
  readonly url: string;
  /** Every request since the last `answerWith`. */
  readonly requests: readonly RecordedRequest[];
  /** The one request since then. */
  readonly request: RecordedRequest;
  answerWith(reply: ScriptedReply): void;
  stop(): Promise<void>;
}

/** A server on loopback that writes down what it is asked, and says what the test orders. */
export async function startRecordingServer(): Promise<RecordingServer> {
  let reply: ScriptedReply = {};
  let requests: RecordedRequest[] = [];
  const server = createServer((message, response) => {
    void readRecorded(message).then((request) => {
      requests.push(request);
      const { status = 200, headers = {}, body } = reply;
      response.writeHead(status, headers);
      response.end(typeof body === 'object' ? JSON.stringify(body) : body);
    });
  });
  // A refused upgrade is an answer too: the caller gets it as one.
  server.on('upgrade', (message: IncomingMessage, socket) => {
    void readRecorded(message).then((request) => {
      requests.push(request);
      socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get requests() {
      return requests;
    },
    get request() {
      const [only, ...others] = requests;
      if (only === undefined || others.length > 0)
        throw new Error(`${String(requests.length)} requests, where one was expected`);
      return only;
    },
    answerWith: (next) => {
      reply = next;
      requests = [];
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function readRecorded(message: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://server.test');
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    Buffer.from(String(value), 'latin1').toString('utf8'),
  ]);
  return {
    method: message.method ?? '',
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
