import type { RecordedExchange, RecordedResponse } from '../messages/recorded-exchange.ts';
import { isRecordedRefusal } from '../messages/recorded-exchange.ts';
import { isJsonObject } from '../std/json.ts';
import { wireFormOf } from './wire-form.ts';

/** Something of an answer's form that is not as it was recorded. */
export interface Difference {
  readonly facet: string;
  readonly kind: 'added' | 'missing' | 'changed';
  readonly recorded?: string;
  readonly today?: string;
}

/** What became of one exchange when it was asked again. */
export type ExchangeDrift =
  | {
      readonly kind: 'compared';
      readonly line: number;
      readonly request: string;
      readonly differences: readonly Difference[];
    }
  | {
      readonly kind: 'skipped';
      readonly line: number;
      readonly request: string;
      readonly reason: string;
    };

/** A difference and the lines that have it. */
export interface SummedDifference extends Difference {
  readonly lines: readonly number[];
}

export interface DriftReport {
  readonly compared: number;
  readonly skipped: number;
  readonly drifted: number;
  readonly summed: readonly SummedDifference[];
  readonly exchanges: readonly ExchangeDrift[];
}

/** Compares an answer of today with the recorded one by form, not by words. */
export function compareAnswers(
  recorded: RecordedResponse,
  today: RecordedResponse,
): readonly Difference[] {
  const before = wireFormOf(recorded);
  const after = wireFormOf(today);
  const differences: Difference[] = [];
  // Who refuses in this process sends no headers; the gateway's form of it has its own.
  const hasHeaders = !isRecordedRefusal(recorded) && !isRecordedRefusal(today);
  for (const facet of new Set([...before.keys(), ...after.keys()])) {
    if (!hasHeaders && facet.startsWith('header ')) continue;
    const [was, is] = [before.get(facet), after.get(facet)];
    if (was === is) continue;
    if (was === undefined && is !== undefined)
      differences.push({ facet, kind: 'added', today: is });
    else if (was !== undefined && is === undefined)
      differences.push({ facet, kind: 'missing', recorded: was });
    else if (was !== undefined && is !== undefined)
      differences.push({ facet, kind: 'changed', recorded: was, today: is });
  }
  return differences;
}

/** What an exchange is called in a report. */
export function requestLabel({ operation, model, request }: RecordedExchange): string {
  const isStream = isJsonObject(request.body) && request.body['stream'] === true;
  return [operation, model, isStream ? 'streamed' : ''].filter(Boolean).join(' ');
}

/** Sums up what became of the exchanges of a cassette. */
export function reportDrift(exchanges: readonly ExchangeDrift[]): DriftReport {
  const compared = exchanges.filter((exchange) => exchange.kind === 'compared');
  const summed = new Map<string, SummedDifference>();
  for (const { line, differences } of compared) {
    for (const difference of differences) {
      const key = JSON.stringify(difference);
      const known = summed.get(key);
      summed.set(key, { ...difference, lines: [...(known?.lines ?? []), line] });
    }
  }
  return {
    compared: compared.length,
    skipped: exchanges.length - compared.length,
    drifted: compared.filter(({ differences }) => differences.length > 0).length,
    summed: [...summed.values()].toSorted((one, other) => other.lines.length - one.lines.length),
    exchanges,
  };
}

/** The report for a person: what drifted, where, and the sum of it. */
export function driftText(report: DriftReport): string {
  const lines: string[] = [];
  for (const exchange of report.exchanges) {
    const place = `line ${String(exchange.line)}: ${exchange.request}`;
    if (exchange.kind === 'skipped') {
      lines.push(`${place}: skipped, ${exchange.reason}`);
    } else if (exchange.differences.length > 0) {
      lines.push(place, ...exchange.differences.map((difference) => `  ${said(difference)}`));
    }
  }
  if (report.summed.length > 0) {
    lines.push('', 'In sum:');
    for (const difference of report.summed) {
      lines.push(`  ${said(difference)}  (${String(difference.lines.length)} exchanges)`);
    }
    lines.push('');
  }
  const counts = `${String(report.compared)} compared, ${String(report.skipped)} skipped`;
  lines.push(`${String(report.drifted)} of the exchanges drifted (${counts}).`);
  return lines.join('\n');
}

function said({ facet, kind, recorded, today }: Difference): string {
  switch (kind) {
    case 'added':
      return `added    ${facet}: ${today ?? ''}`;
    case 'missing':
      return `missing  ${facet}: ${recorded ?? ''}`;
    case 'changed':
      return `changed  ${facet}: ${recorded ?? ''} → ${today ?? ''}`;
  }
}
