import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Script = (
  request: ReceivedRequest,
  response: ServerResponse,
  raw: IncomingMessage,
) => void;

export interface ScriptedUpstream {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** What to do with the next requests. */
  script: Script;
  stop(): Promise<void>;
}

/** A server on loopback that stands in for an upstream and does what the test tells it. */
export async function startScriptedUpstream(script: Script): Promise<ScriptedUpstream> {
  const received: ReceivedRequest[] = [];
  const server = createServer((raw, response) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('end', () => {
      const { method = '', url = '', headers } = raw;
      const request = { method, url, headers, body: Buffer.concat(chunks) };
      received.push(request);
      upstream.script(request, response, raw);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const upstream: ScriptedUpstream = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    received,
    script,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return upstream;
}

/** Configuration of a gateway in front of a scripted upstream. */
export function upstreamYaml(url: string, more = ''): string {
  return `upstreams:\n  scripted:\n    kind: anthropic\n    base_url: ${url}\n    auth: none\n    share_account_resources: true\n${more}`;
}
