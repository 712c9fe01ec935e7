import { hash, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Clock } from '../std/clock.ts';
import type { Secret } from '../std/secret.ts';
import { keyDigest, publicIdOf } from './api-key.ts';
import type { KeyKind, KeyStore } from './key-store.ts';
import { isActive } from './key-store.ts';

/** Who calls: the key that proved it. */
export interface Principal {
  readonly keyId: string;
  readonly keyKind: KeyKind;
  /** Who owns what the request makes and sees. Until accounts have records, each key is its own. */
  readonly account: string;
}

/** Where a request carries its credential. */
export interface CredentialHeaders {
  readonly 'x-api-key'?: string | undefined;
  readonly authorization?: string | undefined;
}

export interface AuthenticatorOptions {
  readonly store: KeyStore;
  readonly pepper: Secret;
  readonly clock: Clock;
  /** A key that needs no record, for development; wiring allows it on loopback only. */
  readonly developmentKey?: Secret;
}

interface CachedDecision {
  readonly principal: Principal | undefined;
  readonly untilMs: number;
}

/** How long a decision stands without another look at the store: the longest a revoked key works. */
const DECISION_TTL_MS = 1000;
/** More credentials than this in one TTL start the cache anew, so that guesses cannot fill memory. */
const DECISIONS_MAX = 20_000;
const NO_DIGEST: Uint8Array = new Uint8Array(32);

/** Stage 1 of the walk: credential → principal. API reference §1.2, §4.3; 401, body unread. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  /** By the full digest of the credential: a shorter key once gave one caller another's rights. */
  #decisions = new Map<string, CachedDecision>();
  readonly #developmentDigest: string | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    const { developmentKey } = options;
    this.#developmentDigest =
      developmentKey === undefined ? undefined : cacheDigest(developmentKey.reveal());
  }

  authenticate(headers: CredentialHeaders): Principal | Refusal {
    const credential = readCredential(headers);
    if (isRefusal(credential)) return credential;
    return this.#decide(credential.text, 'inference') ?? refuseCredential(credential.form);
  }

  /** The same for the admin listener, which takes admin keys only. */
  authenticateAdmin(headers: CredentialHeaders): Principal | Refusal {
    const token = headers['x-api-key'] ?? bearerToken(headers.authorization ?? '');
    const principal = token === undefined ? undefined : this.#decide(token, 'admin');
    return principal ?? unauthenticated('an admin key is required');
  }

  #decide(credential: string, kind: KeyKind): Principal | undefined {
    const digest = cacheDigest(credential);
    const nowMs = this.#options.clock.monotonicMs();
    const known = this.#decisions.get(digest);
    const principal =
      known !== undefined && known.untilMs > nowMs
        ? known.principal
        : this.#remember(digest, this.#lookUp(credential, digest), nowMs);
    return principal?.keyKind === kind ? principal : undefined;
  }

  #remember(
    digest: string,
    principal: Principal | undefined,
    nowMs: number,
  ): Principal | undefined {
    if (this.#decisions.size >= DECISIONS_MAX) this.#decisions = new Map();
    this.#decisions.set(digest, { principal, untilMs: nowMs + DECISION_TTL_MS });
    return principal;
  }

  /** An unknown id and a wrong secret take the same path, so that time tells nothing. */
  #lookUp(credential: string, digest: string): Principal | undefined {
    if (digest === this.#developmentDigest) {
      return { keyId: 'development', keyKind: 'inference', account: 'development' };
    }
    const publicId = publicIdOf(credential);
    if (publicId === undefined) return undefined;
    const record = this.#options.store.find(publicId);
    const offered = keyDigest(credential, this.#options.pepper);
    const isRight = timingSafeEqual(offered, record?.digest ?? NO_DIGEST);
    if (!isRight || record === undefined) return undefined;
    if (!isActive(record, this.#options.clock.wallMs())) return undefined;
    const { publicId: keyId, kind: keyKind } = record;
    return { keyId, keyKind, account: keyId };
  }
}

/** What a caller shows, and how. */
export interface Credential {
  readonly kind: 'credential';
  readonly text: string;
  readonly form: 'x-api-key' | 'bearer';
}

/** The one credential of a request; none, two and a malformed one are refused. */
export function readCredential(headers: CredentialHeaders): Credential | Refusal {
  const apiKey = headers['x-api-key'];
  const { authorization } = headers;
  if (apiKey !== undefined && authorization !== undefined) {
    return unauthenticated('send either x-api-key or authorization, not both');
  }
  if (apiKey !== undefined) return { kind: 'credential', text: apiKey, form: 'x-api-key' };
  if (authorization === undefined) return unauthenticated('x-api-key header is required');
  const bearer = bearerToken(authorization);
  if (bearer === undefined) return refuseCredential('bearer');
  return { kind: 'credential', text: bearer, form: 'bearer' };
}

/** What a credential that nobody gave out is told; API reference §4.3. */
export function refuseCredential(form: Credential['form']): Refusal {
  return unauthenticated(form === 'bearer' ? 'Invalid bearer token' : 'invalid x-api-key');
}

function bearerToken(authorization: string): string | undefined {
  const match = /^bearer +([^\s]+)$/i.exec(authorization);
  return match?.[1];
}

function cacheDigest(credential: string): string {
  return hash('sha256', credential, 'base64');
}

function unauthenticated(detail: string): Refusal {
  return refusal('unauthenticated', detail);
}
