import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { Secret } from '../std/secret.ts';
import type { BearerSource } from './bearer-source.ts';

/** What shows a host on whose account we ask. */
export type HostCredential =
  | { readonly kind: 'key'; readonly header: 'x-api-key' | 'api-key'; readonly key: Secret }
  | { readonly kind: 'bearer'; readonly source: BearerSource };

/** A credential as one request shows it. */
export interface ShownCredential {
  readonly headers: HeaderList;
  readonly shown: Secret;
}

/** The credential for one request; a refusal where there is none to be had. */
export async function showCredential(
  credential: HostCredential,
): Promise<ShownCredential | Refusal> {
  if (credential.kind === 'key') {
    const { header, key } = credential;
    return { headers: [header, key.reveal()], shown: key };
  }
  const token = await credential.source.token();
  if (isRefusal(token)) return token;
  return { headers: ['authorization', `Bearer ${token.reveal()}`], shown: token };
}

/** After a host's no: whether another credential may be had. A key stays what it is. */
export function mayRenew(credential: HostCredential, { shown }: ShownCredential): boolean {
  return credential.kind === 'bearer' && credential.source.throwAway(shown);
}
