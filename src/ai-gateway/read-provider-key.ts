import { aliasPattern } from '../ai-gateway-form/option-rules.ts';
import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { ProviderKeyRecord } from '../policy/provider-key-store.ts';
import type { JsonObject } from '../std/json.ts';
import { Secret } from '../std/secret.ts';

/** What whoever stores a key says of it. */
export interface GivenProviderKey extends Pick<
  ProviderKeyRecord,
  'provider' | 'alias' | 'isDefault'
> {
  /** Absent where a key that is stored is to stay. */
  readonly key?: Secret;
}

const providerPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const PROVIDER_LETTERS_MAX = 64;
/** It goes into a header: letters that can stand there. */
const keyPattern = /^[\x21-\x7e]{8,4096}$/;

/** Members of the service that have no effect here. */
const unserved: Readonly<Record<string, string>> = {
  secret_id: 'there is no store of secrets here; send the key as `secret`',
  rate_limit: 'stored keys have no limits of their own here',
  rate_limit_period: 'stored keys have no limits of their own here',
};

/** Reads what is said of a key for a provider; Workers reference §3.12. */
export function readProviderKey(body: JsonObject): GivenProviderKey | Refusal {
  const strange = Object.keys(unserved).find((name) => (body[name] ?? null) !== null);
  if (strange !== undefined) return invalid(strange, unserved[strange] ?? '');
  const { alias, default_config: isDefault = false, provider_slug: provider, secret } = body;
  if (typeof provider !== 'string' || !isProvider(provider)) {
    return invalid('provider_slug', 'expected a provider as URLs of gateways spell it');
  }
  if (typeof alias !== 'string' || !aliasPattern.test(alias)) {
    return invalid('alias', 'expected 1 to 64 letters, digits, ., - and _');
  }
  if (typeof isDefault !== 'boolean') return invalid('default_config', 'expected true or false');
  const named = { provider, alias, isDefault };
  if (secret === undefined || secret === null) return named;
  if (typeof secret !== 'string' || !keyPattern.test(secret)) {
    return invalid('secret', 'expected 8 to 4,096 letters that can stand in a header');
  }
  return { ...named, key: new Secret(secret) };
}

const PREVIEW_LETTERS = 4;
/** A key that is shorter would be half shown. */
const PREVIEWED_LETTERS_MIN = 16;

/** The few letters by which its owner knows a key again. */
export function previewOf(key: Secret): string {
  const text = key.reveal();
  return text.length < PREVIEWED_LETTERS_MIN ? '…' : `…${text.slice(-PREVIEW_LETTERS)}`;
}

function isProvider(text: string): boolean {
  return text.length <= PROVIDER_LETTERS_MAX && providerPattern.test(text);
}

function invalid(name: string, text: string): Refusal {
  return refusal('invalid_request', `Invalid value at ${name}: ${text}`, { param: name });
}
