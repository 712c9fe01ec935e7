import { hash, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Clock } from '../std/clock.ts';
import type { Secret } from '../std/secret.ts';
import type { Cidr } from '../std/cidr.ts';
import type { AccountStore } from './account-store.ts';
import { keyDigest, publicIdOf } from './api-key.ts';
import { cidrsOf } from './key-rights.ts';
import type { KeyBudget, KeyKind, KeyRate, KeyRecord, KeyStore } from './key-store.ts';
import { isActive } from './key-store.ts';
import type { Scope } from './scopes.ts';
import { grantableScopes } from './scopes.ts';

/** Who calls: the key that proved it, and what that may do. */
export interface Principal {
  readonly keyId: string;
  readonly keyKind: KeyKind;
  /** Who owns what the request makes and sees, and pays for it. */
  readonly account: string;
  /** The account's plan; the configured one where absent. */
  readonly planName?: string;
  readonly scopes: ReadonlySet<Scope>;
  /** `null`: any, here and below. */
  readonly modelIds: ReadonlySet<string> | null;
  readonly allowedCidrs: readonly Cidr[] | null;
  readonly budget: KeyBudget | null;
  readonly rate: KeyRate | null;
}

/** Where a request carries its credential. */
export interface CredentialHeaders {
  readonly 'x-api-key'?: string | undefined;
  readonly authorization?: string | undefined;
}

export interface AuthenticatorOptions {
  readonly store: Pick<KeyStore, 'find' | 'touch'>;
  /** Where absent, every account is open and has the configured plan. */
  readonly accounts?: Pick<AccountStore, 'find'>;
  readonly pepper: Secret;
  readonly clock: Clock;
  /** Hears that the use of a key could not be noted; nobody waits for that. */
  readonly onFault?: (fault: unknown) => void;
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
/** How old the note of a key's last use may be; wallet reference §3.2 rule 10. */
const USE_NOTED_EVERY_MS = 60_000;
/** The kinds of keys that the public listener takes. What each may do is for scopes to say. */
const publicKinds: ReadonlySet<KeyKind> = new Set(['inference', 'management']);
const adminKinds: ReadonlySet<KeyKind> = new Set(['admin']);
const DEVELOPMENT = 'development';
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
    return this.#decide(credential.text, publicKinds) ?? refuseCredential(credential.form);
  }

  /** The same for the admin listener, which takes admin keys only. */
  authenticateAdmin(headers: CredentialHeaders): Principal | Refusal {
    const credential = readCredential(headers);
    const principal = isRefusal(credential) ? undefined : this.#decide(credential.text, adminKinds);
    return principal ?? unauthenticated('an admin key is required');
  }

  #decide(credential: string, kinds: ReadonlySet<KeyKind>): Principal | undefined {
    const digest = cacheDigest(credential);
    const nowMs = this.#options.clock.monotonicMs();
    const known = this.#decisions.get(digest);
    const principal =
      known !== undefined && known.untilMs > nowMs
        ? known.principal
        : this.#remember(digest, this.#lookUp(credential, digest), nowMs);
    return principal !== undefined && kinds.has(principal.keyKind) ? principal : undefined;
  }

  /**
   * What a key may do, for work that it began and that goes on without its credential. Where nobody
   * knows the key any more, or its account is closed, it may do nothing.
   */
  principalFor(keyId: string, account: string): Principal {
    const isDevelopment = keyId === DEVELOPMENT && this.#developmentDigest !== undefined;
    const record = isDevelopment ? undefined : this.#options.store.find(keyId);
    const known = isDevelopment ? this.#developer() : record && this.#holderOf(record);
    return known ?? { ...ofOwnAccount(keyId), account, scopes: new Set() };
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
    if (digest === this.#developmentDigest) return this.#developer();
    const publicId = publicIdOf(credential);
    if (publicId === undefined) return undefined;
    const record = this.#options.store.find(publicId);
    if (!this.#isProof(credential, record)) return undefined;
    const nowMs = this.#options.clock.wallMs();
    const holder = isActive(record, nowMs) ? this.#holderOf(record) : undefined;
    if (holder !== undefined) this.#noteUse(record, nowMs);
    return holder;
  }

  /** Compared with the present secret and the one before it, both at any time. */
  #isProof(credential: string, record: KeyRecord | undefined): record is KeyRecord {
    const offered = keyDigest(credential, this.#options.pepper);
    const { digest = NO_DIGEST, rotated } = record ?? {};
    const isPresent = timingSafeEqual(offered, digest);
    const isFormer = timingSafeEqual(offered, rotated?.digest ?? NO_DIGEST);
    const graceUntilMs = rotated?.graceUntilMs ?? 0;
    return isPresent || (isFormer && this.#options.clock.wallMs() < graceUntilMs);
  }

  #noteUse({ publicId, lastUsedAtMs = 0 }: KeyRecord, nowMs: number): void {
    if (nowMs - lastUsedAtMs < USE_NOTED_EVERY_MS) return;
    const { store, onFault = () => {} } = this.#options;
    store.touch(publicId, nowMs).catch(onFault);
  }

  /** The key without a record: of an account like any other. */
  #developer(): Principal | undefined {
    const terms = this.#termsOf(DEVELOPMENT);
    return terms && { ...ofOwnAccount(DEVELOPMENT), ...terms };
  }

  /** What the account adds to a key of its own; undefined for one that is closed. */
  #termsOf(accountId: string): Pick<Principal, 'planName'> | undefined {
    const { status, planName } = this.#options.accounts?.find(accountId) ?? {};
    if (status === 'closed') return undefined;
    return planName === undefined ? {} : { planName };
  }

  #holderOf(record: KeyRecord): Principal | undefined {
    const { modelIds, allowedCidrs, budget, rate } = record;
    const terms = this.#termsOf(record.accountId);
    if (terms === undefined) return undefined;
    return {
      keyId: record.publicId,
      keyKind: record.kind,
      account: record.accountId,
      ...terms,
      scopes: new Set(record.scopes),
      modelIds: modelIds === null ? null : new Set(modelIds),
      allowedCidrs: allowedCidrs === null ? null : cidrsOf(allowedCidrs),
      budget,
      rate,
    };
  }
}

/** An inference key that is an account of its own, with nothing taken from what such a key may do. */
export function ofOwnAccount(keyId: string): Principal {
  return {
    keyId,
    keyKind: 'inference',
    account: keyId,
    scopes: new Set(grantableScopes.inference),
    modelIds: null,
    allowedCidrs: null,
    budget: null,
    rate: null,
  };
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
