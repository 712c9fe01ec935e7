import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Anthropic from '@anthropic-ai/sdk';
import { expect } from 'vitest';
import { parseCassette } from '../../src/cassettes/parse-cassette.ts';
import type { RecordedExchange } from '../../src/messages/recorded-exchange.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** Where a gateway writes the cassette of a name. */
export function cassetteOf(gateway: TestGateway, name: string): string {
  return join(gateway.dataDir, 'cassettes', `${name}.jsonl`);
}

/** The exchanges of a cassette once there are so many. */
export async function recordedExchanges(
  path: string,
  count: number,
): Promise<readonly RecordedExchange[]> {
  const read = (): readonly RecordedExchange[] => {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
    const parsed = parseCassette(readFileSync(path, 'utf8'));
    if (parsed.kind === 'broken') throw new Error(`${String(parsed.line)}: ${parsed.detail}`);
    return parsed.lines.map(({ exchange }) => exchange);
  };
  await expect.poll(() => read().length, { timeout: 20_000 }).toBe(count);
  return read();
}

/** Configuration of a gateway that records its development key. */
export const recordings = 'recordings: [{ key: development, cassette: trip }]\n';
export const model = 'claude-sonnet-4-6';
export const hello: {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: { role: 'user'; content: string }[];
} = {
  model,
  max_tokens: 200,
  messages: [{ role: 'user' as const, content: 'Hello, Claude' }],
};
export const weather: typeof hello & {
  readonly tools: Anthropic.Tool[];
  readonly tool_choice: Anthropic.ToolChoiceAny;
} = {
  ...hello,
  tools: [
    {
      name: 'get_weather',
      input_schema: { type: 'object' as const, properties: { city: { type: 'string' as const } } },
    },
  ],
  tool_choice: { type: 'any' as const },
};

export interface Posted {
  readonly status: number;
  readonly type: string;
  /** The error's type, or the message's. */
  readonly body: string;
  readonly isCut: boolean;
}

/** Posts without an SDK in between, so that bytes can be compared. */
export async function post(
  gateway: TestGateway,
  body: object,
  path = '/v1/messages',
): Promise<Posted> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: gateway.headers,
    body: JSON.stringify(body),
  });
  const type = response.headers.get('content-type') ?? '';
  const received: Uint8Array[] = [];
  let isCut = false;
  try {
    for await (const chunk of response.body ?? []) received.push(chunk as Uint8Array);
  } catch {
    // A connection that breaks is what some of the cases are about.
    isCut = true;
  }
  return { status: response.status, type, body: Buffer.concat(received).toString(), isCut };
}
