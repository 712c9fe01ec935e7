import type { ErrorCode, Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import { isJsonObject, parseJson } from '../../std/json.ts';
import { hideWords } from '../hide-words.ts';

/** What the errors of Bedrock amount to (API reference §12), by name in lower case. */
const codeByName: Readonly<Record<string, ErrorCode>> = {
  accessdeniedexception: 'permission_denied',
  expiredtokenexception: 'unauthenticated',
  incompletesignatureexception: 'unauthenticated',
  internalfailure: 'internal',
  internalserverexception: 'internal',
  invalidclienttokenid: 'unauthenticated',
  invalidsignatureexception: 'unauthenticated',
  missingauthenticationtokenexception: 'unauthenticated',
  modelerrorexception: 'internal',
  modelnotreadyexception: 'rate_limited',
  modelstreamerrorexception: 'internal',
  modeltimeoutexception: 'upstream_timeout',
  requestentitytoolargeexception: 'request_too_large',
  resourcenotfoundexception: 'not_found',
  servicequotaexceededexception: 'rate_limited',
  serviceunavailableexception: 'overloaded',
  throttlingexception: 'rate_limited',
  toomanyrequestsexception: 'rate_limited',
  unrecognizedclientexception: 'unauthenticated',
  validationexception: 'invalid_request',
};

/** Where the name says nothing. */
const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  408: 'upstream_timeout',
  413: 'request_too_large',
  424: 'internal',
  429: 'rate_limited',
  500: 'internal',
  503: 'overloaded',
  504: 'upstream_timeout',
};

export interface BedrockError {
  /** What AWS calls it, where it says that: of a header or an event. */
  readonly name?: string | undefined;
  readonly status?: number | undefined;
  /** The body, or an event's payload. */
  readonly text: string;
}

/** What an error of Bedrock amounts to, without what is none of the caller's business. */
export function readError(error: BedrockError, hidden: readonly string[]): Refusal {
  const { message, type } = membersOf(error.text);
  const name = plainName(error.name ?? type ?? '');
  const code = codeByName[name.toLowerCase()] ?? codeOfStatus(error.status);
  const shown = hideWords((message ?? '').replaceAll(resourceNames, '[redacted]'), hidden);
  return refusal(code, shown === '' ? textOfName(name, error.status) : shown);
}

/** Accounts, roles and endpoints of the owner stand in these. */
const resourceNames = /\barn:aws[\w-]*:[^\s"'`,;()[\]<>]*/g;

function codeOfStatus(status = 500): ErrorCode {
  return codeByStatus[status] ?? (status < 500 ? 'invalid_request' : 'upstream_failed');
}

function textOfName(name: string, status: number | undefined): string {
  if (/^\w+$/.test(name)) return `The upstream answered with ${name}.`;
  return status === undefined
    ? 'The upstream broke its answer off.'
    : `The upstream answered with status ${String(status)}.`;
}

/** `com.amazon.coral.service#AccessDeniedException:http://…` is called by what is in the middle. */
function plainName(name: string): string {
  const [bare = ''] = name.split(':');
  return bare.slice(bare.lastIndexOf('#') + 1).trim();
}

function membersOf(text: string): { readonly message?: string; readonly type?: string } {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return {};
  const { message, Message, originalMessage, __type: type } = parsed.value;
  const said = [message, Message, originalMessage].find(
    (one): one is string => typeof one === 'string' && one !== '',
  );
  return {
    ...(said === undefined ? {} : { message: said }),
    ...(typeof type === 'string' ? { type } : {}),
  };
}
