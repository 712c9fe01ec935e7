const schemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);
const LETTERS_MAX = 2000;

/** The address of a link, where it is one that a model may lead a reader to; undefined for all others. */
export function safeLink(target: string | null): string | undefined {
  if (target === null || target.length > LETTERS_MAX || !URL.canParse(target)) return undefined;
  const { protocol, href } = new URL(target);
  return schemes.has(protocol) ? href : undefined;
}
