import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AdministeredGateway } from '../support/admin-client.ts';
import { startAdministeredGateway } from '../support/admin-client.ts';

/** An operator may do much with the gateway, and nothing with the machine that it runs on. */

let gateway: AdministeredGateway;
beforeAll(async () => {
  gateway = await startAdministeredGateway();
});
afterAll(() => gateway.stop());

const path = (name: string): string => join(gateway.dataDir, name);
const check = async (yaml: string): Promise<string> => {
  const { status, text } = await gateway.ask('POST', '/admin/v1/settings/check', {
    body: { yaml },
  });
  expect(status).toBe(200);
  return text;
};

describe('a configuration that is only checked', () => {
  const SECRET = 'hunter2-of-somebody';

  test.each([
    ['a cassette', (file: string) => `upstreams: { x: { kind: replay, cassette: ${file} } }`],
    ['scenarios', (file: string) => `emulator: { scenarios_file: ${file} }`],
    [
      'a key file',
      (file: string) =>
        `upstreams: { x: { kind: vertex, project: p, region: us-east5, credentials: "file:${file}", models: {} } }`,
    ],
  ])('says nothing of what stands in a file that it names as %s', async (_what, yaml) => {
    for (const text of [
      SECRET,
      `name: ${SECRET}`,
      `- ${SECRET}`,
      `{"a": "${SECRET}"`,
      `["${SECRET}"]`,
    ]) {
      writeFileSync(path('other.txt'), `${text}\n`);
      const said = await check(yaml(path('other.txt')));
      expect(said).toContain('"ok":false');
      expect(said).not.toContain(SECRET);
    }
  });

  test('waits for no pipe, and reads no device', async () => {
    execFileSync('mkfifo', [path('pipe.jsonl')]);
    for (const file of [path('pipe.jsonl'), '/dev/zero', '/proc/self/environ']) {
      expect(await check(`emulator: { scenarios_file: ${file} }`)).toContain('cannot be read');
      const key = `{ kind: anthropic, base_url: "https://a.example", api_key: "file:${file}" }`;
      expect(await check(`upstreams: { x: ${key} }`)).toContain('is empty or missing');
      const cassette = await check(`upstreams: { x: { kind: replay, cassette: ${file} } }`);
      expect(cassette).toContain('"ok":false');
    }
  });

  test('is an answer and no fault, whatever its aliases', async () => {
    const names = 'abcdefghij'.split('');
    const text = names.map((name, at) => {
      const items = Array.from({ length: 10 }, () => (at === 0 ? 'x' : `*${names[at - 1] ?? ''}`));
      return `${name}: &${name} [${items.join(', ')}]`;
    });
    expect(await check(text.join('\n'))).toContain('alias');
  });
});

test('a cassette that is no file is listed with its problem', async () => {
  mkdirSync(path('cassettes'), { recursive: true });
  mkdirSync(path('cassettes/folder.jsonl'));
  const { json } = await gateway.ask('GET', '/admin/v1/cassettes');
  expect(json['data']).toMatchObject([
    { name: 'folder', problem: expect.stringContaining('is no file') as string },
  ]);
  const opened = await gateway.ask('GET', '/admin/v1/cassettes/folder');
  expect(opened.json['error']).toMatchObject({ code: 'cassette_unreadable' });
});

test('a name of a cassette is never a path of the process', async () => {
  // A configuration may name a file by its path, which this one would be.
  const name = 'elsewhere-of-the-process.jsonl';
  writeFileSync(name, 'not of the data directory\n');
  try {
    const { status, json } = await gateway.ask('GET', `/admin/v1/cassettes/${name}`);
    expect([status, json['error']]).toMatchObject([404, { code: 'cassette_not_found' }]);
  } finally {
    rmSync(name);
  }
  writeFileSync(path(`cassettes/${name}.jsonl`), '{"format":"other"}\n');
  const { json } = await gateway.ask('GET', '/admin/v1/cassettes');
  expect(JSON.stringify(json['data'])).toContain('not a cassette');
});
