import type { Config } from './config/config.ts';
import type { ContentScanner } from './policy/content-scanner.ts';
import { PatternScanner } from './policy/pattern-scanner.ts';
import type { Clock } from './std/clock.ts';

/** Makes what looks through texts for gateways; undefined where the configuration describes nothing. */
export function wireContentScanner(
  { ai_gateway }: Config,
  clock: Clock,
): ContentScanner | undefined {
  const { patterns } = ai_gateway.guardrails;
  const profiles = Object.entries(ai_gateway.dlp_profiles);
  if (Object.keys(patterns).length + profiles.length === 0) return undefined;
  return new PatternScanner({
    // The configuration takes no other names.
    categories: patterns,
    profiles: Object.fromEntries(profiles.map(([id, { entries }]) => [id, entries])),
    clock,
  });
}
