import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listenOn } from '../../src/listen-on.ts';
import type { Finished } from '../support/cli.ts';
import { runCommand, startServe, temporaryDirectory } from '../support/cli.ts';
import { hasPseudoTerminal, PseudoTerminal } from '../support/pseudo-terminal.ts';

/** `quatrain batches` and `quatrain prices import`: files of JSON Lines, and how far they are. */

const directory = temporaryDirectory();
const scenarios = 'scenarios.yaml';
let gateway: Awaited<ReturnType<typeof startServe>>;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  writeFileSync(
    join(directory.path, scenarios),
    `scenarios:
  - name: slow
    match: { last_user_text: { contains: slowly } }
    pace: { first_token_ms: 4000 }
`,
  );
  writeFileSync(
    join(directory.path, 'quatrain.yaml'),
    `emulator: { scenarios_file: ${scenarios} }\nbatches: { concurrency: 2 }\n`,
  );
  gateway = await startServe(directory.path, ['--port', '0', '--admin-port', '0']);
  const made = await runCommand(directory.path, ['keys', 'create', '--admin', '--json']);
  const { key } = JSON.parse(made.stdout) as { key: string };
  env = {
    QUATRAIN_URL: gateway.url,
    QUATRAIN_API_KEY: gateway.key ?? '',
    QUATRAIN_ADMIN_URL: gateway.metricsUrl ?? '',
    QUATRAIN_ADMIN_KEY: key,
  };
});

afterAll(async () => {
  await gateway.kill();
  directory.remove();
});

const run = (...args: readonly string[]): Promise<Finished> =>
  runCommand(directory.path, args, env);

async function json<Answer>(...args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Answer;
}

/** Writes a file of requests. */
function requests(name: string, count: number, text: string): string {
  const lines = Array.from({ length: count }, (_, at) =>
    JSON.stringify({
      custom_id: `item-${String(at)}`,
      params: {
        model: 'claude-sonnet-4-6',
        max_tokens: 16,
        messages: [{ role: 'user', content: `${text} ${String(at)}` }],
      },
    }),
  );
  writeFileSync(join(directory.path, name), `${lines.join('\n')}\n\n`);
  return name;
}

interface Batch {
  readonly id: string;
  readonly processing_status: string;
  readonly request_counts: Readonly<Record<string, number>>;
}

describe('quatrain batches', () => {
  test(
    'a file is sent, waited for, and its results are written',
    { timeout: 120_000 },
    async () => {
      const file = requests('many.jsonl', 500, `A number and many words: ${'word '.repeat(100)}`);
      const ended = await json<Batch>('batches', 'create', file, '--wait');
      expect(ended).toMatchObject({
        processing_status: 'ended',
        request_counts: { processing: 0, succeeded: 500 },
      });
      expect(await json('batches', 'get', ended.id)).toEqual(ended);
      expect(await json('batches', 'list')).toMatchObject([{ id: ended.id }]);
      const shown = await run('batches', 'results', ended.id);
      const lines = shown.stdout.trim().split('\n');
      expect(lines).toHaveLength(500);
      const written = await json('batches', 'results', ended.id, '--output', 'results.jsonl');
      expect(written).toEqual({ id: ended.id, results: 500, file: 'results.jsonl' });
      expect(readFileSync(join(directory.path, 'results.jsonl'), 'utf8')).toBe(shown.stdout);
      const again = await run('batches', 'results', ended.id, '--output', 'results.jsonl');
      expect([again.code, again.stderr]).toEqual([
        1,
        expect.stringContaining('there is a file of this name already'),
      ]);
    },
  );

  test('one is cancelled', async () => {
    const made = await json<Batch>('batches', 'create', requests('a.jsonl', 20, 'slowly'));
    expect(made.processing_status).toBe('in_progress');
    expect(await json('batches', 'cancel', made.id)).toMatchObject({ id: made.id });
    const ended = await json<Batch>('batches', 'wait', made.id);
    expect(ended.request_counts['canceled']).toBeGreaterThan(0);
  });

  test.each<[string, string, string]>([
    ['no JSON', '{"custom_id":"a","params":{}}\nnope', 'bad.jsonl:2: no JSON'],
    ['no name', '{"params":{}}', 'bad.jsonl:1: custom_id'],
    ['no request', '\n\n{"custom_id":"a"}', 'bad.jsonl:3: params'],
    ['nothing', '\n', 'bad.jsonl is empty'],
    ['a name twice', '{"custom_id":"a","params":{}}\n{"custom_id":"a","params":{}}', 'custom_id'],
  ])('a file with %s is refused, with its line', async (_name, text, words) => {
    writeFileSync(join(directory.path, 'bad.jsonl'), text);
    const { code, stderr } = await run('batches', 'create', 'bad.jsonl');
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
  });

  test('one that is not there is a problem', async () => {
    const { code, stderr } = await run('batches', 'get', 'msgbatch_nope', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { type: 'not_found_error', status: 404 } });
  });

  test.runIf(hasPseudoTerminal)('the wait has a bar that grows, without an admin key', async () => {
    const args = ['batches', 'create', requests('b.jsonl', 6, 'slowly'), '--wait'];
    const { QUATRAIN_URL = '', QUATRAIN_API_KEY = '' } = env;
    const terminal = new PseudoTerminal(directory.path, args, { QUATRAIN_URL, QUATRAIN_API_KEY });
    try {
      await expect.poll(() => terminal.code, { timeout: 30_000 }).toBe(0);
      const bars = [...terminal.text.matchAll(/ (\d+) % {2}(\d)\/6 /g)].map(([, share]) =>
        Number(share),
      );
      // Two at once: it is seen at two and four of six before its end.
      expect(new Set(bars).size).toBeGreaterThan(2);
      expect(bars).toEqual(bars.toSorted((a, b) => a - b));
      expect(bars.at(-1)).toBe(100);
      expect(terminal.text).toMatch(/^processing_status +ended\r$/m);
    } finally {
      await terminal.kill();
    }
  });

  test.runIf(hasPseudoTerminal)(
    'it is by the counts where they are told before the end',
    async () => {
      let asked = 0;
      const elsewhere = createServer((_request, response) => {
        asked += 1;
        const processing = Math.max(0, 4 - asked);
        const batch = {
          id: 'msgbatch_x',
          processing_status: processing === 0 ? 'ended' : 'in_progress',
          request_counts: { processing, succeeded: 3 - processing, errored: 1 },
        };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(batch));
      });
      const url = await listenOn(elsewhere, { host: '127.0.0.1', port: 0 });
      const args = ['batches', 'wait', 'msgbatch_x', '--url', url, '--key', 'some'];
      const terminal = new PseudoTerminal(directory.path, args);
      try {
        await expect.poll(() => terminal.code, { timeout: 30_000 }).toBe(0);
        const bars = [...terminal.text.matchAll(/(\d)\/4 /g)].map(([, done]) => Number(done));
        // The first look is over before there is a bar.
        expect(bars).toEqual(expect.arrayContaining([2, 3, 4]));
      } finally {
        await terminal.kill();
        elsewhere.close();
      }
    },
  );
});

describe('quatrain prices import', () => {
  const price = (model: string, more: object = {}): string =>
    JSON.stringify({
      model,
      class: 'input',
      nano_per_mtok: '5000000000',
      effective_from: '2127-01-01T00:00:00Z',
      source: 'the list',
      ...more,
    });
  const write = (...lines: readonly string[]): void => {
    writeFileSync(join(directory.path, 'prices.jsonl'), lines.join('\n'));
  };

  test('sets the prices of a file', async () => {
    write(price('claude-sonnet-4-6'), price('claude-haiku-4-5'));
    const { imported, ids } = await json<{ imported: number; ids: string[] }>(
      'prices',
      'import',
      'prices.jsonl',
    );
    expect(imported).toBe(2);
    const listed = await json<{ id: string }[]>('prices', 'list');
    // Those of one moment are in the order of their ids, which are made of chance.
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  test('reads all of it first, and says at which line it stopped', async () => {
    write(price('claude-opus-4-6'), price('claude-opus-4-6', { class: 'nope' }));
    const odd = await run('prices', 'import', 'prices.jsonl');
    expect([odd.code, odd.stderr]).toEqual([1, expect.stringContaining('prices.jsonl:2: class')]);
    write(price('claude-opus-4-6'), price('claude-sonnet-4-6'));
    const overlapping = await run('prices', 'import', 'prices.jsonl', '--json');
    expect(overlapping.code).toBe(1);
    expect(JSON.parse(overlapping.stderr)).toMatchObject({
      error: { code: 'price_overlaps', imported: 1 },
    });
    expect(await json('prices', 'list')).toHaveLength(3);
  });
});
