import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestGateway } from './start-test-gateway.ts';

/** A request that went through, with what it was answered. */
export interface RelayedCall {
  readonly path: string;
  readonly status: number;
  readonly asked: string;
  readonly answered: string;
}

/** Stands between programs and a gateway, and knows which program asked what. */
export interface SnippetRelay {
  /** Where a program asks, and with which key: the relay knows it by that. */
  envOf(program: string): Readonly<Record<'QUATRAIN_BASE_URL' | 'QUATRAIN_API_KEY', string>>;
  callsOf(program: string): readonly RelayedCall[];
  stop(): Promise<void>;
}

const MARK = 'program-';

/** Starts a relay that passes on whatever has a key of its own, under the gateway's. */
export async function startSnippetRelay(gateway: TestGateway): Promise<SnippetRelay> {
  const numbers = new Map<string, number>();
  const calls = new Map<number, RelayedCall[]>();
  const server = createServer((asked, response) => {
    pass(asked, response, { gateway, note: (mark, call) => notedIn(calls, mark).push(call) });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    envOf: (program) => {
      const number = numbers.get(program) ?? numbers.size;
      numbers.set(program, number);
      return { QUATRAIN_BASE_URL: url, QUATRAIN_API_KEY: `${MARK}${String(number)}` };
    },
    callsOf: (program) => calls.get(numbers.get(program) ?? -1) ?? [],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function notedIn(calls: Map<number, RelayedCall[]>, mark: number): RelayedCall[] {
  const noted = calls.get(mark) ?? [];
  calls.set(mark, noted);
  return noted;
}

interface Passing {
  readonly gateway: TestGateway;
  readonly note: (mark: number, call: RelayedCall) => void;
}

function pass(asked: IncomingMessage, response: ServerResponse, { gateway, note }: Passing): void {
  const { method = '', url: path = '', headers } = asked;
  const marked = /program-(\d+)$/.exec(headers.authorization ?? String(headers['x-api-key']));
  const keyHeader = headers.authorization === undefined ? 'x-api-key' : 'authorization';
  const key = keyHeader === 'authorization' ? `Bearer ${gateway.key}` : gateway.key;
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  const onwards = request(
    `${gateway.url}${path}`,
    { method, headers: { ...headers, host: new URL(gateway.url).host, [keyHeader]: key } },
    (answer) => {
      const { statusCode: status = 0 } = answer;
      response.writeHead(status, answer.headers);
      answer.on('data', (chunk: Buffer) => {
        received.push(chunk);
        response.write(chunk);
      });
      answer.on('end', () => {
        const [asText, answered] = [sent, received].map((all) => Buffer.concat(all).toString());
        const call = { path, status, asked: asText ?? '', answered: answered ?? '' };
        note(Number(marked?.[1] ?? -1), call);
        response.end();
      });
    },
  );
  onwards.on('error', (error) => response.destroy(error));
  asked.on('data', (chunk: Buffer) => {
    sent.push(chunk);
    onwards.write(chunk);
  });
  asked.on('end', () => onwards.end());
}
