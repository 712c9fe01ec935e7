import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminRoutes, accountApiRoutes } from '../../src/admin/routes.ts';
import { CanaryDrive } from '../support/canary-drive.ts';
import { filesBelow, tablesOf } from '../support/canaries.ts';
import type { FormName } from '../support/every-form.ts';
import { formNames } from '../support/every-form.ts';
import { upstreamWays } from '../support/upstream-ways.ts';

/**
 * Canaries (reliability §3.8): secrets and texts that stand nowhere else go through every way that a
 * request can end, in every form; then all that the gateway keeps, writes and answers is searched.
 */

describe.each<[string, string, readonly FormName[]]>([
  ['as it comes', '', formNames],
  [
    'without logs of gateways',
    'gateway_log: { enabled: false }\n',
    ['messages', 'chat', 'binding', 'gateway host'],
  ],
])('%s', (_what, yaml, names) => {
  const keepsNothing = yaml !== '';
  const ways = Object.keys(upstreamWays).length;
  let drive: CanaryDrive;
  let exported: ReadonlyMap<string, string>;

  beforeAll(async () => {
    drive = await CanaryDrive.start(yaml);
    await drive.everyWay(names);
    if (!keepsNothing) await drive.whatIsKeptOnPurpose();
    exported = await drive.everythingAnswered();
    await drive.gateway.gateway.stop();
  }, 120_000);
  afterAll(() => drive.stop());

  test('the canaries went through all of it', () => {
    expect(drive.replies.size).toBeGreaterThan(names.length * 2 * ways);
    const ended = new Set([...drive.replies.values()].map(({ status }) => status));
    const wanted = [200, 400, 401, 402, 403, 404, 413, 429, 500, 502, 503, 529];
    expect(wanted.filter((status) => !ended.has(status))).toEqual([]);
    expect(drive.secrets.size).toBeGreaterThan(10);
    expect(drive.texts.size).toBeGreaterThan(names.length);
    const seen = drive.upstream.received.map(({ body }) => body.toString()).join('\n');
    expect(drive.texts.sightings('what upstreams got', seen).length).toBeGreaterThan(names.length);
  });

  test('log lines have none', () => {
    const lines = drive.gateway.logLines.join('');
    expect(drive.gateway.logLines.length).toBeGreaterThan(20);
    expect(drive.secrets.sightings('the log', lines)).toEqual([]);
    expect(drive.texts.sightings('the log', lines)).toEqual([]);
  });

  test('answers have no secret, and errors have no text', () => {
    const found = [...drive.replies].flatMap(([name, { status, said }]) => [
      ...drive.secrets.sightings(name, said),
      ...(status === 200 ? [] : drive.texts.sightings(name, said)),
    ]);
    expect(found).toEqual([]);
  });

  test('metrics, exports, the audit log and every other answer of the APIs have none', () => {
    expect(exported.size).toBeGreaterThan(
      [...adminRoutes, ...accountApiRoutes].filter(({ method }) => method === 'GET').length,
    );
    const found = [...exported].flatMap(([name, text]) => [
      ...drive.secrets.sightings(name, text),
      ...drive.texts.sightings(name, text),
    ]);
    expect(found).toEqual([]);
  });

  test('no file has a secret', () => {
    const all = filesBelow(drive.gateway.dataDir);
    expect(drive.secrets.sightings('its file', all.get('pepper') ?? '')).toEqual([
      'the pepper in its file',
    ]);
    const files = [...all].filter(([path]) => path !== 'pepper');
    expect(files.map(([path]) => path)).toContain('quatrain.db');
    const found = files.flatMap(([path, bytes]) => drive.secrets.sightings(path, bytes));
    expect(found).toEqual([]);
  });

  test('texts stand where the documents say so, and nowhere else', () => {
    const { dataDir } = drive.gateway;
    const tables = [...tablesOf(join(dataDir, 'quatrain.db'))];
    expect(tables.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'request_log',
        'ledger_transfers',
        'audit_log',
        'idempotency_records',
      ]),
    );
    const inTables = tables.filter(
      ([name, values]) => drive.texts.sightings(name, values).length > 0,
    );
    // What logs of gateways keep lies outside of the database.
    expect(inTables.map(([name]) => name)).toEqual([]);
    const files = [...filesBelow(dataDir)];
    const places = files
      .filter(([path, bytes]) => drive.texts.sightings(path, bytes).length > 0)
      .map(([path]) => path.split('/')[0] ?? '');
    const allowed = keepsNothing
      ? []
      : ['batches', 'cassettes', 'files', 'quatrain.db', 'quatrain.db-wal'];
    expect([...new Set(places)].filter((place) => !allowed.includes(place))).toEqual([]);
  });
});
