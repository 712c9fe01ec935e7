import { hash } from 'node:crypto';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';
import { editText } from './edit-pieces.ts';
import type { FindSecrets } from './find-secrets.ts';
import { credentialPlaceholder, isSecretName, secretFinder } from './find-secrets.ts';
import type { RedactionRules } from './redaction-rules.ts';

/** Takes out of texts and JSON what a cassette must not hold. The same in gives the same out. */
export interface Redactor {
  readonly find: FindSecrets;
  readonly text: (text: string) => string;
  /** A value without its secrets; the same value where there are none. */
  readonly json: (value: JsonValue) => JsonValue;
}

/** Makes the redactor of a set of rules. Redacting twice changes nothing more. */
export function createRedactor(rules: RedactionRules): Redactor {
  const find = secretFinder(rules);
  const text = (whole: string): string => editText(whole, find(whole));
  const member = (name: string, value: JsonValue): JsonValue =>
    isSecretName(name) ? withoutScalars(json(value)) : json(value);
  const json = (value: JsonValue): JsonValue => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return sameOr(value, (value as readonly JsonValue[]).map(json));
    if (!isJsonObject(value)) return value;
    if (rules.media === 'digest' && isLargeMedia(value, rules.mediaBytesMax)) {
      return { ...value, data: mediaDigest(value.data) };
    }
    const isMedia = isEncodedMedia(value);
    const entries = Object.entries(value).map(([name, held]) => {
      const isData = isMedia && name === 'data';
      return [text(name), isData ? held : member(name, held)] as const;
    });
    const isSame = entries.every(([name, held]) => value[name] === held);
    return isSame ? value : Object.fromEntries(entries);
  };
  return { find, text, json };
}

/** A list that was not changed stays itself, so that an unchanged value can be told by identity. */
function sameOr(before: JsonValue, after: readonly JsonValue[]): JsonValue {
  const items = before as readonly JsonValue[];
  return after.every((item, index) => item === items[index]) ? before : after;
}

/** The value of a member with a secret name; what such an object holds is judged by its own names. */
function withoutScalars(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value === '' ? value : credentialPlaceholder;
  if (typeof value === 'number') return credentialPlaceholder;
  if (Array.isArray(value)) {
    return sameOr(value, (value as readonly JsonValue[]).map(withoutScalars));
  }
  return value;
}

interface MediaSource {
  readonly data: string;
}

function isLargeMedia<Value extends object>(
  value: Value,
  bytesMax: number,
): value is Value & MediaSource {
  return (
    'type' in value &&
    value.type === 'base64' &&
    'data' in value &&
    typeof value.data === 'string' &&
    value.data.length > bytesMax &&
    !isMediaDigest(value.data)
  );
}

/** Megabytes of base64 hold no text that could be a secret by its form, and are not searched. */
const SEARCHED_MEDIA_LETTERS_MAX = 1024;
const base64Text = /^[A-Za-z0-9+/=\r\n]*$/;

function isEncodedMedia(value: object): boolean {
  return isLargeMedia(value, SEARCHED_MEDIA_LETTERS_MAX) && base64Text.test(value.data);
}

const digestText = /^\[sha256 [0-9a-f]{64}, \d+ bytes of base64\]$/;

/** What stands in the place of media that are not kept. */
export function mediaDigest(data: string): string {
  return `[sha256 ${hash('sha256', data)}, ${String(data.length)} bytes of base64]`;
}

export function isMediaDigest(data: string): boolean {
  return digestText.test(data);
}
