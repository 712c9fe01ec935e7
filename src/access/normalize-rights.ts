import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import { cidrText, parseCidr } from '../std/cidr.ts';
import type { KeyKind, KeyRate, KeyRights } from './key-store.ts';
import { budgetPeriods } from './key-store.ts';
import { grantableScopes, isScope } from './scopes.ts';

/** Rights as somebody writes them; what is absent is what a key of its kind has anyway. */
export interface WantedRights {
  readonly scopes?: readonly string[] | undefined;
  readonly modelIds?: readonly string[] | null | undefined;
  readonly allowedCidrs?: readonly string[] | null | undefined;
  readonly budget?: { readonly limitNanoUsd: bigint; readonly period: string } | null | undefined;
  readonly rate?: KeyRate | null | undefined;
}

const ENTRIES_MAX = 256;
const MODEL_LETTERS_MAX = 256;
const RATE_MAX = 1_000_000_000;
/** What a column of 64 bits holds. */
const NANO_USD_MAX = 2n ** 63n - 1n;

/**
 * Rights in the one spelling that is stored, or what is wrong with them, with the place. The model
 * names that the registry knows become its ids by `modelIdOf`. Wallet reference §3.2, case K16.
 */
export function normalizeRights(
  kind: KeyKind,
  wanted: WantedRights,
  modelIdOf: (name: string) => string | undefined,
): KeyRights | Refusal {
  const scopes = readScopes(kind, wanted.scopes);
  if (isRefusal(scopes)) return scopes;
  const modelIds = readModels(wanted.modelIds ?? null, modelIdOf);
  if (modelIds !== null && isRefusal(modelIds)) return modelIds;
  const allowedCidrs = readCidrs(wanted.allowedCidrs ?? null);
  if (allowedCidrs !== null && isRefusal(allowedCidrs)) return allowedCidrs;
  const budget = readBudget(wanted.budget ?? null);
  if (budget !== null && isRefusal(budget)) return budget;
  const rate = readRate(wanted.rate ?? null);
  if (rate !== null && isRefusal(rate)) return rate;
  return { scopes, modelIds, allowedCidrs, budget, rate };
}

function invalid(param: string, expected: string): Refusal {
  return refusal('invalid_request', `Invalid value at ${param}: expected ${expected}`, { param });
}

function readScopes(
  kind: KeyKind,
  wanted: readonly string[] = grantableScopes[kind],
): KeyRights['scopes'] | Refusal {
  const grantable = grantableScopes[kind];
  const given = wanted.filter((word) => isScope(word)).filter((scope) => grantable.includes(scope));
  if (given.length < wanted.length) {
    return invalid('scopes', grantable.length === 0 ? 'none' : `some of ${grantable.join(', ')}`);
  }
  return [...new Set(given)];
}

function readModels(
  wanted: readonly string[] | null,
  modelIdOf: (name: string) => string | undefined,
): readonly string[] | null | Refusal {
  if (wanted === null) return null;
  const areNames = wanted.every((name) => name !== '' && name.length <= MODEL_LETTERS_MAX);
  if (!areNames || wanted.length > ENTRIES_MAX) {
    return invalid('models', `at most ${String(ENTRIES_MAX)} names of models`);
  }
  return [...new Set(wanted.map((name) => modelIdOf(name) ?? name))];
}

function readCidrs(wanted: readonly string[] | null): readonly string[] | null | Refusal {
  if (wanted === null) return null;
  const read = wanted.map((text) => parseCidr(text)).filter((cidr) => cidr !== undefined);
  if (read.length < wanted.length || wanted.length > ENTRIES_MAX) {
    return invalid(
      'allowed_cidrs',
      `at most ${String(ENTRIES_MAX)} ranges like 10.0.0.0/8 or 2001:db8::/32`,
    );
  }
  return [...new Set(read.map((cidr) => cidrText(cidr)))];
}

function readBudget(
  wanted: NonNullable<WantedRights['budget']> | null,
): KeyRights['budget'] | Refusal {
  if (wanted === null) return null;
  const { limitNanoUsd } = wanted;
  const period = budgetPeriods.find((name) => name === wanted.period);
  if (period === undefined) return invalid('budget.period', `one of ${budgetPeriods.join(', ')}`);
  if (limitNanoUsd < 0n || limitNanoUsd > NANO_USD_MAX) {
    return invalid('budget.limit_nano', 'an amount that is not negative');
  }
  return { limitNanoUsd, period };
}

const ratePlaces: readonly (readonly [keyof KeyRate, string])[] = [
  ['requestsPerMinute', 'rate.requests_per_minute'],
  ['inputTokensPerMinute', 'rate.input_tokens_per_minute'],
  ['outputTokensPerMinute', 'rate.output_tokens_per_minute'],
  ['concurrency', 'rate.concurrency'],
];

function readRate(wanted: KeyRate | null): KeyRights['rate'] | Refusal {
  if (wanted === null) return null;
  let rate: KeyRate = {};
  for (const [name, place] of ratePlaces) {
    const figure = wanted[name];
    if (figure === undefined) continue;
    if (!Number.isInteger(figure) || figure < 1 || figure > RATE_MAX) {
      return invalid(place, `a whole number from 1 to ${String(RATE_MAX)}`);
    }
    rate = { ...rate, [name]: figure };
  }
  return Object.keys(rate).length === 0 ? null : rate;
}
