import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { JsonValue } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import { isPlainAddress } from './call-request.ts';
import type { SnippetForm, SnippetOptions, SnippetRequest } from './snippet.ts';
import { snippetForms } from './snippet.ts';

/** What is asked of the writer of snippets. */
export interface AskedSnippets {
  readonly kind: 'asked';
  readonly request: SnippetRequest;
  readonly options: SnippetOptions;
}

const MODEL_LETTERS_MAX = 256;
/** Each value may stand on a line of its own, as far in as it is deep: both bound the code's size. */
const DEPTH_MAX = 64;
const VALUES_MAX = 20_000;
/** So much may all values together stand in: code grows with it, however small the body is. */
const LEVELS_MAX = 100_000;

const HEADERS_MAX = 32;
const HEADER_LETTERS_MAX = 4096;
const headerName = /^[a-z][\w-]{0,63}$/;
/** Nothing that would end a line, of the request or of the code. */
const headerValue = /^[\x20-\x7e]*$/;

/** Reads `{form, model, body, headers?, base_url?}`. */
export function readSnippetRequest(asked: JsonValue): AskedSnippets | Refusal {
  if (!isJsonObject(asked)) return refusal('invalid_request', 'The body has to be an object.');
  const { form, model, body, headers, base_url: baseUrl } = asked;
  if (!isForm(form)) {
    return refusal('invalid_request', `form: has to be one of ${snippetForms.join(', ')}.`);
  }
  if (!isName(model)) {
    return refusal(
      'invalid_request',
      `model: has to be a name of at most ${String(MODEL_LETTERS_MAX)} letters.`,
    );
  }
  if (!isJsonObject(body)) return refusal('invalid_request', 'body: has to be an object.');
  if (!isModest(body)) {
    return refusal(
      'invalid_request',
      `body: has to have at most ${String(VALUES_MAX)} values, at most ${String(DEPTH_MAX)} deep and fewer of them the deeper they are.`,
    );
  }
  if (headers !== undefined && !areHeaders(headers)) {
    return refusal(
      'invalid_request',
      `headers: has to be an object of at most ${String(HEADERS_MAX)} texts, by names in small letters.`,
    );
  }
  if (baseUrl !== undefined && (typeof baseUrl !== 'string' || !isPlainAddress(baseUrl))) {
    return refusal('invalid_request', 'base_url: has to be a scheme, a host and perhaps a port.');
  }
  return {
    kind: 'asked',
    request: headers === undefined ? { form, model, body } : { form, model, body, headers },
    options: baseUrl === undefined ? {} : { baseUrl },
  };
}

function isName(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MODEL_LETTERS_MAX;
}

function isForm(value: JsonValue | undefined): value is SnippetForm {
  return snippetForms.some((form) => form === value);
}

function areHeaders(value: JsonValue): value is Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return false;
  const headers = Object.entries(value);
  return (
    headers.length <= HEADERS_MAX &&
    headers.every(
      ([name, text]) =>
        headerName.test(name) &&
        typeof text === 'string' &&
        text.length <= HEADER_LETTERS_MAX &&
        headerValue.test(text),
    )
  );
}

/** Counted level by level, so that what is too deep is seen before anything goes as deep. */
function isModest(body: JsonValue): boolean {
  let level: readonly JsonValue[] = [body];
  let count = 0;
  let levels = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    levels += level.length * depth;
    if (depth > DEPTH_MAX || count > VALUES_MAX || levels > LEVELS_MAX) return false;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}
