/** Where the gateway of one binding is, and what it is shown. */
export interface LocalBindingSettings {
  /** An origin: no path, no slash at its end. */
  readonly baseURL: string;
  readonly apiKey: string;
}

/** Where `npm start` listens when nothing else is said. */
const BASE_URL_DEFAULT = 'http://127.0.0.1:4114';
const known: ReadonlySet<string> = new Set(['baseURL', 'apiKey']);

/**
 * Reads the `options` of a binding; what it lacks comes from the variables that the command line
 * reads too. Whoever started the Worker is told what is wrong, since nobody else could mend it.
 */
export function readLocalBindingSettings(
  name: string,
  options: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): LocalBindingSettings {
  const stray = Object.keys(options).find((option) => !known.has(option));
  if (stray !== undefined) throw wrong(name, `there is no option "${stray}"`);
  const baseURL = readText(name, options, 'baseURL') ?? env['QUATRAIN_URL'] ?? BASE_URL_DEFAULT;
  const apiKey = readText(name, options, 'apiKey') ?? env['QUATRAIN_API_KEY'] ?? '';
  if (apiKey === '') {
    throw wrong(
      name,
      'set the option "apiKey" or the variable QUATRAIN_API_KEY to a key of the gateway: it prints one at its first start, and "npx quatrain keys create" makes another',
    );
  }
  return { baseURL: readOrigin(name, baseURL), apiKey };
}

function readText(
  name: string,
  options: Readonly<Record<string, unknown>>,
  option: string,
): string | undefined {
  const value = options[option];
  if (value === undefined || typeof value === 'string') return value;
  throw wrong(name, `"${option}" is not a text`);
}

/** The binding's paths stand at the root of their host, so there is no room for a path before them. */
function readOrigin(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.href === `${url.origin}/`;
  if (!isOrigin) {
    throw wrong(name, `"baseURL" has to be like ${BASE_URL_DEFAULT}, with no path; it is ${text}`);
  }
  return url.origin;
}

function wrong(name: string, what: string): Error {
  return new Error(`quatrain: the binding ${name}: ${what}`);
}
