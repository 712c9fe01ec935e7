import type {
  AnyJsonObject,
  ExplainForm,
  ExplainQuestion,
} from '../../../../src/admin/contract-operations.ts';

/** What may be typed about a request. */
export interface ExplainTexts {
  readonly model: string;
  readonly form: string;
  readonly account: string;
  readonly key: string;
  readonly upstream: string;
  readonly idempotencyKey: string;
  readonly gateway: string;
  /** Empty, or `skip`. */
  readonly cache: string;
  readonly cacheSeconds: string;
  readonly cacheName: string;
  readonly headers: string;
}

/** Nothing typed but the model. */
export const noTexts: ExplainTexts = {
  model: 'claude-sonnet-4-6',
  form: 'messages',
  account: '',
  key: '',
  upstream: '',
  idempotencyKey: '',
  gateway: '',
  cache: '',
  cacheSeconds: '',
  cacheName: '',
  headers: '',
};

/** Whether requests in a form go through an AI gateway, so that its options say something. */
export function hasGateway(form: string): boolean {
  return form === 'workers-ai';
}

/** What was typed; what was left empty is not said. Fields go before lines that say the same. */
export function questionOf(texts: ExplainTexts, body: AnyJsonObject | undefined): ExplainQuestion {
  const { model, form, account, key, upstream } = texts;
  const headers = { ...headersIn(texts.headers), ...headersOf(texts) };
  return {
    form: form as ExplainForm,
    ...(model === '' ? {} : { model }),
    ...(account === '' ? {} : { account }),
    ...(key === '' ? {} : { key }),
    ...(upstream === '' ? {} : { upstream }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
  };
}

/** Lines such as `x-team: search`. */
function headersIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const at = line.indexOf(':');
        return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
      }),
  );
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
