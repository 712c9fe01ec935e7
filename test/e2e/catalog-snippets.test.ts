import { isDeepStrictEqual } from 'node:util';
import { createAI } from 'quatrain/workers-ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workersAiExamples } from '../../src/catalog/workers-ai-examples.ts';
import { sdkParameters } from '../../src/catalog/snippets/sdk-parameters.ts';
import { modelsOf } from '../../src/catalog/profiles.ts';
import type { SaidAnswer } from '../support/snippet-answer.ts';
import { requestOf, saidIn } from '../support/snippet-answer.ts';
import type { ProgramOutput, Runnable } from '../support/snippet-output.ts';
import type { CatalogPage, PageProgram } from '../support/snippet-pages.ts';
import { fetchPages, programsOf } from '../support/snippet-pages.ts';
import { runPython, snippetPython } from '../support/snippet-python.ts';
import type { RelayedCall, SnippetRelay } from '../support/snippet-relay.ts';
import { startSnippetRelay } from '../support/snippet-relay.ts';
import { hasCurl, runShell } from '../support/snippet-shell.ts';
import type { SnippetFolder } from '../support/snippet-typescript.ts';
import { runTypescript, snippetFolder, typeProblems } from '../support/snippet-typescript.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { workerInNode } from '../support/worker-in-node.ts';
import type { Outcome } from '../support/workerd.ts';
import { runPiece, workerOf } from '../support/workerd.ts';

/**
 * All code of the catalog's pages, of every model in every form, taken from the pages' own text and
 * run against a gateway with its emulator. Each program has to make the one request that its example
 * is about, and to print what that was answered.
 */

/** Hundreds of programs, on a machine that may be busy; and Python's packages may have to come first. */
const RUN_MS_MAX = 180_000;
const INSTALL_MS_MAX = 360_000;

let gateway: TestGateway;
let relay: SnippetRelay;
let folder: SnippetFolder;
let pages: readonly CatalogPage[];
let programs: readonly PageProgram[];

beforeAll(async () => {
  gateway = await startTestGateway();
  relay = await startSnippetRelay(gateway);
  folder = snippetFolder();
  pages = await fetchPages(gateway);
  programs = programsOf(pages);
});
afterAll(async () => {
  folder.remove();
  await relay.stop();
  await gateway.stop();
});

const labels: Readonly<Record<CatalogPage['form'], readonly string[]>> = {
  messages: ['cURL', 'TypeScript (Anthropic SDK)', 'Python (Anthropic SDK)'],
  'chat-completions': ['cURL', 'TypeScript (OpenAI SDK)', 'Python (OpenAI SDK)'],
  'workers-ai': ['TypeScript (env.AI)', 'TypeScript (createAI)', 'cURL', 'Python (requests)'],
};

function labelled(...some: readonly string[]): readonly PageProgram[] {
  return programs.filter(({ label }) => some.includes(label));
}

function runnable({ name, code }: PageProgram): Runnable {
  return { name, code, env: relay.envOf(name) };
}

/** What the command of an example sends: the others have to send the same. */
function exampleBody({ page, example }: PageProgram): object {
  const command = programs.find(
    (other) => other.page === page && other.example === example && other.label === 'cURL',
  );
  if (command === undefined) throw new Error(`no command for ${page.path} ${example}`);
  return requestOf(command).body;
}

/** The class behind `env.AI` puts what it was given into an envelope. */
function bodyOf({ asked }: RelayedCall): unknown {
  const body = JSON.parse(asked) as { readonly inputs?: unknown };
  return body.inputs ?? body;
}

/** What is wrong with programs that ran, by their names: nothing, where all is as it should be. */
function problemsIn(
  some: readonly PageProgram[],
  outputs: ReadonlyMap<string, ProgramOutput>,
  read: (output: ProgramOutput, program: PageProgram) => SaidAnswer,
): readonly (readonly [string, unknown])[] {
  expect(some.length).toBeGreaterThan(0);
  return some.flatMap((program) => {
    const problem = problemOf(program, outputs.get(program.name), read);
    return problem === undefined ? [] : ([[program.name, problem]] as const);
  });
}

function problemOf(
  program: PageProgram,
  output: ProgramOutput | undefined,
  read: (output: ProgramOutput, program: PageProgram) => SaidAnswer,
): unknown {
  if (output === undefined) return 'it did not run';
  if (output.error !== null) return output.error;
  const [call, ...others] = relay.callsOf(program.name);
  if (call === undefined || others.length > 0) return 'it did not make one call';
  if (call.status !== 200) return call.answered;
  const example = exampleBody(program);
  if (!isDeepStrictEqual(bodyOf(call), example)) return bodyOf(call);
  const [printed, answered] = [read(output, program), saidIn(call.answered)];
  const isStream = 'stream' in example;
  const isRight =
    printed.text === answered.text &&
    printed.text !== '' &&
    [printed, answered].every(({ eventCount }) => eventCount > 1 === isStream);
  return isRight ? undefined : { printed, answered };
}

/** Of programs that print the text of an answer, and end the line. */
function textPrinted({ pieces }: ProgramOutput): SaidAnswer {
  const written = pieces.filter((piece) => piece !== '\n');
  return { text: pieces.join('').replace(/\n$/, ''), eventCount: written.length };
}

/** Of programs that print an answer as it comes. */
function answerPrinted({ pieces }: ProgramOutput): SaidAnswer {
  return saidIn(pieces.join(''));
}

/** What a Worker has logged, as text. */
function loggedIn(outcome: Outcome): ProgramOutput {
  switch (outcome.kind) {
    case 'value':
      return { pieces: [JSON.stringify(outcome.value)], error: null };
    case 'stream':
      return { pieces: [outcome.text], error: null };
    case 'error':
      return { pieces: [], error: outcome.message };
  }
}

describe('the pages', () => {
  test('have the five examples of every model, with every client of the form', () => {
    for (const page of pages) {
      const own = programs.filter((program) => program.page === page);
      const examples = new Set(own.map(({ example }) => example));
      expect([page.path, examples.size]).toEqual([page.path, 5]);
      for (const example of examples) {
        const its = own.filter((program) => program.example === example);
        expect(its.map(({ label }) => label)).toEqual(labels[page.form]);
      }
    }
  });

  test('ask what the catalog has for the model', () => {
    const byId = new Map(modelsOf('launch').map((model) => [model.id, model]));
    for (const page of pages.filter(({ form }) => form !== 'chat-completions')) {
      const model = byId.get(page.modelId);
      if (model === undefined) throw new Error(`no model ${page.modelId}`);
      const asked = labelled('cURL')
        .filter((program) => program.page === page)
        .map((program) => {
          const { model: _model, ...body } = requestOf(program).body;
          return body;
        });
      expect(asked).toEqual(workersAiExamples(model, 'system-first').map(({ input }) => input));
    }
  });
});

describe('every program of every page runs as it stands', () => {
  test(
    'cURL',
    async ({ skip }) => {
      if (!hasCurl()) skip('there is no curl on this machine');
      const some = labelled('cURL');
      const outputs = await runShell(some.map((program) => runnable(program)));
      expect(problemsIn(some, outputs, answerPrinted)).toEqual([]);
    },
    RUN_MS_MAX,
  );

  test(
    'TypeScript with the SDKs and createAI',
    async () => {
      const some = programs.filter(({ label }) => /^TypeScript \((?!env)/.test(label));
      const outputs = await runTypescript(
        some.map((program) => runnable(program)),
        folder,
      );
      const read = (output: ProgramOutput, { code }: PageProgram): SaidAnswer =>
        code.includes('const bytes of stream') ? answerPrinted(output) : textPrinted(output);
      expect(problemsIn(some, outputs, read)).toEqual([]);
      expect(typeProblems(folder)).toBe('');
    },
    RUN_MS_MAX,
  );

  test(
    'TypeScript of a Worker',
    async () => {
      const some = labelled('TypeScript (env.AI)');
      const outputs = new Map<string, ProgramOutput>();
      for (const { name, code } of some) {
        const { QUATRAIN_BASE_URL: baseURL, QUATRAIN_API_KEY: apiKey } = relay.envOf(name);
        const worker = await workerInNode(workerOf({ run: code }), {
          AI: createAI({ baseURL, apiKey }),
        });
        const outcome = await runPiece(worker, 'run');
        outputs.set(name, loggedIn(outcome));
      }
      expect(problemsIn(some, outputs, answerPrinted)).toEqual([]);
    },
    RUN_MS_MAX,
  );

  test(
    'Python',
    async ({ skip }) => {
      const python = snippetPython();
      if (python === undefined) return skip('the Python packages are not there');
      const some = programs.filter(({ label }) => label.startsWith('Python'));
      const outputs = await runPython(
        some.map((program) => runnable(program)),
        python,
      );
      expect(problemsIn(some, outputs, textPrinted)).toEqual([]);
    },
    INSTALL_MS_MAX,
  );
});

/** What the SDKs take by name. */
const signatures = `
import inspect, json
from anthropic import Anthropic
from openai import OpenAI
messages = Anthropic(api_key="-").messages
completions = OpenAI(api_key="-").chat.completions
print(json.dumps([list(inspect.signature(call).parameters) for call in
    (messages.create, messages.stream, completions.create)]), end="")
`;

test(
  'the SDKs for Python have every parameter that programs name',
  async ({ skip }) => {
    const python = snippetPython();
    if (python === undefined) return skip('the Python packages are not there');
    const outputs = await runPython([{ name: 'signatures', code: signatures, env: {} }], python);
    const { pieces, error } = outputs.get('signatures') ?? { pieces: [], error: 'it did not run' };
    expect(error).toBeNull();
    const [created, streamed, completed] = (JSON.parse(pieces.join('')) as string[][]).map(
      (names) => new Set(names),
    );
    const { messages, chat } = sdkParameters;
    expect([...messages].filter((name) => created?.has(name) !== true)).toEqual([]);
    // To stream is a method of its own there.
    expect([...messages].filter((name) => streamed?.has(name) !== true)).toEqual(['stream']);
    expect([...chat].filter((name) => completed?.has(name) !== true)).toEqual([]);
  },
  INSTALL_MS_MAX,
);
