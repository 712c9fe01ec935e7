import type { Refusal } from '../messages/errors.ts';
import { refusal } from '../messages/errors.ts';
import type { JsonValue } from '../std/json.ts';
import { isJsonObject, textOf } from '../std/json.ts';
import type { ScannedBody } from './scanned-body.ts';
import { memberOf } from './scanned-body.ts';

/** What a host does not serve of the Messages form. */
export interface Unserved {
  /** Members of the body. */
  readonly members: readonly string[];
  /** What the types of tools begin with that it does not have. */
  readonly toolTypes: readonly string[];
  /** Types that it has although they begin so. */
  readonly servedToolTypes: readonly string[];
}

/** Refuses what the host would not understand, with its place, before anything is sent. */
export function refuseUnserved(
  body: ScannedBody,
  unserved: Unserved,
  upstream: string,
): Refusal | undefined {
  const member = unserved.members.find((name) => (memberOf(body, name) ?? null) !== null);
  if (member !== undefined) return notServed(member, upstream);
  const place = unservedTool(body, unserved);
  return place === undefined ? undefined : notServed(place, upstream);
}

function unservedTool(body: ScannedBody, unserved: Unserved): string | undefined {
  const span = body.members.get('tools');
  if (span === undefined) return undefined;
  // Tools are long, and most of them are the caller's own: they are parsed only where one may be meant.
  const text = textOf(body.bytes, span.start, span.end);
  if (!unserved.toolTypes.some((type) => text.includes(`"${type}`))) return undefined;
  const tools = memberOf(body, 'tools');
  if (!Array.isArray(tools)) return undefined;
  const index = (tools as readonly JsonValue[]).findIndex((tool) => isUnserved(tool, unserved));
  return index < 0 ? undefined : `tools.${String(index)}.type`;
}

function isUnserved(tool: JsonValue, { toolTypes, servedToolTypes }: Unserved): boolean {
  const type = isJsonObject(tool) ? tool['type'] : undefined;
  if (typeof type !== 'string' || servedToolTypes.includes(type)) return false;
  return toolTypes.some((beginning) => type.startsWith(beginning));
}

function notServed(place: string, upstream: string): Refusal {
  const text = `${place}: the upstream "${upstream}" does not serve this`;
  return refusal('invalid_request', text, { param: place });
}
