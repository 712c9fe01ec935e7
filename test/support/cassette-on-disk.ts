import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
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
