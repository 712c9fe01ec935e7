import type { JsonObject } from '../std/json.ts';
import { isJsonObject, parseJson } from '../std/json.ts';
import type { LoggedAttempt } from '../telemetry/request-reads.ts';

/** The attempts that a row of the request log tells of. */
export function readAttempts(text: string | undefined): readonly LoggedAttempt[] | undefined {
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (parsed.kind !== 'value' || !Array.isArray(parsed.value)) return undefined;
  return parsed.value.flatMap((value) => (isJsonObject(value) ? [readAttempt(value)] : []));
}

function readAttempt(value: JsonObject): LoggedAttempt {
  const text = (name: string): string | undefined => {
    const member = value[name];
    return typeof member === 'string' ? member : undefined;
  };
  const number = (name: string): number | undefined => {
    const member = value[name];
    return typeof member === 'number' ? member : undefined;
  };
  return {
    upstream: text('upstream') ?? '',
    credential: number('credential'),
    model: text('model'),
    startedMs: number('started_ms') ?? 0,
    headMs: number('head_ms'),
    endedMs: number('ended_ms'),
    status: number('status'),
    errorCode: text('error'),
  };
}
