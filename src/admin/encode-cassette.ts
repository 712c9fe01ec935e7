import type { Difference, DriftReport } from '../cassettes/drift-report.ts';
import type { CassetteLine } from '../cassettes/parse-cassette.ts';
import { isRecordedRefusal } from '../messages/recorded-exchange.ts';
import { isJsonObject } from '../std/json.ts';
import type {
  CassetteAnswer,
  CassetteExchange,
  CassetteReport,
  DifferenceAnswer,
} from './contract-exchanges.ts';

/** What a cassette says of what it holds. */
export type CassetteContents = Omit<CassetteAnswer, 'name' | 'bytes' | 'changed_at'>;

/** The sum of what its lines say. */
export function cassetteContents(lines: readonly CassetteLine[]): CassetteContents {
  const models = lines.flatMap(({ exchange: { model } }) => (model === undefined ? [] : [model]));
  return {
    exchanges: lines.length,
    first_recorded_at: lines[0]?.exchange.recorded_at ?? null,
    last_recorded_at: lines.at(-1)?.exchange.recorded_at ?? null,
    models: [...new Set(models)].toSorted(),
    problem: null,
  };
}

/** One exchange of a cassette, without what was said. */
export function encodeCassetteLine({ line, exchange }: CassetteLine): CassetteExchange {
  const { response, request, recorded_at, upstream, operation, model } = exchange;
  const isRefused = isRecordedRefusal(response);
  return {
    line,
    recorded_at,
    upstream,
    operation,
    model: model ?? null,
    is_stream: isJsonObject(request.body) && request.body['stream'] === true,
    http_status: isRefused ? null : response.status,
    error: isRefused ? response.refused.code : null,
    ended: response.ended.how,
    total_ms: response.ended.at_ms,
  };
}

/** What came of asking again, as the API says it. */
export function encodeCassetteReport(
  report: DriftReport,
  about: { readonly cassette: string; readonly upstream: string; readonly exchanges: number },
): CassetteReport {
  const asked = report.compared + report.skipped;
  return {
    cassette: about.cassette,
    upstream: about.upstream,
    compared: report.compared,
    skipped: report.skipped,
    drifted: report.drifted,
    left_out: about.exchanges - asked,
    summed: report.summed.map(({ lines, ...difference }) => ({
      ...said(difference),
      lines: [...lines],
    })),
    exchanges: report.exchanges.map((exchange) => {
      const { line, request } = exchange;
      if (exchange.kind === 'skipped') {
        const { reason } = exchange;
        return { line, request, outcome: 'skipped', reason, differences: [] };
      }
      const { differences } = exchange;
      const outcome = differences.length === 0 ? 'same' : 'different';
      return { line, request, outcome, reason: null, differences: differences.map(said) };
    }),
  };
}

function said({ facet, kind, recorded, today }: Difference): DifferenceAnswer {
  return { facet, kind, recorded: recorded ?? null, today: today ?? null };
}
