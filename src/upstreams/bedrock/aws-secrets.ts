import type { Clock } from '../../std/clock.ts';
import type { Secret } from '../../std/secret.ts';

/** What an account of AWS signs with. */
export interface AwsCredentials {
  readonly accessKeyId: Secret;
  readonly secretAccessKey: Secret;
  /** Of credentials that are good for a while only. */
  readonly sessionToken?: Secret | undefined;
}

/** A Bedrock API key, or what requests are signed with. */
export type AwsSecrets =
  | { readonly kind: 'key'; readonly key: Secret }
  | { readonly kind: 'signing'; readonly credentials: AwsCredentials };

/** The secrets themselves, for what must not say them and for what compares them. */
export function revealed(secrets: AwsSecrets): readonly string[] {
  if (secrets.kind === 'key') return [secrets.key.reveal()];
  const { accessKeyId, secretAccessKey, sessionToken } = secrets.credentials;
  const all = [accessKeyId, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
  return all.map((secret) => secret.reveal());
}

export interface RereadAwsSecretsOptions {
  readonly first: AwsSecrets;
  /** What stands behind the references now; undefined where part of it is missing. */
  readonly read: () => AwsSecrets | undefined;
  readonly clock: Clock;
}

/** Whoever keeps the files fresh writes them some minutes before the old session ends. */
const READ_MS = 60_000;
/** A region that refuses everything must not make us read for every request. */
const REFUSED_READ_MS = 1000;

/** Secrets by reference. What keeps a session fresh is outside: the references are read anew every minute. */
export class RereadAwsSecrets {
  readonly #options: RereadAwsSecretsOptions;
  #secrets: AwsSecrets;
  #readAtMs: number;

  constructor(options: RereadAwsSecretsOptions) {
    this.#options = options;
    this.#secrets = options.first;
    this.#readAtMs = options.clock.monotonicMs();
  }

  /** What to show now. */
  current(): AwsSecrets {
    this.#readAfter(READ_MS);
    return this.#secrets;
  }

  /** After a no to `used`: whether there are others by now. */
  hasOthersThan(used: AwsSecrets): boolean {
    this.#readAfter(REFUSED_READ_MS);
    return revealed(this.#secrets).join('\n') !== revealed(used).join('\n');
  }

  #readAfter(ageMs: number): void {
    const { clock, read } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#readAtMs < ageMs) return;
    this.#readAtMs = nowMs;
    // A file that is just being written is empty for a moment: the old ones are still good then.
    this.#secrets = read() ?? this.#secrets;
  }
}
