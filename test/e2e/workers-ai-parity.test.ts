import { stripTypeScriptTypes } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAI } from '../../clients/workers-ai/workers-ai.ts';
import { bindingCalls, withOutcome } from '../support/binding-calls.ts';
import type { RecordedRequest, RecordingServer } from '../support/recording-server.ts';
import { startRecordingServer } from '../support/recording-server.ts';
import { projectRoot } from '../support/source-files.ts';
import { workerInNode } from '../support/worker-in-node.ts';
import type { LocalWorker, Outcome } from '../support/workerd.ts';
import { runPiece, startWorker, workerOf } from '../support/workerd.ts';

/**
 * The same calls through workerd's own class and through `createAI`, in Node and inside workerd:
 * the same requests, and the same results.
 */

const script = workerOf(
  Object.fromEntries(bindingCalls.map(({ name, code }) => [name, withOutcome(code)])),
);
const apiKey = 'parity-key';
let server: RecordingServer;
let binding: LocalWorker;
let inWorkerd: LocalWorker;
let inNode: LocalWorker;

beforeAll(async () => {
  server = await startRecordingServer();
  const settings = { miniflare: 4, way: 'plugin', baseURL: server.url, apiKey } as const;
  binding = await startWorker({ ...settings, script });
  inWorkerd = await startWorker({
    ...settings,
    script: `import calls from './calls.mjs';
import { createAI } from './workers-ai.ts';
const AI = createAI(${JSON.stringify({ baseURL: server.url, apiKey })});
export default { fetch: (request) => calls.fetch(request, { AI }) };`,
    modules: { 'calls.mjs': script, ...clientModules() },
  });
  inNode = await workerInNode(script, { AI: createAI({ baseURL: server.url, apiKey }) });
});
afterAll(async () => {
  await Promise.all([binding.dispose(), inWorkerd.dispose()]);
  await server.stop();
});

/** The client's source, as workerd can read it. */
function clientModules(): Readonly<Record<string, string>> {
  const folder = join(projectRoot, 'clients/workers-ai');
  const files = readdirSync(folder).filter(
    (name) => /^[a-z-]+\.ts$/.test(name) && !/^(?:miniflare|local)-/.test(name),
  );
  return Object.fromEntries(
    files.map((name) => [name, stripTypeScriptTypes(readFileSync(join(folder, name), 'utf8'))]),
  );
}

interface Trip {
  readonly requests: readonly object[];
  readonly outcome: Outcome;
}

const compared = /^(?:cf-(?:aig|consn)-|x-|content-type$|authorization$|upgrade$)/;

/** What of a request the gateway acts on. */
function essence({ method, path, query, headers, body }: RecordedRequest): object {
  const named = Object.entries(headers).filter(([name]) => compared.test(name));
  return { method, path, query: Object.entries(query), headers: Object.fromEntries(named), body };
}

async function trip(worker: LocalWorker, call: (typeof bindingCalls)[number]): Promise<Trip> {
  server.answerWith(call.reply);
  const outcome = await runPiece(worker, call.name);
  return { requests: server.requests.map((request) => essence(request)), outcome };
}

describe('createAI does what the binding does', () => {
  test.each(bindingCalls)('$name', async (call) => {
    const wanted = await trip(binding, call);
    expect(wanted.outcome.kind).toBe('value');
    for (const worker of call.isUpgrade ? [inWorkerd] : [inWorkerd, inNode])
      expect(await trip(worker, call)).toEqual(wanted);
  });
});
