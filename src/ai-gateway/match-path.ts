import { isOwnerLabel } from '../dialects/workers-ai/gateway-host-path.ts';
import { matchPath as matchAnyPath } from '../std/match-path.ts';

/** An account in front of its gateways' own URLs. */
const OWNER = '{owner}';

/** What stands in the places of a pattern, where a path fits it; accounts are called as no folder is. */
export function matchPath(
  pattern: string,
  path: string,
): Readonly<Record<string, string>> | undefined {
  return matchAnyPath(pattern, path, (place, segment) => place !== OWNER || isOwnerLabel(segment));
}
