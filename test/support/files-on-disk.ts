import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestGateway } from './start-test-gateway.ts';

/** What stands in the gateway's directory of files, drafts and all. */
export function filesOnDisk({ dataDir }: TestGateway): readonly string[] {
  return readdirSync(join(dataDir, 'files')).toSorted();
}

/** Waits for it: the end of an upload is noticed by the other side, later. */
export async function untilFilesOnDisk(
  gateway: TestGateway,
  wanted: readonly string[],
): Promise<void> {
  await expect.poll(() => filesOnDisk(gateway), { timeout: 5000 }).toEqual(wanted);
}
