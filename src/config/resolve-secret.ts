import { Secret } from '../std/secret.ts';

/** Where secrets are read from. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; undefined where it cannot be read. */
  readonly readFile: (path: string) => string | undefined;
}

export type ResolvedSecret =
  | { readonly kind: 'secret'; readonly secret: Secret }
  | { readonly kind: 'missing'; readonly message: string };

/** The secret behind `env:NAME` or `file:PATH`. An empty one counts as missing: unset means closed. */
export function resolveSecret(reference: string, sources: SecretSources): ResolvedSecret {
  const [, scheme, name] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  if (scheme === undefined || name === undefined) {
    return { kind: 'missing', message: 'a secret is given as env:NAME or file:PATH' };
  }
  const value = (scheme === 'env' ? sources.env[name] : sources.readFile(name))?.trim();
  if (value !== undefined && value !== '') return { kind: 'secret', secret: new Secret(value) };
  const message =
    scheme === 'env' ? `set the variable ${name}` : `write the secret into the file ${name}`;
  return { kind: 'missing', message: `${reference} is empty or missing: ${message}` };
}
