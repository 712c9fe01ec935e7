import type { AccountFile } from '../messages/account-file.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Operation } from '../messages/upstream.ts';
import type { RoutePlan } from '../routing/route-plan.ts';
import type { Splice } from '../std/edit-json.ts';
import { spliceBytes } from '../std/edit-json.ts';
import type { FoundJson, JsonWanted } from '../std/find-json-values.ts';
import { findJsonValues } from '../std/find-json-values.ts';
import { isJsonObject, parseJson, textOf } from '../std/json.ts';
import type { DecodedExchange } from './exchange.ts';

/** The files that the gateway keeps for its accounts, for messages that refer to them. */
export interface KeptFiles {
  /** Whether there is no file of any account, so that nobody need look for one. */
  readonly isEmpty: boolean;
  /** Undefined where the account has no such file, or has it no longer. */
  find(account: string, id: string): AccountFile | undefined;
  /** The whole content; undefined where it has just been deleted. */
  read(file: AccountFile): Promise<Uint8Array | undefined>;
}

const operationsWithFiles: ReadonlySet<Operation> = new Set([
  'messages.create',
  'messages.count_tokens',
]);

/** The key `"file_id"` in two: the end begins with a byte that is rare in text, and is found much faster. */
const KEY_START = '"file';
const KEY_END = Buffer.from('_id"');
/** A source that names a file is a few dozen bytes; what is longer is another kind of source. */
const SOURCE_BYTES_MAX = 1024;

/**
 * An upstream that does not know our files gets them in the message itself: every source that names
 * one is replaced by one that holds it (API reference §3.1). All other bytes of the body stay as
 * they came, and ids that are not ours are left to the upstream.
 */
export async function inlineFiles(
  exchange: DecodedExchange,
  { targets }: RoutePlan,
): Promise<DecodedExchange | Refusal> {
  const { walk, call } = exchange;
  const { files } = walk;
  if (files === undefined || files.isEmpty) return exchange;
  const areSeen = targets.every(
    ({ upstream }) => upstream.seesGatewayFiles || upstream.keepsAccountResources,
  );
  if (areSeen) return exchange;
  const { operation, body } = call.request;
  if (!operationsWithFiles.has(operation) || !namesFile(body)) return exchange;
  const named = namedFiles(exchange, files);
  if (named.length === 0) return exchange;
  const inlined = await spliceFiles(exchange, files, named);
  if (isRefusal(inlined)) return inlined;
  walk.log.info('request_edited', {
    requestId: exchange.request.id,
    edit: 'files-inlined',
    files: named.length,
    bodyBytes: inlined.length,
  });
  return {
    ...exchange,
    call: { ...call, request: { ...call.request, body: inlined } },
    edits: [...(exchange.edits ?? []), 'files-inlined'],
  };
}

/** All that a request without files pays. */
function namesFile(body: Uint8Array): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  for (let at = bytes.indexOf(KEY_END); at >= 0; at = bytes.indexOf(KEY_END, at + 1)) {
    if (bytes.toString('latin1', Math.max(0, at - KEY_START.length), at) === KEY_START) return true;
  }
  return false;
}

/** What sources hold as base64. */
const base64Types: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
]);

interface NamedFile {
  readonly found: FoundJson;
  readonly file: AccountFile;
}

function namedFiles({ call, principal }: DecodedExchange, files: KeptFiles): readonly NamedFile[] {
  const { body } = call.request;
  return (findJsonValues(body, sources) ?? []).flatMap((found) => {
    const id = fileIdOf(body, found);
    const file = id === undefined ? undefined : files.find(principal.account, id);
    return file === undefined ? [] : [{ found, file }];
  });
}

/**
 * `messages.0.content.1.source`, the same in what a tool gave back (`…content.1.content.0.source`)
 * and in a document made of blocks (`…content.1.source.content.0.source`): nowhere else does a
 * source name a file, and what looks like one in a tool's arguments is not ours to touch.
 */
const sourcePath = /^messages\.\d+\.content\.\d+(?:(?:\.source)?\.content\.\d+)?\.source$/;
const wayPath =
  /^(?:messages(?:\.\d+(?:\.content(?:\.\d+(?:\.source|(?:\.source)?\.content(?:\.\d+)?)?)?)?)?)?$/;

const sources: JsonWanted = {
  isWanted: (place) => sourcePath.test(place.join('.')),
  mayHold: (place) => wayPath.test(place.join('.')),
};

function fileIdOf(body: Uint8Array, { span }: FoundJson): string | undefined {
  if (span.end - span.start > SOURCE_BYTES_MAX) return undefined;
  const parsed = parseJson(textOf(body, span.start, span.end));
  if (parsed.kind === 'malformed' || !isJsonObject(parsed.value)) return undefined;
  const { type, file_id: id, ...rest } = parsed.value;
  const isPlain = type === 'file' && typeof id === 'string' && Object.keys(rest).length === 0;
  return isPlain ? id : undefined;
}

async function spliceFiles(
  { call, settings }: DecodedExchange,
  files: KeptFiles,
  named: readonly NamedFile[],
): Promise<Uint8Array | Refusal> {
  const { body } = call.request;
  const made = new Map<string, Uint8Array>();
  const splices: Splice[] = [];
  let { length } = body;
  for (const { found, file } of named) {
    const source = made.get(file.id) ?? (await inlineSource(file, files, settings.bodyBytesMax));
    if (source === undefined) continue;
    if (isRefusal(source)) return source;
    made.set(file.id, source);
    splices.push({ span: found.span, bytes: source });
    length += source.length - (found.span.end - found.span.start);
    if (length > settings.bodyBytesMax) return refusal('request_too_large');
  }
  return spliceBytes(body, splices);
}

/** A source that holds the file; a refusal where no source can. */
async function inlineSource(
  file: AccountFile,
  files: KeptFiles,
  bytesMax: number,
): Promise<Uint8Array | Refusal | undefined> {
  const { mimeType, id } = file;
  const isText = mimeType.startsWith('text/');
  if (!isText && !base64Types.has(mimeType)) {
    return refusal(
      'invalid_request',
      `File \`${id}\` is of type ${mimeType}, which this upstream does not take in a message.`,
    );
  }
  if (file.sizeBytes > bytesMax) return refusal('request_too_large');
  const bytes = await files.read(file);
  if (bytes === undefined) return undefined;
  const source = isText
    ? { type: 'text', media_type: 'text/plain', data: textOf(bytes) }
    : { type: 'base64', media_type: mimeType, data: base64Of(bytes) };
  return Buffer.from(JSON.stringify(source));
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
