import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import { ruleTexts } from '../emulator/rules/rule-texts.ts';

/** What a part of a form says of the file in it. */
export interface DeclaredFile {
  readonly filename: string;
  readonly mimeType: string;
}

const MIME_TYPE_LETTERS_MAX = 255;
const UNKNOWN_TYPE = 'application/octet-stream';
const mimePattern = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const filenamePattern = /^[^<>:"|?*\\/\u0000-\u001f\u007f]{1,255}$/u;

/** Types by extension: for clients that send a file without saying what it is. */
const typeByExtension: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  gif: 'image/gif',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain',
  webp: 'image/webp',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  zip: 'application/zip',
};

/**
 * Name and type under which a file is kept. Without a name it is called `unnamed` with the
 * extension of its type (API reference §1.5). The type is the declared one; where that says
 * nothing, the extension's.
 */
export function describeUpload(
  name: string | undefined,
  declaredType: string,
): DeclaredFile | Refusal {
  const declared = declaredType.toLowerCase();
  const isUsable = mimePattern.test(declared) && declared.length <= MIME_TYPE_LETTERS_MAX;
  const mimeType = isUsable && declared !== UNKNOWN_TYPE ? declared : typeOf(name ?? '');
  const filename = name === undefined || name === '' ? `unnamed${extensionOf(mimeType)}` : name;
  return filenamePattern.test(filename)
    ? { filename, mimeType }
    : refusal('invalid_request', ruleTexts.filenameInvalid);
}

function typeOf(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(typeByExtension, extension)
    ? (typeByExtension[extension] ?? UNKNOWN_TYPE)
    : UNKNOWN_TYPE;
}

function extensionOf(mimeType: string): string {
  const known = Object.entries(typeByExtension).find(([, type]) => type === mimeType);
  return known === undefined ? '' : `.${known[0]}`;
}
