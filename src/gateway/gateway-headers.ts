import type { HeaderList } from '../messages/upstream.ts';
import type { DataLossMatch } from '../policy/judge-content.ts';
import { strictest } from '../policy/judge-content.ts';
import { encodeDataLoss } from '../policy/encode-content-report.ts';
import type { GatewayIds } from './exchange.ts';
import type { EndedExchange } from './settle-request.ts';

/** What the reply to a request through a gateway says of it in its head; Workers reference §3.3. */
export function gatewayHeaders({
  gateway,
  call,
  cacheStatus,
  content,
  routed,
}: EndedExchange): HeaderList {
  if (gateway === undefined) return [];
  const { ids, log } = gateway;
  const step = call?.gateway?.step;
  return [
    ...gatewayIdHeaders(ids, log !== undefined),
    ...(cacheStatus === undefined ? [] : ['cf-aig-cache-status', cacheStatus]),
    ...dataLossHeader(content?.dataLoss ?? []),
    ...(routed === undefined
      ? []
      : ['cf-aig-model', routed.model, 'cf-aig-provider', routed.provider]),
    ...(step === undefined ? [] : ['cf-aig-step', String(step.index)]),
  ];
}

/** What clients and proxies take for a header. */
const HEADER_LETTERS_MAX = 4096;

/** What a request is called; its log only where one is kept. */
export function gatewayIdHeaders(
  { logId, requestId, eventId }: GatewayIds,
  isLogged: boolean,
): HeaderList {
  const ofLog = isLogged ? ['cf-aig-log-id', logId] : [];
  return [...ofLog, 'cf-aig-request-id', requestId, 'cf-aig-event-id', eventId];
}

/** What was found of data that policies are about, as far as a header holds it; Workers reference §3.3. */
function dataLossHeader(matches: readonly DataLossMatch[]): HeaderList {
  if (matches.length === 0) return [];
  let text = '';
  let shown = matches.length;
  do {
    const { findings = [] } = encodeDataLoss(matches.slice(0, shown)) ?? {};
    text = asciiJson({ findings, action: strictest(matches) });
    shown = Math.floor(shown / 2);
  } while (text.length > HEADER_LETTERS_MAX);
  return ['cf-aig-dlp', text];
}

/** A head holds letters of ASCII; JSON can spell all others in these. */
function asciiJson(value: object): string {
  const escaped = (letter: string): string =>
    `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[^ -~]/g, escaped);
}

/** The head of a reply, with what is said in general so far as nothing of that name was said. */
export function withMissing(headers: HeaderList, general: HeaderList): HeaderList {
  if (general.length === 0) return headers;
  const said = new Set(headers.filter((_, index) => index % 2 === 0));
  const missing = general.filter((_, index) => !said.has(general[index - (index % 2)] ?? ''));
  return [...headers, ...missing];
}
