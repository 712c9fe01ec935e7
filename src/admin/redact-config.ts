import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** Options whose values are references to secrets; somebody may have written the secret there. */
const secretNames: ReadonlySet<string> = new Set([
  'access_key_id',
  'access_token',
  'api_key',
  'api_keys',
  'api_token',
  'api_tokens',
  'credentials',
  'secret_access_key',
  'session_token',
  'webhook_secret',
]);
/** Below these everything is one. */
const secretGroups: ReadonlySet<string> = new Set(['telemetry.otlp.headers']);
const reference = /^(?:env|file):/;
const userInUrl = /^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i;
const queryOfUrl = /^([a-z][a-z0-9+.-]*:\/\/[^?#]*)[?#].*$/is;
const REDACTED = '[redacted]';

/** A configuration as it may be shown: references stay, and what should have been one goes. */
export function redactConfig(config: object): JsonObject {
  // What is undefined is not there.
  const plain = JSON.parse(JSON.stringify(config)) as JsonObject;
  return redactObject(plain, '');
}

function redactObject(object: JsonObject, path: string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const place = path === '' ? name : `${path}.${name}`;
      const isSecret = secretNames.has(name) || secretGroups.has(path);
      return [name, redactValue(value, place, isSecret)];
    }),
  );
}

function redactValue(value: JsonValue, path: string, isSecret: boolean): JsonValue {
  if (typeof value === 'string') return redactText(value, isSecret);
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).map((item) => redactValue(item, path, isSecret));
  }
  return isJsonObject(value) ? redactObject(value, path) : value;
}

function redactText(text: string, isSecret: boolean): string {
  if (isSecret && !reference.test(text)) return REDACTED;
  return text.replace(userInUrl, `$1${REDACTED}@`).replace(queryOfUrl, `$1?${REDACTED}`);
}
