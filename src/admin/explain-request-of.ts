import type { Principal } from '../access/authenticate.ts';
import { ofOwnAccount } from '../access/authenticate.ts';
import { isActive } from '../access/key-store.ts';
import { chatCompletionsDialect } from '../dialects/chat-completions/chat-completions-dialect.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { messagesDialect } from '../dialects/messages/messages-dialect.ts';
import { accountDialect } from '../dialects/workers-ai/account-dialect.ts';
import type { WalkRequest } from '../gateway/exchange.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { uncancelled } from '../std/cancellation.ts';
import type { ApiCall } from './api-route.ts';
import type { ExplainForm, ExplainQuestion } from './contract-operations.ts';

/** Whose request it is where the question names neither a key nor an account. */
const NOBODY = 'explained';
const LENGTH_ASKED = 1024;

const dialects: Readonly<Record<ExplainForm, Dialect>> = {
  messages: messagesDialect,
  'chat-completions': chatCompletionsDialect,
  'workers-ai': accountDialect,
};

/** A request as the walk gets it, and who would send it. */
export interface AskedAbout {
  readonly kind: 'asked';
  readonly request: WalkRequest;
  readonly principal: Principal;
}

/** The request that a question is about. */
export function askedAbout(
  { parts, requestId, atMs }: ApiCall,
  question: ExplainQuestion,
): AskedAbout | Refusal {
  const principal = principalOf(parts, question, atMs);
  if ('code' in principal) return principal;
  const { form = 'messages', model, headers = {}, address, upstream } = question;
  // The path names the model in that form, and the body has its inputs.
  const isNamedByPath = form === 'workers-ai' && model !== undefined;
  const bytes = Buffer.from(JSON.stringify(bodyOf(question, isNamedByPath)));
  const request: WalkRequest = {
    id: requestId,
    dialect: dialects[form],
    operation: 'messages.create',
    method: 'POST',
    upstreamPath: '/v1/messages',
    target: { params: paramsOf(principal, { form, model }), query: '' },
    headers: headersOf(form, headers),
    clientAddress: address,
    upstreamName: upstream,
    body: {
      read: (bytesMax) =>
        Promise.resolve(bytes.length > bytesMax ? refusal('request_too_large') : bytes),
    },
    cancellation: uncancelled,
    // Without a word about where it comes from, it comes from where it may.
    ...(address === undefined ? { onBehalf: { principal } } : {}),
  };
  return { kind: 'asked', request, principal };
}

/** What the path of a form says: in some it says whose account it is and what the model is called. */
function paramsOf(
  { account }: Principal,
  { form, model }: Pick<ExplainQuestion, 'form' | 'model'>,
): Readonly<Record<string, string>> {
  if (form !== 'workers-ai') return {};
  return model === undefined ? { account } : { account, model };
}

function principalOf(
  { keys, accounts, operations }: ApiCall['parts'],
  { key, account }: ExplainQuestion,
  atMs: number,
): Principal | Refusal {
  if (key !== undefined) {
    const record = keys.find(key);
    if (record === undefined) {
      return refusal('not_found', `There is no key "${key}".`, { reason: 'key_not_found' });
    }
    if (account !== undefined && account !== record.accountId) {
      const text = `account: the key "${key}" is of another account`;
      return refusal('invalid_request', text, { param: 'account' });
    }
    if (!isActive(record, atMs)) {
      const text = `The key "${key}" does not work: it is disabled, revoked or past its time.`;
      return refusal('conflict', text, { reason: 'key_not_active' });
    }
    return operations.walk.authenticator.principalFor(key, record.accountId);
  }
  const owner = accounts.find(account ?? NOBODY);
  if (owner?.status === 'closed') {
    return refusal('conflict', `The account "${owner.id}" is closed.`, {
      reason: 'account_closed',
    });
  }
  const { planName } = owner ?? {};
  return {
    ...ofOwnAccount(NOBODY),
    account: account ?? NOBODY,
    ...(planName === undefined ? {} : { planName }),
  };
}

function bodyOf({ body, model }: ExplainQuestion, isNamedByPath: boolean): object {
  const asked = body ?? {
    max_tokens: LENGTH_ASKED,
    messages: [{ role: 'user', content: 'Hello' }],
  };
  return model === undefined || isNamedByPath ? asked : { ...asked, model };
}

/** What proves who calls has no place in a question. */
const credentials: ReadonlySet<string> = new Set([
  'authorization',
  'cf-aig-authorization',
  'cookie',
  'x-api-key',
]);

function headersOf(
  form: ExplainForm,
  headers: Readonly<Record<string, string>>,
): WalkRequest['headers'] {
  const given = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  return {
    // The others know no versions, and a key for one answer is about this header too.
    ...(form === 'messages' ? { 'anthropic-version': '2023-06-01' } : {}),
    'content-type': 'application/json',
    ...Object.fromEntries(given.filter(([name]) => !credentials.has(name))),
  };
}
