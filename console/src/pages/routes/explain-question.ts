import type {
  AnyJsonObject,
  ExplainForm,
  ExplainQuestion,
} from '../../../../src/admin/contract-operations.ts';
import { jsonObjectIn } from '../../format/json-value.ts';

/** What may be typed about a request. */
export interface ExplainTexts {
  readonly model: string;
  readonly form: string;
  readonly account: string;
  readonly key: string;
  readonly upstream: string;
  /** Of the network, from where it comes. */
  readonly address: string;
  readonly idempotencyKey: string;
  readonly gateway: string;
  /** Empty, or `skip`. */
  readonly cache: string;
  readonly cacheSeconds: string;
  readonly cacheName: string;
  readonly headers: string;
  /** JSON, or nothing. */
  readonly body: string;
}

/** Nothing typed but the model. */
export const noTexts: ExplainTexts = {
  model: 'claude-sonnet-4-6',
  form: 'messages',
  account: '',
  key: '',
  upstream: '',
  address: '',
  idempotencyKey: '',
  gateway: '',
  cache: '',
  cacheSeconds: '',
  cacheName: '',
  headers: '',
  body: '',
};

/** Whether requests in a form go through an AI gateway, so that its options say something. */
export function hasGateway(form: string): boolean {
  return form === 'workers-ai';
}

/** What is wrong with a text before anybody is asked, by its name. */
export type ExplainProblems = Partial<Readonly<Record<keyof ExplainTexts, string>>>;

/** What cannot be asked of what was typed; undefined where all of it can. */
export function problemsOf({ body, headers }: ExplainTexts): ExplainProblems | undefined {
  const isBad = body.trim() !== '' && jsonObjectIn(body) === undefined;
  const line = headers
    .split('\n')
    .findIndex((text) => text.trim() !== '' && !headerLine.test(text.trim()));
  if (!isBad && line === -1) return undefined;
  return {
    ...(isBad ? { body: 'This is no JSON object.' } : {}),
    ...(line === -1
      ? {}
      : { headers: `Line ${String(line + 1)} is no header, as x-team: search.` }),
  };
}

/** What was typed; what was left empty is not said. Fields go before lines that say the same. */
export function questionOf(texts: ExplainTexts): ExplainQuestion {
  const body = jsonObjectIn(texts.body) as AnyJsonObject | undefined;
  const { model, form, account, key, upstream, address } = texts;
  const headers = { ...Object.fromEntries(headerLines(texts.headers)), ...headersOf(texts) };
  return {
    form: form as ExplainForm,
    ...(model === '' ? {} : { model }),
    ...(account === '' ? {} : { account }),
    ...(key === '' ? {} : { key }),
    ...(upstream === '' ? {} : { upstream }),
    ...(address === '' ? {} : { address }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  };
}

const headerLine = /^([!#$%&'*+.^_`|~\w-]+)\s*:(.*)$/;

/** Lines such as `x-team: search`, each as a name in small letters and a value. */
export function headerLines(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split('\n').flatMap((line) => {
    const [, name, value] = headerLine.exec(line.trim()) ?? [];
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()]];
  });
}

/** Fields that stand for headers, which the gateway reads of a real request too. */
function headersOf(texts: ExplainTexts): Readonly<Record<string, string>> {
  const { form, idempotencyKey, gateway, cache, cacheSeconds, cacheName } = texts;
  const ofGateway = {
    'cf-aig-gateway-id': gateway,
    'cf-aig-skip-cache': cache === 'skip' ? 'true' : '',
    'cf-aig-cache-ttl': cacheSeconds,
    'cf-aig-cache-key': cacheName,
  };
  const all = { 'idempotency-key': idempotencyKey, ...(hasGateway(form) ? ofGateway : {}) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}
