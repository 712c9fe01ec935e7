import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordingServer } from '../support/recording-server.ts';
import { startRecordingServer } from '../support/recording-server.ts';

/** What the package publishes as `quatrain/workers-ai`: the built files, under their public name. */

let server: RecordingServer;
beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(() => server.stop());

const entry = fileURLToPath(import.meta.resolve('quatrain/workers-ai'));

/** A built file and all that it reaches. */
function reached(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const imports = readFileSync(path, 'utf8').matchAll(/\b(?:from|import)\s*\(?'([^']+)'/g);
  for (const [, specifier = ''] of imports) {
    if (specifier.startsWith('./')) reached(join(dirname(path), specifier), seen);
    else seen.add(specifier);
  }
  return seen;
}

test('the built files import each other and nothing else', () => {
  const all = [...reached(entry)];
  expect(all.length).toBeGreaterThan(8);
  expect(all.filter((path) => dirname(path) !== dirname(entry))).toEqual([]);
});

test('they name nothing that is Node’s alone', () => {
  const offenders = [...reached(entry)].filter((path) =>
    /\b(?:process|Buffer|require|__dirname|setImmediate)\b/.test(
      readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
    ),
  );
  expect(offenders).toEqual([]);
});

test('the public name gives createAI, headOf and the errors, and they work', async () => {
  const published = await import('quatrain/workers-ai');
  expect(Object.keys(published).toSorted()).toEqual([
    'AiGatewayInternalError',
    'AiGatewayLogNotFound',
    'AiInternalError',
    'InferenceUpstreamError',
    'createAI',
    'headOf',
  ]);
  server.answerWith({ headers: { 'content-type': 'application/json' }, body: { id: 'm' } });
  const ai = published.createAI({ baseURL: server.url, apiKey: 'key' });
  const result = await ai.run('someone/else', {});
  expect(result).toEqual({ id: 'm' });
  expect(published.headOf(result)?.status).toBe(200);
});

test('its types are published beside it', () => {
  expect(readFileSync(entry.replace(/\.js$/, '.d.ts'), 'utf8')).toContain('createAI');
});
