/** What a segment of a path may be: names and ids, as they are. */
const segmentPattern = /^(?!\.{1,2}$)[A-Za-z0-9_.:@-]{1,256}$/;

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
    } else if (segmentPattern.test(part) && fits(segment, part)) {
      params[segment.slice(1, -1)] = part;
    } else {
      return undefined;
    }
  }
  return params;
}
