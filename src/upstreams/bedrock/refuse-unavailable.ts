import type { Refusal } from '../../messages/errors.ts';
import { refusal } from '../../messages/errors.ts';
import type { JsonPlace, JsonWanted } from '../../std/find-json-values.ts';
import { findJsonValues } from '../../std/find-json-values.ts';
import { isJsonObject, parseJson, textOf } from '../../std/json.ts';
import type { Unserved } from '../refuse-unserved.ts';
import { refuseUnserved } from '../refuse-unserved.ts';
import type { ScannedBody } from '../scanned-body.ts';

/** What Bedrock does not serve of the Messages form; API reference §12. */
const unserved: Unserved = {
  members: ['mcp_servers', 'cache_control', 'inference_geo', 'container'],
  toolTypes: ['web_search_', 'web_fetch_', 'code_execution_', 'advisor_', 'mcp_toolset'],
  servedToolTypes: [],
};

/** Refuses what Bedrock does not have, with its place, before anything is sent. */
export function refuseUnavailable(body: ScannedBody, upstream: string): Refusal | undefined {
  const said = refuseUnserved(body, unserved, upstream);
  if (said !== undefined) return said;
  const place = urlSource(body.bytes);
  if (place === undefined) return undefined;
  const text = `${place}: the upstream "${upstream}" does not fetch URLs; send the content as base64`;
  return refusal('invalid_request', text, { param: place });
}

const URL_TYPE = Buffer.from('"url"');
/** `messages.0.content.1.content.2.source.content.3.source`: sources stand no deeper. */
const DEPTH_MAX = 10;

const sources: JsonWanted = {
  isWanted: (place) => place.at(-1) === 'source' && isOfMessages(place),
  mayHold: (place) => place.length === 0 || isOfMessages(place),
};

/** What a tool is called with is the caller's own, whatever it looks like. */
function isOfMessages(place: JsonPlace): boolean {
  return place[0] === 'messages' && place[4] !== 'input' && place.length <= DEPTH_MAX;
}

/** Where a picture or document is named by its URL: Bedrock fetches none. */
function urlSource(bytes: Uint8Array): string | undefined {
  // All that a request without such pays.
  if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(URL_TYPE) < 0) {
    return undefined;
  }
  const found = (findJsonValues(bytes, sources) ?? []).find(({ span }) => {
    const parsed = parseJson(textOf(bytes, span.start, span.end));
    return parsed.kind === 'value' && isJsonObject(parsed.value) && parsed.value['type'] === 'url';
  });
  return found === undefined ? undefined : `${found.place.join('.')}.type`;
}
