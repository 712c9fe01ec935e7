import type { HeaderList } from '../messages/upstream.ts';
import type { DataLossMatch } from '../policy/judge-content.ts';
import { strictest } from '../policy/judge-content.ts';
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
    ...(log === undefined ? [] : ['cf-aig-log-id', ids.logId]),
    'cf-aig-request-id',
    ids.requestId,
    'cf-aig-event-id',
    ids.eventId,
    ...(cacheStatus === undefined ? [] : ['cf-aig-cache-status', cacheStatus]),
    ...dataLossHeader(content?.dataLoss ?? []),
    ...(routed === undefined
      ? []
      : ['cf-aig-model', routed.model, 'cf-aig-provider', routed.provider]),
    ...(step === undefined ? [] : ['cf-aig-step', String(step.index)]),
  ];
}

/** What was found of data that policies are about; Workers reference §3.3. */
function dataLossHeader(matches: readonly DataLossMatch[]): HeaderList {
  if (matches.length === 0) return [];
  const findings = matches.map(({ profile, entries, policies, check }) => ({
    profile: { context: {}, entry_ids: entries, profile_id: profile },
    policy_ids: policies,
    check,
  }));
  return ['cf-aig-dlp', asciiJson({ findings, action: strictest(matches) })];
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
