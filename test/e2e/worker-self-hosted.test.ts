import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendRaw } from '../support/post.ts';
import { projectRoot } from '../support/source-files.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { resolveInExample } from '../support/workerd.ts';

/** workerd by itself, with the configuration that the document shows; Workers reference §4.2 F. */

const script = `export default {
  async fetch(request, env) {
    const asked = { messages: [{ role: 'user', content: 'Hello' }], max_tokens: 16 };
    return Response.json(await env.AI.run('anthropic/claude-sonnet-4.6', asked));
  },
};`;

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  folder = mkdtempSync(join(tmpdir(), 'quatrain-workerd-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await gateway.stop();
});

/** The document's configuration, for this gateway and this key. */
function documentedConfig(): string {
  const document = readFileSync(join(projectRoot, 'docs/dialects/workers-ai.md'), 'utf8');
  const config = /```capnp\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  expect(config).toContain('cloudflare-internal:ai-api');
  return config
    .replace('127.0.0.1:4114', gateway.url.replace('http://', ''))
    .replace('qtn_live_…', gateway.key)
    .replace('*:8080', '127.0.0.1:0');
}

interface Workerd {
  readonly port: number;
  stop(): Promise<void>;
}

async function startWorkerd(config: string): Promise<Workerd> {
  const load = createRequire(resolveInExample('wrangler/package.json'));
  const { default: program } = load('workerd') as { readonly default: string };
  const child = spawn(program, ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(child, 'close');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdio[3] as Readable }), 'line'),
    ended.then(([code]) => {
      throw new Error(`workerd ended with ${String(code)}`);
    }),
  ])) as [string];
  return {
    port: (JSON.parse(line) as { readonly port: number }).port,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

test('a Worker in workerd alone has env.AI', async () => {
  const config = join(folder, 'config.capnp');
  writeFileSync(config, documentedConfig());
  writeFileSync(join(folder, 'worker.mjs'), script);
  const workerd = await startWorkerd(config);
  try {
    const { status, body } = await sendRaw(`http://127.0.0.1:${String(workerd.port)}/`);
    expect([status, JSON.parse(body.toString())]).toMatchObject([200, { type: 'message' }]);
  } finally {
    await workerd.stop();
  }
});
