import { isOwnerLabel } from '../dialects/workers-ai/gateway-host-path.ts';

/** What a segment of a path may be: names and ids, as they are. */
const segmentPattern = /^(?!\.{1,2}$)[A-Za-z0-9_.:@-]{1,256}$/;

/** An account in front of its gateways' own URLs. */
const OWNER = '{owner}';

/** What stands in the places of a pattern, where a path fits it. A slash at the end counts as none. */
export function matchPath(
  pattern: string,
  path: string,
): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/');
  const parts = path.replace(/\/$/, '').split('/');
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const part = parts[index] ?? '';
    if (!segment.startsWith('{')) {
      if (segment !== part) return undefined;
    } else if (segmentPattern.test(part) && (segment !== OWNER || isOwnerLabel(part))) {
      params[segment.slice(1, -1)] = part;
    } else {
      return undefined;
    }
  }
  return params;
}
