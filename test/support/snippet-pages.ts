import { modelsOf } from '../../src/catalog/profiles.ts';
import type { PageForm } from '../../src/pages/page-forms.ts';
import { formsOf, pagePath } from '../../src/pages/page-forms.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { TestGateway } from './start-test-gateway.ts';

/** A page of the catalog as its Markdown twin has it. */
export interface CatalogPage {
  /** From `/models/` to the closing slash. */
  readonly path: string;
  readonly form: PageForm;
  readonly modelId: string;
  readonly isRetired: boolean;
  readonly blocks: readonly CodeBlock[];
}

/** A block of code in a page. */
export interface CodeBlock {
  /** The heading that it stands below. */
  readonly heading: string;
  /** The line before it. */
  readonly title: string;
  readonly language: string;
  readonly code: string;
}

/** A program of a page: one request, with one client. */
export interface PageProgram {
  /** Page, example and label. */
  readonly name: string;
  readonly page: CatalogPage;
  /** The heading of the example. */
  readonly example: string;
  readonly label: string;
  readonly code: string;
}

/** Every page of every model. */
export function fetchPages(gateway: TestGateway): Promise<readonly CatalogPage[]> {
  const places = modelsOf('launch').flatMap((model) =>
    formsOf(model).map((form) => ({ model, form, path: pagePath(model, form) })),
  );
  return Promise.all(
    places.map(async ({ model, form, path }) => {
      const text = (await fetchFile(gateway, `${path}index.md`)).toString();
      const isRetired = model.retiredAt !== undefined;
      return { path, form, modelId: model.id, isRetired, blocks: codeBlocksIn(text) };
    }),
  );
}

/** A file of the catalog, which has to be there. */
export async function fetchFile(gateway: TestGateway, path: string): Promise<Buffer> {
  const answer: RawAnswer = await sendRaw(`${gateway.url}${path}`);
  if (answer.status !== 200) throw new Error(`${path} is answered ${String(answer.status)}`);
  return answer.body;
}

const runnable: ReadonlySet<string> = new Set(['sh', 'typescript', 'python']);

/** All code of pages that a reader would run. */
export function programsOf(pages: readonly CatalogPage[]): readonly PageProgram[] {
  return pages.flatMap((page) =>
    page.blocks
      .filter(({ language }) => runnable.has(language))
      .map(({ heading, title, code }) => ({
        name: `${page.path} · ${heading} · ${title}`,
        page,
        example: heading,
        label: title,
        code,
      })),
  );
}

/** The blocks of code in a Markdown text; a fence is as long as the one that began it. */
function codeBlocksIn(text: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let title = '';
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, fence, language = ''] = /^(`{3,})(\w*)$/.exec(line) ?? [];
    if (fence !== undefined) {
      const end = lines.indexOf(fence, at + 1);
      blocks.push({ heading, title, language, code: lines.slice(at + 1, end).join('\n') });
      at = end;
    } else if (line.startsWith('#')) {
      heading = line.replace(/^#+ /, '');
    } else if (line !== '') {
      title = line;
    }
  }
  return blocks;
}
