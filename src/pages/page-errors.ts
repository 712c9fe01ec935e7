import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import { accountDialect } from '../dialects/workers-ai/account-dialect.ts';
import type { ErrorCode } from '../messages/errors.ts';
import { errorTable, refusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { PageBlock } from './model-page.ts';
import type { PageForm } from './page-forms.ts';

/** When each happens, in the words of seed 004 where it has some. */
const triggers: Readonly<Record<ErrorCode, string>> = {
  invalid_request: 'Body validation failed',
  malformed_json: 'The body is no JSON',
  bad_http: 'The request is no well-formed HTTP',
  unauthenticated: 'Missing / revoked key',
  billing: 'Wallet exhausted',
  permission_denied: 'Scope denied / IP not allowlisted',
  not_found: 'No such model',
  method_not_allowed: 'Another method than the path takes',
  upload_timeout: 'The request did not arrive in time',
  conflict: 'A request with the same idempotency key is running',
  request_too_large: 'The body is larger than is taken',
  encoding_unsupported: 'The body is compressed',
  unprocessable: 'An idempotency key with another body than before',
  rate_limited: 'Rate-limited',
  headers_too_large: 'The headers are larger than is taken',
  internal: 'A fault of the gateway',
  upstream_failed: 'Upstream provider issue',
  upstream_truncated: 'The upstream ended its answer early',
  unavailable: 'Shutting down, or no upstream to ask',
  upstream_timeout: 'The upstream did not answer in time',
  overloaded: 'The upstream is overloaded',
};

/** How errors of a form are read for their table. */
export interface ErrorForm {
  readonly dialect: Pick<Dialect, 'encodeError'>;
  /** What `read` takes out of an envelope, as the head of its column. */
  readonly head: string;
  readonly read: (body: JsonValue) => JsonValue | undefined;
}

const errorForms: Readonly<Record<PageForm, ErrorForm>> = {
  messages: {
    dialect: messagesDialect,
    head: 'error.type',
    read: (body) => at(at(body, 'error'), 'type'),
  },
  'chat-completions': {
    dialect: chatCompletionsDialect,
    head: 'error.type',
    read: (body) => at(at(body, 'error'), 'type'),
  },
  'workers-ai': {
    dialect: accountDialect,
    head: 'errors[].code',
    read: (body) => {
      const errors = at(body, 'errors');
      return Array.isArray(errors) ? at((errors as readonly JsonValue[])[0], 'code') : undefined;
    },
  },
};

function at(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

/** What can go wrong and who pays for it: seed 004, from the one table of errors. */
export function errorBlocks(form: PageForm): readonly PageBlock[] {
  return errorTables[form];
}

const codes = Object.keys(errorTable) as ErrorCode[];

const errorTables: Readonly<Record<PageForm, readonly PageBlock[]>> = {
  'workers-ai': errorBlocksOf(errorForms['workers-ai']),
  messages: errorBlocksOf(errorForms.messages),
  'chat-completions': errorBlocksOf(errorForms['chat-completions']),
};

/** The same of any form, by what it writes. */
export function errorBlocksOf(form: ErrorForm): readonly PageBlock[] {
  const rows = codes
    .map((code) => ({ code, ...writtenError(form, code) }))
    .toSorted((left, right) => left.status - right.status);
  return [
    {
      kind: 'table',
      head: ['Code', form.head, 'Trigger', 'Try again', 'Billed?'],
      rows: rows.map(({ code, status, name }) => [
        `\`${String(status)}\``,
        `\`${name}\``,
        triggers[code],
        errorTable[code].retryable ? 'Yes' : 'No',
        billedText(code),
      ]),
    },
    {
      kind: 'text',
      text: 'A stream that breaks after it began ends with an error in it, and is not billed. Who leaves a stream pays for what was written until then.',
    },
  ];
}

/** The status of an error, and what programs tell it by, read off what the form writes. */
function writtenError(
  { dialect, read }: ErrorForm,
  code: ErrorCode,
): { readonly status: number; readonly name: string } {
  const { status, body } = dialect.encodeError(refusal(code), 'req_example');
  const parsed = parseJson(textOf(body));
  const name = parsed.kind === 'value' ? read(parsed.value) : undefined;
  if (typeof name !== 'string' && typeof name !== 'number') {
    throw new Error(`an error has a name: ${code}`);
  }
  return { status, name: String(name) };
}

function billedText(code: ErrorCode): string {
  const { status, retryable, billed } = errorTable[code];
  if (billed) return 'Yes';
  return status >= 500 && retryable ? 'No (auto-retry envelope)' : 'No';
}
