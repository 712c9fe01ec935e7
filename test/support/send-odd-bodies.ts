import { Agent, request } from 'node:http';
import { expect } from 'vitest';
import type { RawAnswer } from './post.ts';
import type { TestGateway } from './start-test-gateway.ts';

export interface OddRequest {
  readonly path: string;
  readonly body: Buffer;
  /** A post where absent. */
  readonly method?: string;
  /** Over those that all requests have. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OddSending {
  readonly gateway: TestGateway;
  readonly headers: Readonly<Record<string, string>>;
  readonly concurrent: number;
  /** What is wrong with an answer; undefined where nothing is. */
  readonly problemOf: (sent: OddRequest, answer: RawAnswer) => string | undefined;
}

const REQUEST_MS_MAX = 5000;

/**
 * Sends them all over kept connections: each must get an answer in time that is as it should be, and
 * the gateway must not have met a fault of its own. Returns how often each status came.
 */
export async function sendOddBodies(
  requests: readonly OddRequest[],
  sending: OddSending,
): Promise<ReadonlyMap<number, number>> {
  const { gateway, concurrent, problemOf } = sending;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrent });
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < requests.length; at = next++) {
      const one = requests[at];
      if (one === undefined) return;
      const { method = 'POST', path, headers = {}, body } = one;
      const shown = `#${String(at)} ${method} ${path} ${JSON.stringify(headers)} ${body.toString('latin1').slice(0, 1500)}`;
      try {
        const answer = await send(one, sending, agent);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const problem = problemOf(one, answer);
        if (problem !== undefined) problems.push(`${problem} ← ${shown}`);
      } catch (error) {
        problems.push(`${String(error)} ← ${shown}`);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrent }, work));
  agent.destroy();
  expect(problems.slice(0, 5)).toEqual([]);
  const counts = [...statuses].map(([status, count]) => `${String(status)}: ${String(count)}`);
  process.stdout.write(`fuzz: ${counts.toSorted().join(', ')}\n`);
  const faults = gateway.logLines.filter((line) => /"event":"(?:fault|driver_fault)"/.test(line));
  expect(faults).toEqual([]);
  return statuses;
}

function send(
  { path, body, method = 'POST', headers: own = {} }: OddRequest,
  { gateway, headers }: OddSending,
  agent: Agent,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${gateway.url}${path}`,
      { agent, method, headers: { ...headers, ...own, 'content-length': String(body.length) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: answered } = response;
          resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.setTimeout(REQUEST_MS_MAX, () => {
      sent.destroy(new Error(`no answer in ${String(REQUEST_MS_MAX)} ms`));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
