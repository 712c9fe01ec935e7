import type { HeaderMap } from '../dialects/dialect.ts';
import type { HeaderList } from '../messages/upstream.ts';
import { jsonText } from '../pages/json-text.ts';
import { pageHeaders } from '../pages/page-headers.ts';
import { describeReference } from '../pages/reference-describe.ts';
import type { ReferencePage } from '../pages/reference-page.ts';
import { OPENAPI_PATH, REFERENCE_FOLDER } from '../pages/reference-page.ts';
import { writeReferenceHtml, writeReferenceMarkdown } from '../pages/reference-write.ts';
import type { WebAssets } from '../pages/web-assets.ts';
import type { JsonObject } from '../std/json.ts';
import type { EdgeReply } from './edge-reply.ts';
import { taggedReply } from './entity-tag.ts';
import { missingReply } from './missing-reply.ts';
import { prefersMarkdown } from './read-models-question.ts';
import { snippetAddress } from './snippet-address.ts';

/** What the reference is made from. */
export interface ReferenceParts {
  /** The description of every public route; asked for once. */
  readonly describe: () => JsonObject;
  readonly assets: WebAssets;
  /** Where callers reach the gateway, for the commands; asked for once. */
  readonly publicUrl?: () => string;
}

interface Written {
  readonly type: string;
  readonly body: Uint8Array;
  readonly headers: HeaderList;
}

const PAGE_FILE = 'index.md';

/** Every path of the reference, written as routes are. */
export const referencePaths: readonly string[] = [
  OPENAPI_PATH,
  ...[REFERENCE_FOLDER, `${REFERENCE_FOLDER}{part}/`].flatMap((folder) => [
    folder,
    `${folder}${PAGE_FILE}`,
  ]),
];

const HTML = 'text/html; charset=utf-8';
const MARKDOWN = 'text/markdown; charset=utf-8';
const SAFE: HeaderList = ['x-content-type-options', 'nosniff'];

/**
 * The reference at `/models/reference/` and the description that it is made of, for anybody. Nothing
 * of it but the address in its commands depends on the configuration, so each page is written once,
 * when it is first asked for.
 */
export class ReferencePages {
  readonly #parts: ReferenceParts;
  readonly #written = new Map<string, Written>();
  #document: JsonObject | undefined;
  #pages: ReadonlyMap<string, ReferencePage> | undefined;

  constructor(parts: ReferenceParts) {
    this.#parts = parts;
  }

  /** The page of a path; undefined where that is none of the reference. */
  answer(path: string, asked: HeaderMap): EdgeReply | undefined {
    if (path === OPENAPI_PATH) return this.#reply(path, asked);
    if (`${path}/` === REFERENCE_FOLDER) return redirect(REFERENCE_FOLDER);
    if (!path.startsWith(REFERENCE_FOLDER)) return undefined;
    const folder = path.endsWith(`/${PAGE_FILE}`) ? path.slice(0, -PAGE_FILE.length) : path;
    const pages = this.#allPages();
    if (pages.has(`${folder}/`)) return redirect(`${folder}/`);
    const isTwin = folder !== path || prefersMarkdown(asked);
    if (!pages.has(folder)) return this.#missing(path, isTwin ? 'markdown' : 'html');
    return this.#reply(isTwin ? `${folder}${PAGE_FILE}` : folder, asked);
  }

  /** Only of paths that there are: their number bounds what is kept. */
  #reply(path: string, asked: HeaderMap): EdgeReply {
    const written = this.#written.get(path) ?? this.#write(path);
    this.#written.set(path, written);
    const { type, body, headers } = written;
    const all = [...headers, 'vary', 'accept'];
    return taggedReply({ type, body, headers: all, cacheControl: 'no-cache' }, asked);
  }

  #write(path: string): Written {
    if (path === OPENAPI_PATH) {
      const body = Buffer.from(`${jsonText(this.#description())}\n`);
      return { type: 'application/json', body, headers: SAFE };
    }
    const pages = this.#allPages();
    const page = pages.get(path);
    if (page !== undefined) {
      const entry = this.#parts.assets.entry('catalog');
      const body = Buffer.from(writeReferenceHtml(page, entry));
      return { type: HTML, body, headers: pageHeaders };
    }
    const twin = pages.get(path.slice(0, -PAGE_FILE.length));
    if (twin === undefined) throw new Error(`a page of the reference: ${path}`);
    return { type: MARKDOWN, body: Buffer.from(writeReferenceMarkdown(twin)), headers: SAFE };
  }

  #missing(path: string, as: 'html' | 'markdown'): EdgeReply {
    const name = path.slice(REFERENCE_FOLDER.length);
    const near = [{ name: 'API reference', path: REFERENCE_FOLDER }];
    return missingReply({ name, near }, { as, entry: this.#parts.assets.entry('catalog') });
  }

  #allPages(): ReadonlyMap<string, ReferencePage> {
    this.#pages ??= new Map(
      describeReference(this.#description(), this.#address()).map((page) => [page.path, page]),
    );
    return this.#pages;
  }

  #address(): string | undefined {
    const { publicUrl } = this.#parts;
    return publicUrl && snippetAddress(publicUrl());
  }

  #description(): JsonObject {
    this.#document ??= this.#parts.describe();
    return this.#document;
  }
}

function redirect(path: string): EdgeReply {
  const headers = ['location', path, 'cache-control', 'no-cache'];
  return { status: 308, headers, body: new Uint8Array(0) };
}
