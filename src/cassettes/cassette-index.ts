import type { RecordedExchanges, RecordingMatch } from '../messages/match-recording.ts';
import { isEndKnown } from '../messages/recorded-exchange.ts';
import type { UpstreamRequest } from '../messages/upstream.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { parseJson, textOf } from '../std/json.ts';
import { canonicalRequest, requestKey } from './canonical-request.ts';
import { jsonDifferences } from './json-differences.ts';
import type { CassetteLine } from './parse-cassette.ts';
import type { Redactor } from './redact-exchange.ts';

/** How many recorded requests are looked at for the nearest, and in how many places. */
const CANDIDATES_MAX = 1000;
const DIFFERENCES_MAX = 20;
const NAMED_MAX = 3;

/** The exchanges of one request, and how many of them were played. */
interface Take {
  readonly lines: CassetteLine[];
  played: number;
}

/**
 * A cassette by the meaning of its requests. Several exchanges of one request are played in their
 * order, and the last one again and again. What was left before its end is not played, since nobody
 * knows how it would have gone on.
 */
export class CassetteIndex implements RecordedExchanges {
  readonly #lines: readonly CassetteLine[];
  readonly #redactor: Redactor;
  readonly #takes = new Map<string, Take>();

  /** `redactor` is the one of the recording, so that a secret finds its placeholder. */
  constructor(lines: readonly CassetteLine[], redactor: Redactor) {
    this.#lines = lines.filter(({ exchange }) => isEndKnown(exchange.response.ended));
    this.#redactor = redactor;
    for (const line of this.#lines) {
      const key = requestKey(this.#canonicalLine(line));
      const take = this.#takes.get(key);
      if (take === undefined) this.#takes.set(key, { lines: [line], played: 0 });
      else take.lines.push(line);
    }
  }

  next(request: UpstreamRequest): RecordingMatch {
    const asked = this.#canonical(request);
    const take = this.#takes.get(requestKey(asked));
    if (take === undefined) return { kind: 'missed', nearest: this.#nearest(asked) };
    const line = take.lines[Math.min(take.played, take.lines.length - 1)] as CassetteLine;
    take.played += 1;
    return { kind: 'found', exchange: line.exchange };
  }

  #canonical({ operation, method, path, body }: UpstreamRequest): JsonObject {
    const text = textOf(body);
    const parsed = text === '' ? undefined : parseJson(text);
    const value: JsonValue | undefined = parsed?.kind === 'value' ? parsed.value : undefined;
    return canonicalRequest({
      operation,
      method,
      path: this.#redactor.text(path),
      body: value === undefined ? undefined : this.#redactor.json(value),
    });
  }

  /** Redacted anew: what the rules of today take out of a request is not in a recorded one either. */
  #canonicalLine({ exchange }: CassetteLine): JsonObject {
    const { operation, request } = exchange;
    const { method, path, body } = request;
    return canonicalRequest({
      operation,
      method,
      path: this.#redactor.text(path),
      body: body === undefined ? undefined : this.#redactor.json(body),
    });
  }

  /** In words, the recorded request that differs in the fewest places. */
  #nearest(asked: JsonObject): string | undefined {
    let best: { readonly line: CassetteLine; readonly places: readonly string[] } | undefined;
    const alike = this.#lines.filter(({ exchange }) => exchange.operation === asked['operation']);
    for (const line of alike.slice(0, CANDIDATES_MAX)) {
      const most = best?.places.length ?? DIFFERENCES_MAX;
      const places = jsonDifferences(this.#canonicalLine(line), asked, most);
      if (best === undefined || places.length < best.places.length) best = { line, places };
    }
    if (best === undefined) return undefined;
    const named = best.places.slice(0, NAMED_MAX).map((place) => place.replace(/^body\./, ''));
    const more = best.places.length > NAMED_MAX ? ' and elsewhere' : '';
    return `the one in line ${String(best.line.line)}, which differs in ${named.join(', ')}${more}`;
  }
}
