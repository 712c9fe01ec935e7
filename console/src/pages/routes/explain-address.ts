import type { SearchText } from '../../app/search-text.ts';
import { writeSearchText } from '../../app/search-text.ts';
import type { ExplainTexts } from './explain-question.ts';
import { headerLines, noTexts } from './explain-question.ts';
import { hasCredential, isSecretName, mayBeSecret } from './secret-text.ts';

/** What a question may take of an address: that is sent in mails and chats, and to the gateway in one line. */
export const QUERY_LETTERS_MAX = 4000;
/** How much of what is left out is named, so that this is short too. */
const LEFT_OUT_MAX = 20;
const plainHeader = /^headers\.[\w.-]{1,40}$/;
const LEFT_OUT = 'left_out';

/** What each text is called in the address, the shortest first: what is too long is the last ones. */
const members = {
  form: 'form',
  model: 'model',
  account: 'account',
  key: 'key',
  upstream: 'upstream',
  address: 'address',
  idempotencyKey: 'idempotency_key',
  gateway: 'gateway',
  cache: 'cache',
  cacheSeconds: 'cache_seconds',
  cacheName: 'cache_name',
  headers: 'headers',
  body: 'body',
} as const satisfies Readonly<Record<keyof ExplainTexts, string>>;
const names = Object.keys(members) as readonly (keyof ExplainTexts)[];

/** Something of a question that its address does not have. */
export interface LeftOut {
  /** A member of the address, or `headers.` with the name of a header. */
  readonly what: string;
  readonly why: 'secret' | 'long';
}

/** A question as it stands in an address. */
export interface ExplainAddress {
  /** Members that have nothing to say are empty, so that they leave it. */
  readonly search: SearchText;
  readonly leftOut: readonly LeftOut[];
}

/** The address of a question, without what may be a secret and what makes it too long. */
export function addressOf(texts: ExplainTexts): ExplainAddress {
  const safe = withoutSecrets(texts);
  const search: Record<string, string> = {};
  const leftOut = [...safe.leftOut];
  for (const name of names) {
    const text = safe.texts[name];
    const isLong = writeSearchText({ ...search, [members[name]]: text }).length > QUERY_LETTERS_MAX;
    if (isLong) leftOut.push({ what: members[name], why: 'long' });
    search[members[name]] = isLong ? '' : text;
  }
  search[LEFT_OUT] = leftOut
    .slice(0, LEFT_OUT_MAX)
    .map(({ what }) => (what.startsWith('headers.') && !plainHeader.test(what) ? 'headers' : what))
    .join(',');
  return { search, leftOut };
}

/** Of an address that part which is a question: what tells one from another. */
export function questionIn(search: SearchText): string {
  const own = [...Object.values(members), LEFT_OUT];
  return writeSearchText(Object.fromEntries(own.map((name) => [name, search[name]])));
}

/** What an address asks; undefined where it asks nothing. */
export function textsIn(search: SearchText): ExplainTexts | undefined {
  const found = names.map((name) => [name, search[members[name]] ?? ''] as const);
  if (found.every(([, text]) => text === '')) return undefined;
  const texts = Object.fromEntries(found) as Record<keyof ExplainTexts, string>;
  return { ...texts, form: texts.form === '' ? noTexts.form : texts.form };
}

/** What an address says that it does not have. */
export function leftOutIn(search: SearchText): readonly string[] {
  const said = (search[LEFT_OUT] ?? '').split(',').slice(0, LEFT_OUT_MAX);
  const known: ReadonlySet<string> = new Set(Object.values(members));
  return said.filter((what) => known.has(what) || plainHeader.test(what));
}

function withoutSecrets(texts: ExplainTexts): {
  readonly texts: ExplainTexts;
  readonly leftOut: readonly LeftOut[];
} {
  const lines = headerLines(texts.headers);
  const isSecret = ([name, value]: readonly [string, string]): boolean =>
    isSecretName(name) || mayBeSecret(value);
  const headers = lines.filter((line) => !isSecret(line)).map((line) => line.join(': '));
  const named = new Set(lines.filter(isSecret).map(([name]) => `headers.${name}`));
  const secret = names.filter((name) => name !== 'headers' && hasCredential(texts[name]));
  const kept = Object.fromEntries(secret.map((name) => [name, '']));
  return {
    texts: { ...texts, headers: headers.join('\n'), ...kept },
    leftOut: [...secret.map((name) => members[name]), ...named].map((what) => ({
      what,
      why: 'secret',
    })),
  };
}
