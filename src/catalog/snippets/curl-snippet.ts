import { writeLiteral } from './literal.ts';
import type { CallRequest } from './call-request.ts';
import { EARLIER_VERSION } from './call-request.ts';
import { jsonSyntax } from './json-literal.ts';
import type { SnippetForm } from './snippet.ts';

interface CurlWay {
  /** As it stands within double quotes of a shell. */
  readonly path: (model: string) => string;
  readonly headers: readonly string[];
  readonly namesModelInBody: boolean;
}

const bearer = 'Authorization: Bearer $QUATRAIN_API_KEY';
const json = 'Content-Type: application/json';

const ways: Readonly<Record<SnippetForm, CurlWay>> = {
  messages: {
    path: () => '/v1/messages',
    headers: ['x-api-key: $QUATRAIN_API_KEY', `anthropic-version: ${EARLIER_VERSION}`, json],
    namesModelInBody: true,
  },
  'chat-completions': {
    path: () => '/v1/chat/completions',
    headers: [bearer, json],
    namesModelInBody: true,
  },
  'workers-ai': { path: runPath, headers: [bearer, json], namesModelInBody: false },
};

/** Whose account it is, the key says; the path wants some name all the same. */
export function runPath(model: string): string {
  return `/client/v4/accounts/local/ai/run/${pathOf(model)}`;
}

/** Slashes and what stands for itself in a URL stay; so nothing is left that a shell or Python would read. */
function pathOf(model: string): string {
  return encodeURIComponent(model)
    .replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%40', '@');
}

/** The command that sends a request and prints what comes, as it comes. */
export function curlSnippet(form: SnippetForm, request: CallRequest): string {
  const { path, headers, namesModelInBody } = ways[form];
  const { model, members, isStream, baseUrl } = request;
  const own = headers.filter((header) => !Object.hasOwn(request.headers, nameOf(header)));
  const sent = namesModelInBody ? [['model', model] as const, ...members] : members;
  return [
    `curl ${isStream ? '-N ' : ''}"\${QUATRAIN_BASE_URL:-${baseUrl}}${path(model)}"`,
    ...own.map((header) => `  -H ${header.includes('$') ? `"${header}"` : `'${header}'`}`),
    ...Object.entries(request.headers).map(
      ([name, value]) => `  -H ${inSingleQuotes(`${name}: ${value}`)}`,
    ),
    `  ${dataOf(Object.fromEntries(sent))}`,
  ].join(' \\\n');
}

function nameOf(header: string): string {
  return header.slice(0, header.indexOf(':')).toLowerCase();
}

/** As a shell reads it: nothing within is read but the quote that ends it. */
function inSingleQuotes(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Systems bound what one argument of a command may be; Linux at 128 KiB, and letters may have four bytes. */
const ARGUMENT_LETTERS_MAX = 30_000;

/** The body in single quotes; one that is long, or has single quotes in it, on lines of its own. */
function dataOf(body: Parameters<typeof writeLiteral>[0]): string {
  const text = writeLiteral(body, jsonSyntax, { depth: 0, column: 88 });
  return text.includes("'") || text.length > ARGUMENT_LETTERS_MAX
    ? `--data-binary @- <<'JSON'\n${text}\nJSON`
    : `-d '${text}'`;
}
