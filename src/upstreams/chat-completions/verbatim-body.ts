import { parseJson, textOf } from '../../std/json.ts';
import type { JsonBounds, JsonSpan } from '../../std/scan-json.ts';
import { scanJsonObject } from '../../std/scan-json.ts';
import type { ModelNames } from './name-model.ts';
import { nameModel } from './name-model.ts';

/** Whoever took the body in had bounds of their own; these are beyond any of them. */
const bounds: JsonBounds = { depthMax: 10_000, keysMax: 10_000_000 };

export interface VerbatimBody {
  readonly body: Uint8Array;
  /** Whether the model's name in it is another than its caller wrote. */
  readonly isRenamed: boolean;
}

/**
 * A caller's body as the engine gets it: the same bytes, but for the model's name where the engine
 * has another. Undefined where that name cannot be found in it.
 */
export function verbatimBody(
  native: Uint8Array,
  canonical: Uint8Array,
  names: ModelNames,
): VerbatimBody | undefined {
  const found = modelIn(native);
  if (found === undefined) return undefined;
  const known = modelIn(canonical)?.name ?? found.name;
  const name = nameModel([known, found.name], names);
  if (name === found.name) return { body: native, isRenamed: false };
  const { start, end } = found.span;
  const edited = Buffer.from(JSON.stringify(name));
  return {
    body: Buffer.concat([native.subarray(0, start), edited, native.subarray(end)]),
    isRenamed: true,
  };
}

function modelIn(body: Uint8Array): { readonly name: string; readonly span: JsonSpan } | undefined {
  const scan = scanJsonObject(body, bounds);
  const span = scan.kind === 'object' ? scan.members.get('model') : undefined;
  if (span === undefined) return undefined;
  const parsed = parseJson(textOf(body, span.start, span.end));
  return parsed.kind === 'value' && typeof parsed.value === 'string'
    ? { name: parsed.value, span }
    : undefined;
}
