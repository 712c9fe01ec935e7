/** What a segment of a path may be: names and ids, as they are. */
const segmentPattern = /^(?!\.{1,2}$)[A-Za-z0-9_.:@-]{1,256}$/;

const ESCAPES_LETTERS_MAX = 3 * 256;

/** What is written, perhaps with escapes: many clients write `@` and `:` so. An escaped slash is none. */
function plainSegment(written: string): string | undefined {
  if (!written.includes('%')) return written;
  if (written.length > ESCAPES_LETTERS_MAX) return undefined;
  try {
    return decodeURIComponent(written);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * What stands in the places of a pattern such as `/keys/{key}`, where a path fits it. A slash at the
 * end counts as none. `fits` may refuse what stands in a place, by the place's name.
 */
export function matchPath(
  pattern: string,
  path: string,
  fits: (place: string, segment: string) => boolean = () => true,
): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/');
  const parts = path.replace(/\/$/, '').split('/');
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const part = parts[index] ?? '';
    if (!segment.startsWith('{')) {
      if (segment !== part) return undefined;
      continue;
    }
    const named = plainSegment(part);
    if (named === undefined || !segmentPattern.test(named) || !fits(segment, named)) {
      return undefined;
    }
    params[segment.slice(1, -1)] = named;
  }
  return params;
}
