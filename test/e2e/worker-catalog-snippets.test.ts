import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestOf, saidIn } from '../support/snippet-answer.ts';
import type { PageProgram } from '../support/snippet-pages.ts';
import { fetchPages, programsOf } from '../support/snippet-pages.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import type { LocalWorker } from '../support/workerd.ts';
import { runPiece, startWorker, workerOf } from '../support/workerd.ts';

/** The code for Workers on the catalog's pages, taken from their text and run inside workerd. */

let gateway: TestGateway;
let worker: LocalWorker;
let programs: readonly PageProgram[];
beforeAll(async () => {
  gateway = await startTestGateway();
  programs = programsOf(await fetchPages(gateway));
  const pieces = own('TypeScript (env.AI)').map(({ name, code }) => [name, code] as const);
  worker = await startWorker({
    miniflare: 4,
    way: 'plugin',
    baseURL: gateway.url,
    apiKey: gateway.key,
    script: workerOf(Object.fromEntries(pieces)),
  });
});
afterAll(async () => {
  await worker.dispose();
  await gateway.stop();
});

function own(label: string): readonly PageProgram[] {
  return programs.filter(
    (program) => program.page.form === 'workers-ai' && program.label === label,
  );
}

test('every one of them logs an answer to its question, as a stream where it asks for that', async () => {
  const commands = own('cURL');
  const snippets = own('TypeScript (env.AI)');
  expect(snippets.length).toBeGreaterThan(0);
  expect(snippets.length).toBe(commands.length);
  for (const [index, { name }] of snippets.entries()) {
    const command = commands[index];
    if (command === undefined) throw new Error(`no command beside ${name}`);
    const { body } = requestOf(command);
    const outcome = await runPiece(worker, name);
    expect([name, outcome.kind]).toEqual([name, body['stream'] === true ? 'stream' : 'value']);
    if (outcome.kind === 'error') throw new Error(outcome.message);
    const { text } = saidIn(
      outcome.kind === 'stream' ? outcome.text : JSON.stringify(outcome.value),
    );
    // The emulator repeats how the question begins.
    expect(text).toContain(lastQuestionIn(body['messages']));
  }
});

function lastQuestionIn(messages: unknown): string {
  const last = (messages as readonly { readonly content: string }[]).at(-1);
  if (last === undefined) throw new Error('no question');
  return last.content;
}
