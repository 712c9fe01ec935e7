import type { Argon2Parameters } from 'node:crypto';
import * as crypto from 'node:crypto';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { Random } from '../std/random.ts';
import type { Secret } from '../std/secret.ts';

/** Letters, not bytes: what people count. */
export const PASSWORD_LETTERS_MIN = 12;
const BYTES_MAX = 1024;
/** What one check costs in memory and time: the second choice of OWASP's list for argon2id. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const SALT_BYTES = 16;
/** More than this at once are somebody's guesses: each takes 19 MiB and a core. */
const WAITING_MAX = 16;

/** What our own documents and everybody's habits put where a password goes. */
const placeholders: ReadonlySet<string> = new Set([
  'a long password of your own',
  'change-me-please',
  'changemechangeme',
  'choose a long password',
  'correct horse battery staple',
  'correcthorsebatterystaple',
  'password1234',
  'password12345',
  'passwordpassword',
  'qwertyuiop12',
  'qwertyuiopas',
  'quatrainquatrain',
  'your-password',
  'your-password-here',
  '123456789012',
  '1234567890123',
  '123412341234',
]);

/** What stands against a password; undefined where nothing does. Reliability §3.3. */
export function refusePassword(password: Secret, name: string): Refusal | undefined {
  const text = password.reveal();
  const folded = text.toLowerCase();
  const letters = Array.from(text.normalize('NFC'));
  if (letters.length < PASSWORD_LETTERS_MIN)
    return weak(`at least ${String(PASSWORD_LETTERS_MIN)} letters`);
  if (Buffer.byteLength(text) > BYTES_MAX) return weak(`at most ${String(BYTES_MAX)} bytes`);
  if (new Set(letters).size < 4) return weak('more than the same few letters');
  if (placeholders.has(folded) || folded === name.toLowerCase().repeat(2)) {
    return weak('one that nobody knows: this one stands in documents or lists');
  }
  return undefined;
}

function weak(wanted: string): Refusal {
  const text = `password: ${wanted}`;
  return refusal('invalid_request', text, { reason: 'weak_password', param: 'password' });
}

/** Whether this Node can check passwords: 24.7 and later can. */
export function canCheckPasswords(): boolean {
  return typeof crypto.argon2 === 'function';
}

/** `argon2id$memory$passes$parallelism$salt$digest`: cost stands beside it, so that it may rise later. */
const digestPattern =
  /^argon2id\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/**
 * Digests of passwords. One is made at a time: each takes memory and a core, of which the requests
 * that the gateway is for have the first claim.
 */
export class PasswordDigests {
  readonly #random: Random;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Undefined where too many wait. */
  async make(password: Secret): Promise<string | undefined> {
    const salt = Buffer.from(this.#random.bytes(SALT_BYTES));
    const made = await this.#inTurn(() => digestOf(password, { ...COST, nonce: salt }));
    if (made === undefined) return undefined;
    const { memory, passes, parallelism } = COST;
    const cost = [memory, passes, parallelism].map(String);
    return ['argon2id', ...cost, salt.toString('base64url'), made.toString('base64url')].join('$');
  }

  /**
   * Whether a password is the one of a digest; undefined where too many wait. Without a digest it is
   * as much work, so that time does not tell whom there is.
   */
  async matches(password: Secret, digest: string | undefined): Promise<boolean | undefined> {
    const { wanted, cost } = readDigest(digest ?? nobodysDigest);
    const made = await this.#inTurn(() => digestOf(password, cost));
    if (made === undefined) return undefined;
    return crypto.timingSafeEqual(made, wanted) && digest !== undefined;
  }

  async #inTurn<Made>(make: () => Promise<Made>): Promise<Made | undefined> {
    if (this.#waiting >= WAITING_MAX) return undefined;
    this.#waiting += 1;
    const turn = this.#last.then(make);
    // Whoever comes next waits for its end, however it ends; its own caller hears of a fault.
    this.#last = turn.then(
      () => {},
      () => {},
    );
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}

const nobodysDigest = `argon2id$${String(COST.memory)}$${String(COST.passes)}$1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

type Cost = Omit<Argon2Parameters, 'message'>;

function readDigest(digest: string): { readonly wanted: Uint8Array; readonly cost: Cost } {
  const [, memory, passes, parallelism, salt = '', wanted = ''] = digestPattern.exec(digest) ?? [];
  if (memory === undefined) throw new Error('the digest of a password cannot be read');
  return {
    wanted: Buffer.from(wanted, 'base64url'),
    cost: {
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      tagLength: COST.tagLength,
      nonce: Buffer.from(salt, 'base64url'),
    },
  };
}

/** On a thread of Node's own: it takes tens of milliseconds. */
function digestOf(password: Secret, cost: Cost): Promise<Buffer> {
  const message = password.reveal().normalize('NFC');
  return new Promise((resolve, reject) => {
    crypto.argon2('argon2id', { ...cost, message }, (error, digest) => {
      if (error === null) resolve(digest);
      else reject(error);
    });
  });
}
