import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import { SONNET } from './run-workers-ai.ts';

/** What is asked of a model, whatever the form. */
export interface FormQuestion {
  readonly text: string;
  readonly stream?: boolean;
  /** Members of the request body that are asked for besides, or in the place of the usual ones. */
  readonly more?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which key asks; none where it is empty. */
  readonly key: string;
}

interface Form {
  readonly path: string;
  /** The header that shows the key, and how. */
  readonly showsKey: (key: string) => Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: (asked: FormQuestion) => unknown;
}

const MODEL_ID = 'claude-sonnet-4-6';
const TOKENS = 64;
const ACCOUNT = '/client/v4/accounts/a/ai';
const HOST = '/v1/acme/default';

const asApiKey = (key: string): Readonly<Record<string, string>> => ({ 'x-api-key': key });
const asBearer = (key: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key}`,
});
const asGatewayToken = (key: string): Readonly<Record<string, string>> => ({
  'cf-aig-authorization': `Bearer ${key}`,
});
const version = { 'anthropic-version': '2023-06-01' } as const;
const binding = {
  'cf-consn-sdk-version': '2.0.0',
  'cf-consn-model-id': SONNET,
} as const;

function inputs({ text, stream, more = {} }: FormQuestion): object {
  const said = { messages: [{ role: 'user', content: text }], max_tokens: TOKENS };
  return { ...said, ...(stream === true ? { stream } : {}), ...more };
}
const named =
  (model: string) =>
  (asked: FormQuestion): object => ({ model, ...inputs(asked) });

/** Every form in which a model is asked, and every kind of place where one is. */
export type FormName =
  | 'messages'
  | 'messages below a folder'
  | 'chat'
  | 'binding'
  | 'binding through a gateway'
  | 'account run'
  | 'account messages'
  | 'account chat'
  | 'gateway host'
  | 'compat'
  | 'gateway run'
  | 'several steps';

const forms: Readonly<Record<FormName, Form>> = {
  messages: { path: '/v1/messages', showsKey: asApiKey, headers: version, body: named(MODEL_ID) },
  'messages below a folder': {
    path: '/anthropic/v1/messages',
    showsKey: asApiKey,
    headers: version,
    body: named(MODEL_ID),
  },
  chat: { path: '/v1/chat/completions', showsKey: asBearer, body: named(SONNET) },
  binding: {
    path: '/run?version=3',
    showsKey: asBearer,
    headers: binding,
    body: (asked) => ({ inputs: inputs(asked), options: {} }),
  },
  'binding through a gateway': {
    path: '/ai-gateway/run?version=3',
    showsKey: asBearer,
    headers: binding,
    body: (asked) => ({ inputs: inputs(asked), options: { gateway: { id: 'default' } } }),
  },
  'account run': { path: `${ACCOUNT}/run/${SONNET}`, showsKey: asBearer, body: inputs },
  'account messages': { path: `${ACCOUNT}/v1/messages`, showsKey: asBearer, body: named(SONNET) },
  'account chat': {
    path: `${ACCOUNT}/v1/chat/completions`,
    showsKey: asBearer,
    body: named(SONNET),
  },
  'gateway host': {
    path: `${HOST}/anthropic/v1/messages`,
    showsKey: asGatewayToken,
    headers: version,
    body: named(MODEL_ID),
  },
  compat: {
    path: `${HOST}/compat/chat/completions`,
    showsKey: asGatewayToken,
    body: named(`anthropic/${MODEL_ID}`),
  },
  'gateway run': {
    path: `${HOST}/workers-ai/run/${SONNET}`,
    showsKey: asGatewayToken,
    body: inputs,
  },
  'several steps': {
    path: HOST,
    showsKey: asGatewayToken,
    body: (asked) => [
      {
        provider: 'anthropic',
        endpoint: 'v1/messages',
        headers: version,
        query: named(MODEL_ID)(asked),
      },
    ],
  },
};

export const formNames: readonly FormName[] = Object.keys(forms) as FormName[];

/** Asks a model in one form. */
export function askIn(name: FormName, url: string, asked: FormQuestion): Promise<RawAnswer> {
  return sendTo(name, url, { ...asked, body: JSON.stringify(forms[name].body(asked)) });
}

/** The same with these bytes for a body, whatever they are. */
export function sendTo(
  name: FormName,
  url: string,
  { key, headers = {}, body }: Pick<FormQuestion, 'key' | 'headers'> & { readonly body: string },
): Promise<RawAnswer> {
  const form = forms[name];
  return sendRaw(`${url}${form.path}`, {
    headers: {
      'content-type': 'application/json',
      ...(key === '' ? {} : form.showsKey(key)),
      ...form.headers,
      ...headers,
    },
    body,
  });
}

/** A request body of a form as text. */
export function bodyIn(name: FormName, asked: FormQuestion): string {
  return JSON.stringify(forms[name].body(asked));
}
