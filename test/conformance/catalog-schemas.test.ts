import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../support/post.ts';
import { requestOf } from '../support/snippet-answer.ts';
import type { CatalogPage, CodeBlock, PageProgram } from '../support/snippet-pages.ts';
import { fetchFile, fetchPages, programsOf } from '../support/snippet-pages.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The schemas beside the catalog's pages, held against what the pages show. */

let gateway: TestGateway;
let pages: readonly CheckedPage[];
beforeAll(async () => {
  gateway = await startTestGateway();
  const fetched = await fetchPages(gateway);
  pages = await Promise.all(
    fetched.map(async (page) => ({
      ...page,
      fitsInput: await schemaOf(page, 'schema-input.json'),
      fitsOutput: await schemaOf(page, 'schema-output.json'),
    })),
  );
}, 120_000);
afterAll(() => gateway.stop());

/** What is wrong with a value; nothing where it fits. */
type Fits = (value: unknown) => string | undefined;

interface CheckedPage extends CatalogPage {
  readonly fitsInput: Fits;
  readonly fitsOutput: Fits;
}

/** Notes for people, and formats that say what a text is for, are no rules. */
const ajv = new Ajv2020({
  strict: false,
  validateFormats: false,
  inlineRefs: false,
  code: { optimize: false },
});
const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

async function schemaOf(page: CatalogPage, file: string): Promise<Fits> {
  const text = (await fetchFile(gateway, page.path + file)).toString();
  const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
  compiled.set(text, validate);
  return (value) => (validate(value) ? undefined : JSON.stringify(validate.errors));
}

function commandsOf(page: CatalogPage): readonly PageProgram[] {
  return programsOf([page]).filter(({ label }) => label === 'cURL');
}

/** The answers in one piece that a page shows. */
function shownAnswers({ blocks }: CatalogPage): readonly CodeBlock[] {
  return blocks.filter(
    ({ title, language }) => title.includes('Raw response') && language === 'json',
  );
}

describe('on every page of every model', () => {
  test('the schema of inputs takes the examples', () => {
    for (const page of pages) {
      const commands = commandsOf(page);
      expect([page.path, commands.length]).toEqual([page.path, 5]);
      for (const command of commands) {
        expect([command.name, page.fitsInput(requestOf(command).body)]).toEqual([
          command.name,
          undefined,
        ]);
      }
    }
  });

  test('the schema of inputs takes no request without messages', () => {
    for (const page of pages) {
      const [command] = commandsOf(page);
      if (command === undefined) throw new Error(`no command on ${page.path}`);
      const { messages: _messages, ...rest } = requestOf(command).body;
      expect([page.path, page.fitsInput(rest)]).toEqual([
        page.path,
        expect.stringContaining('messages'),
      ]);
    }
  });

  test('the schema of outputs takes the answers that are shown', () => {
    for (const page of pages) {
      const answers = shownAnswers(page);
      expect([page.path, answers.length]).toEqual([page.path, 4]);
      for (const { heading, code } of answers) {
        const name = `${page.path} ${heading}`;
        expect([name, page.fitsOutput(JSON.parse(code))]).toEqual([name, undefined]);
      }
    }
  });

  test('the schema of outputs takes what the examples are answered', async () => {
    for (const page of pages) {
      for (const command of commandsOf(page)) {
        const { path, body } = requestOf(command);
        if (body['stream'] === true) continue;
        const answer = await sendRaw(`${gateway.url}${path}`, {
          headers: {
            authorization: `Bearer ${gateway.key}`,
            'anthropic-version': '2023-06-01',
            'content-type': 'application/json',
          },
          body: JSON.stringify(body),
        });
        const said = JSON.parse(answer.body.toString()) as { readonly result?: unknown };
        const message = page.form === 'workers-ai' ? said.result : said;
        expect([command.name, page.fitsOutput(message)]).toEqual([command.name, undefined]);
      }
    }
  }, 120_000);
});
