import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/std/json.ts';
import { CanaryDrive } from '../support/canary-drive.ts';

/**
 * Where what is said is kept on purpose, credentials still are not: it is read as an operator reads it,
 * since on the disk it is compressed.
 */

let drive: CanaryDrive;
beforeAll(async () => {
  drive = await CanaryDrive.start('request_log: { bodies: { enabled: true } }\n');
  await drive.everyWay(['messages', 'chat', 'binding', 'gateway host']);
}, 120_000);
afterAll(() => drive.stop());

async function everyRequest(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const { json } = await drive.gateway.ask('GET', `/admin/v1/requests?limit=100${cursor}`);
    ids.push(...(json['data'] as readonly { id: string }[]).map(({ id }) => id));
    if (typeof json['next_cursor'] !== 'string') return ids;
    cursor = `&cursor=${encodeURIComponent(json['next_cursor'])}`;
  }
}

test('of everything that is stored, nothing lets anybody in', async () => {
  const ids = await everyRequest();
  expect(ids.length).toBeGreaterThan(100);
  let storedTexts = 0;
  const found: string[] = [];
  for (const id of ids) {
    const { json, text } = await drive.gateway.ask('GET', `/admin/v1/requests/${id}/exchange`);
    found.push(...drive.secrets.sightings(id, text));
    const content = json['content'] as JsonObject | null;
    if (content === null) continue;
    storedTexts += drive.texts.sightings(id, JSON.stringify(content)).length;
  }
  expect(found).toEqual([]);
  expect(storedTexts).toBeGreaterThan(50);
}, 120_000);
