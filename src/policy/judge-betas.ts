import type { RequestPolicy } from '../config/policy-config.ts';
import { refusal } from '../messages/errors.ts';
import type { HeaderList } from '../messages/upstream.ts';
import { matchesAnyName } from '../std/name-pattern.ts';
import type { AskedRequest, RuleVerdict } from './policy-rule.ts';
import { askedValue } from './policy-rule.ts';

const BETA_HEADER = 'anthropic-beta';
/** Where some engines look for betas too: what a body says reaches them as it is. */
const bodyNames = ['anthropic_beta', 'betas'] as const;

/** Refuses betas that are not allowed: a feature that is missing in silence is worse than a no. */
export function refuseBetas(policy: RequestPolicy, asked: AskedRequest): RuleVerdict {
  if (isOpen(policy)) return undefined;
  const { name, betas } = policy;
  const ofHeader = betas.on_denied === 'refuse' ? betasOf(asked.headers) : [];
  const denied = ofHeader.find((beta) => isDenied(policy, beta));
  if (denied !== undefined) {
    const text = `${BETA_HEADER}: the policy "${name}" does not allow ${JSON.stringify(denied)}`;
    return refusal('invalid_request', text, { param: BETA_HEADER });
  }
  for (const member of bodyNames) {
    const inBody = namesIn(askedValue(asked, member)).find((beta) => isDenied(policy, beta));
    if (inBody === undefined) continue;
    const text = `${member}: the policy "${name}" does not allow ${JSON.stringify(inBody)}`;
    return refusal('invalid_request', text, { param: member });
  }
  return undefined;
}

/** Drops betas that are not allowed, where a policy says so. */
export function dropBetas(policy: RequestPolicy, asked: AskedRequest): RuleVerdict {
  if (isOpen(policy) || policy.betas.on_denied !== 'drop') return undefined;
  const fields = betasOf(asked.headers).filter((beta) => isDenied(policy, beta));
  if (fields.length === 0) return undefined;
  const kept = (beta: string): boolean => !isDenied(policy, beta);
  return { kind: 'edit', edit: 'betas-dropped', fields, headers: keep(asked.headers, kept) };
}

function isOpen({ betas: { allow, deny } }: RequestPolicy): boolean {
  return allow === undefined && deny.length === 0;
}

function isDenied({ betas: { allow, deny } }: RequestPolicy, beta: string): boolean {
  return matchesAnyName(deny, [beta]) || (allow !== undefined && !matchesAnyName(allow, [beta]));
}

/** All that the header names, however often it is there. */
function betasOf(headers: HeaderList): readonly string[] {
  return pairsOf(headers).flatMap(([name, value]) => (name === BETA_HEADER ? listed(value) : []));
}

function keep(headers: HeaderList, isKept: (beta: string) => boolean): HeaderList {
  return pairsOf(headers).flatMap(([name, value]) => {
    if (name !== BETA_HEADER) return [name, value];
    const kept = listed(value).filter(isKept);
    return kept.length === 0 ? [] : [name, kept.join(',')];
  });
}

function pairsOf(headers: HeaderList): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    pairs.push([headers[at] ?? '', headers[at + 1] ?? '']);
  }
  return pairs;
}

function listed(value: string): readonly string[] {
  return value
    .split(',')
    .map((beta) => beta.trim())
    .filter((beta) => beta !== '');
}

function namesIn(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => (typeof item === 'string' ? listed(item) : []));
}
