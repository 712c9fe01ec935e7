import { SignJWT } from 'jose';
import type { Refusal } from '../../messages/errors.ts';
import { isRefusal, refusal } from '../../messages/errors.ts';
import { uncancelled } from '../../std/cancellation.ts';
import type { Clock } from '../../std/clock.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import { Secret } from '../../std/secret.ts';
import type { Log } from '../../telemetry/log.ts';
import type { BearerSource } from '../bearer-source.ts';
import { EngineClient } from '../chat-completions/engine-client.ts';
import type { Transport } from '../transport.ts';
import type { ServiceAccount } from './read-service-account.ts';

export interface ServiceAccountTokensOptions {
  /** The upstream's name, for the log. */
  readonly name: string;
  readonly account: ServiceAccount;
  /** To the host of the account's token URL. */
  readonly transport: Transport;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly log: Log;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ASSERTION_SECONDS = 3600;
const MS = 1000;
/** A token is not used in its last minutes: the answer that it opens may take that long to begin. */
const SPARE_MS = 300_000;
/** After a failure nobody asks again for this long, however many requests wait for a token. */
const FAILED_MS = 1000;
/** A token that was made this recently is not what a host's no is about. */
const YOUNG_MS = 60_000;
const ANSWER_BYTES_MAX = 64 * 1024;

interface HeldToken {
  readonly token: Secret;
  readonly madeAtMs: number;
  readonly goodUntilMs: number;
}

/**
 * Access tokens of a service account: an assertion, signed with its key, is changed for a token
 * that is good for about an hour (API reference §12). One is asked for at a time, whoever waits.
 */
export class ServiceAccountTokens implements BearerSource {
  readonly #options: ServiceAccountTokensOptions;
  readonly #client: EngineClient;
  #held: HeldToken | undefined;
  #obtaining: Promise<Secret | Refusal> | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ServiceAccountTokensOptions) {
    const { name, account, transport, userAgent, log } = options;
    this.#options = options;
    this.#client = new EngineClient({
      name,
      origin: account.tokenUrl.origin,
      basePath: '',
      transport,
      answerBytesMax: ANSWER_BYTES_MAX,
      userAgent,
      log,
    });
  }

  async token(): Promise<Secret | Refusal> {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#held !== undefined && nowMs < this.#held.goodUntilMs) return this.#held.token;
    if (this.#obtaining !== undefined) return this.#obtaining;
    if (nowMs - this.#failedAtMs < FAILED_MS) return noToken;
    this.#obtaining = this.#obtain();
    try {
      return await this.#obtaining;
    } finally {
      this.#obtaining = undefined;
    }
  }

  throwAway(token: Secret): boolean {
    const held = this.#held;
    if (held === undefined || held.token !== token) return true;
    if (this.#options.clock.monotonicMs() - held.madeAtMs < YOUNG_MS) return false;
    this.#held = undefined;
    return true;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #obtain(): Promise<Secret | Refusal> {
    const obtained = await this.#ask();
    const { clock, log, name } = this.#options;
    const nowMs = clock.monotonicMs();
    if (typeof obtained === 'string') {
      this.#failedAtMs = nowMs;
      log.warn('token_failed', { upstream: name, reason: obtained });
      return noToken;
    }
    const { token, lifeMs } = obtained;
    // One that is good for less than twice the spare time is used for half of it.
    const goodMs = Math.max(lifeMs - SPARE_MS, lifeMs / 2);
    this.#held = { token, madeAtMs: nowMs, goodUntilMs: nowMs + goodMs };
    return token;
  }

  /** A fresh token, or in words for the log why there is none. */
  async #ask(): Promise<ObtainedToken | string> {
    const body = new URLSearchParams({
      grant_type: GRANT_TYPE,
      assertion: await this.#assertion(),
    });
    const { pathname, search } = this.#options.account.tokenUrl;
    const response = await this.#client.send(
      {
        method: 'POST',
        path: `${pathname}${search}`,
        headers: ['content-type', 'application/x-www-form-urlencoded'],
        body: Buffer.from(body.toString()),
        // One token is for many requests.
        told: undefined,
      },
      // Others wait for it too: whoever asked first may leave.
      uncancelled,
    );
    if (isRefusal(response)) return 'the token host did not answer';
    const bytes = await this.#client.collect(response, uncancelled);
    if (isRefusal(bytes)) return 'the answer of the token host broke off';
    return readToken(response.status, textOf(bytes));
  }

  #assertion(): Promise<string> {
    const { account, clock } = this.#options;
    const { clientEmail, key, keyId, tokenUrl } = account;
    const issuedAt = Math.floor(clock.wallMs() / MS);
    return new SignJWT({ scope: SCOPE })
      .setProtectedHeader({
        alg: 'RS256',
        typ: 'JWT',
        ...(keyId === undefined ? {} : { kid: keyId }),
      })
      .setIssuer(clientEmail)
      .setAudience(tokenUrl.href)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ASSERTION_SECONDS)
      .sign(key);
  }
}

const noToken: Refusal = refusal(
  'upstream_failed',
  'The gateway got no access token for its upstream.',
);

interface ObtainedToken {
  readonly token: Secret;
  readonly lifeMs: number;
}

const OK = 200;
/** The codes of RFC 6749 §5.2 are words; anything else in their place is not for a log. */
const errorWord = /^[a-z_]{1,40}$/;

function readToken(status: number, text: string): ObtainedToken | string {
  const parsed = parseJson(text);
  const said = parsed.kind === 'value' && isJsonObject(parsed.value) ? parsed.value : {};
  const { access_token: token, expires_in: seconds, error } = said;
  if (status !== OK) {
    const word = typeof error === 'string' && errorWord.test(error) ? `: ${error}` : '';
    return `the token host answered ${String(status)}${word}`;
  }
  if (typeof token !== 'string' || !isHeaderText(token)) return 'the answer has no access_token';
  const life = typeof seconds === 'number' && seconds > 0 ? seconds : 0;
  return { token: new Secret(token), lifeMs: life * MS };
}

/** A token goes into a head: it must not be able to end a line there. */
function isHeaderText(token: string): boolean {
  return /^[!-~]+$/.test(token);
}
