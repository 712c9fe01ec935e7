import { scanJsonObject } from '../std/scan-json.ts';
import type { DecodedExchange } from './exchange.ts';

/** The same body with another name for the model in it; every other byte stays, and the edit is named. */
export function renameModel<Asked extends DecodedExchange>(exchange: Asked, name: string): Asked {
  const { call, settings } = exchange;
  const { body } = call.request;
  const scan = scanJsonObject(body, settings.jsonBounds);
  const span = scan.kind === 'object' ? scan.members.get('model') : undefined;
  if (span === undefined) return exchange;
  const edited = Buffer.concat([
    body.subarray(0, span.start),
    Buffer.from(JSON.stringify(name)),
    body.subarray(span.end),
  ]);
  const edits = exchange.edits ?? [];
  return {
    ...exchange,
    call: { ...call, request: { ...call.request, body: edited } },
    edits: edits.includes('model-renamed') ? edits : [...edits, 'model-renamed'],
  };
}
