import type { KeyObject } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { isJsonObject, parseJson } from '../../std/json.ts';
import { isLoopback } from '../../std/loopback.ts';

/** Who asks for tokens, as a key file of a service account says it. */
export interface ServiceAccount {
  readonly kind: 'service-account';
  readonly clientEmail: string;
  readonly key: KeyObject;
  /** Which of the account's keys it is. */
  readonly keyId?: string;
  /** Where assertions are changed for tokens. */
  readonly tokenUrl: URL;
}

/** Why a key file cannot be used, without a word of what stands in it. */
export interface BadServiceAccount {
  readonly kind: 'bad';
  readonly message: string;
}

/** RS256 takes no shorter one; RFC 7518 §3.3. */
const KEY_BITS_MIN = 2048;
const DEFAULT_TOKEN_URI = 'https://oauth2.googleapis.com/token';

/** Reads the key file of a service account. */
export function readServiceAccount(text: string): ServiceAccount | BadServiceAccount {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) {
    return bad('it is no JSON object: give the key file of a service account');
  }
  const {
    client_email: clientEmail,
    private_key: privateKey,
    private_key_id: keyId,
    token_uri: tokenUri = DEFAULT_TOKEN_URI,
  } = parsed.value;
  if (typeof clientEmail !== 'string' || clientEmail === '') return missing('client_email');
  if (typeof privateKey !== 'string') return missing('private_key');
  const key = readKey(privateKey);
  if (key === undefined) return bad('its private_key is no RSA key of 2048 bits or more in PEM');
  const tokenUrl = typeof tokenUri === 'string' ? readTokenUrl(tokenUri) : undefined;
  if (tokenUrl === undefined) return bad('its token_uri is no https URL');
  const more = typeof keyId === 'string' && keyId !== '' ? { keyId } : {};
  return { kind: 'service-account', clientEmail, key, tokenUrl, ...more };
}

function missing(field: string): BadServiceAccount {
  return bad(`it has no ${field}: give the key file of a service account`);
}

function bad(message: string): BadServiceAccount {
  return { kind: 'bad', message };
}

function readKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    return key.asymmetricKeyType === 'rsa' && modulusLength >= KEY_BITS_MIN ? key : undefined;
  } catch {
    // What OpenSSL says of it may quote it.
    return undefined;
  }
}

/** An assertion is as good as the key for an hour: it goes nowhere in the clear. */
function readTokenUrl(uri: string): URL | undefined {
  const url = URL.parse(uri);
  if (url === null) return undefined;
  const isSafe =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
  return isSafe ? url : undefined;
}
