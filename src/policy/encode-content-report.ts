import type { JsonObject } from '../std/json.ts';
import type { ContentCheck } from './content-rules.ts';
import type { ContentReport, DataLossMatch, HazardMatch } from './judge-content.ts';
import { strictest } from './judge-content.ts';

/** What was found of data that policies are about, in the words of its header; Workers reference §3.3. */
export function encodeDataLoss(matches: readonly DataLossMatch[]): JsonObject | undefined {
  if (matches.length === 0) return undefined;
  const findings = matches.map(({ profile, entries, policies, check }) => ({
    profile: { context: {}, entry_ids: entries, profile_id: profile },
    policy_ids: policies,
    check,
  }));
  return { findings, action: strictest(matches) };
}

const sides = { REQUEST: 'prompt', RESPONSE: 'response' } as const satisfies Readonly<
  Record<ContentCheck, string>
>;

/**
 * Which categories were found on which side, and what was done about each: written as the rules
 * are that are about them (Workers reference §3.9).
 */
function encodeHazards(matches: readonly HazardMatch[]): JsonObject | undefined {
  if (matches.length === 0) return undefined;
  const found: Partial<Record<(typeof sides)[ContentCheck], Record<string, string>>> = {};
  for (const { category, action, check } of matches) {
    found[sides[check]] = { ...found[sides[check]], [category]: action };
  }
  return { ...found };
}

/** Both, under the names of the rules that they are of; nothing where nothing was found. */
export function encodeContentReport({ hazards, dataLoss }: ContentReport): JsonObject {
  const guardrails = encodeHazards(hazards);
  const dlp = encodeDataLoss(dataLoss);
  return {
    ...(guardrails === undefined ? {} : { guardrails }),
    ...(dlp === undefined ? {} : { dlp }),
  };
}
