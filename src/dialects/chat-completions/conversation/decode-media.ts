import {
  normalBase64,
  normalMediaType,
  readMediaUrl,
  textOfBase64,
} from '../../../chat-form/media-urls.ts';
import type { MediaUrl } from '../../../chat-form/media-urls.ts';
import type { DocumentBlock, ImageBlock } from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import { refuseParameter } from '../refuse-parameter.ts';

type Medium = readonly (ImageBlock | DocumentBlock)[] | Refusal;
type DataUrl = Extract<MediaUrl, { readonly kind: 'data' }>;

const imageTypes: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
]);
const PDF = 'application/pdf';
/** Text that does not say so in the first half of its type. */
const TEXT_TYPE =
  /^text\/|^application\/(?:json|xml|yaml|x-yaml|toml|javascript|x-ndjson|sql)$|\+(?:json|xml)$/;
const TITLE_LETTERS_MAX = 500;

/** What a file is that came without its type, by the end of its name. */
const typesByEnding: Readonly<Record<string, string>> = {
  pdf: PDF,
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  html: 'text/html',
  htm: 'text/html',
  log: 'text/plain',
  json: 'application/json',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
};

/** `image_url` parts, with the URL in an object or bare (chat reference §2.4). */
export function decodeImagePart(part: JsonObject, param: string): Medium {
  const { image_url: given = null } = part;
  const place = typeof given === 'string' ? `${param}.image_url` : `${param}.image_url.url`;
  const url = isJsonObject(given) ? given['url'] : given;
  if (typeof url !== 'string') return refuseParameter(place, 'expected the URL of an image');
  const read = readMediaUrl(url);
  if (read.kind === 'bad') return refuseImage(place, read.why);
  if (read.kind === 'remote') return [{ type: 'image', source: { type: 'url', url } }];
  if (!read.isBase64) return refuseImage(place, 'the data: URL has to be base64');
  // Some clients have no other part for a PDF.
  if (read.mediaType === PDF) return [pdfOf(read)];
  if (imageTypes.has(read.mediaType)) return [imageOf(read)];
  return refuseImage(
    place,
    `expected image/jpeg, image/png, image/gif or image/webp, not ${read.mediaType}`,
  );
}

function refuseImage(place: string, why: string): Refusal {
  return refuseParameter(place, `Invalid image_url: ${why}`, 'invalid_image_url');
}

/** `file` parts: a file's content, or the id of one that was uploaded (chat reference §2.4). */
export function decodeFilePart(part: JsonObject, param: string): Medium {
  const { file = null } = part;
  if (!isJsonObject(file)) return refuseParameter(`${param}.file`, 'expected an object');
  const { file_data: data = null, file_id: id = null, filename: name = null } = file;
  if (name !== null && typeof name !== 'string') {
    return refuseParameter(`${param}.file.filename`, 'expected a string');
  }
  const title = titleOf(name);
  if (typeof id === 'string' && id !== '' && data === null) {
    return [{ type: 'document', source: { type: 'file', file_id: id }, ...title }];
  }
  if (typeof data !== 'string') {
    return refuseParameter(`${param}.file`, 'expected file_data or file_id, as a string');
  }
  return decodeFile(data, name ?? '', { param: `${param}.file.file_data`, title });
}

interface FilePlace {
  readonly param: string;
  readonly title: { readonly title?: string };
}

function decodeFile(data: string, name: string, { param, title }: FilePlace): Medium {
  const read = /^[a-z]{4,5}:/i.test(data) ? readMediaUrl(data) : readBare(data, name);
  if (read.kind === 'bad') return refuseParameter(param, `Invalid file: ${read.why}`);
  if (read.kind === 'remote') {
    return [{ type: 'document', source: { type: 'url', url: read.url }, ...title }];
  }
  if (imageTypes.has(read.mediaType)) return [imageOf(read)];
  if (read.mediaType === PDF) return [{ ...pdfOf(read), ...title }];
  if (!TEXT_TYPE.test(read.mediaType)) {
    return refuseParameter(param, `expected a PDF, text or an image, not ${read.mediaType}`);
  }
  const text = textOfBase64(read.base64, read.charset);
  if (text === undefined) return refuseParameter(param, 'the text is not in its character set');
  const source = { type: 'text', media_type: 'text/plain', data: text } as const;
  return [{ type: 'document', source, ...title }];
}

/** Base64 without its type: the name says what it is. */
function readBare(data: string, name: string): MediaUrl {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const mediaType = Object.hasOwn(typesByEnding, ending) ? typesByEnding[ending] : undefined;
  if (mediaType === undefined) {
    return {
      kind: 'bad',
      why: 'expected a data: URL, or base64 with a filename that tells the type',
    };
  }
  const base64 = normalBase64(data);
  if (base64 === undefined) return { kind: 'bad', why: 'the data is not valid base64' };
  const isBase64 = true;
  return {
    kind: 'data',
    mediaType: normalMediaType(mediaType),
    charset: undefined,
    isBase64,
    base64,
  };
}

function imageOf({ mediaType, base64 }: DataUrl): ImageBlock {
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: base64 } };
}

function pdfOf({ mediaType, base64 }: DataUrl): DocumentBlock {
  return { type: 'document', source: { type: 'base64', media_type: mediaType, data: base64 } };
}

/** A document's title has from 1 to 500 letters (API reference §3.1). */
function titleOf(name: JsonValue): { readonly title?: string } {
  if (typeof name !== 'string' || name === '') return {};
  // No letter is more than two code units.
  const letters = Array.from(name.slice(0, 2 * TITLE_LETTERS_MAX));
  return { title: letters.slice(0, TITLE_LETTERS_MAX).join('') };
}
