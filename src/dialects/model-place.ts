import { setMembers } from '../std/edit-json.ts';
import type { JsonValue } from '../std/json.ts';
import { parseJson, textOf } from '../std/json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import type { IncomingCall } from './dialect.ts';

/** Where requests of a form name their model, for whoever gives them another. */
export interface ModelPlace {
  /** What stands there; undefined where nothing does. */
  read(call: IncomingCall): JsonValue | undefined;
  /** The same request with this name in its place. */
  write(call: IncomingCall, name: string): IncomingCall;
}

/** The member `model` of the body. What is no JSON object is for the form itself to refuse. */
export const modelInBody: ModelPlace = {
  read({ body, jsonBounds }) {
    const scan = scanJsonObject(body, jsonBounds);
    if (scan.kind !== 'object') return null;
    const span = scan.members.get('model');
    if (span === undefined) return undefined;
    const parsed = parseJson(textOf(body, span.start, span.end));
    return parsed.kind === 'value' ? parsed.value : null;
  },
  write(call, name) {
    const { body, jsonBounds } = call;
    const scan = scanJsonObject(body, jsonBounds);
    if (scan.kind !== 'object') return call;
    return { ...call, body: setMembers(body, scan.members, new Map([['model', name]])) };
  },
};
