import type { Walk, WalkReply, WalkRequest } from './gateway/exchange.ts';
import { serveRequest } from './gateway/serve-request.ts';
import type { Operation } from './messages/upstream.ts';
import type { Clock } from './std/clock.ts';
import type { JsonValue } from './std/json.ts';
import { parseJson, textOf } from './std/json.ts';

/** A request that an emulator received, for the assertions of a test. */
export interface ReceivedRequest {
  /** The form that it came in: `messages`, `chat-completions` or `workers-ai`. */
  readonly form: string;
  readonly operation: Operation;
  readonly method: string;
  /** Path and query, as the Messages API spells them. */
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON; absent where it is none, or was not read. */
  readonly body: JsonValue | undefined;
  readonly receivedAt: Date;
  /** The status of the answer; absent while there is none. */
  readonly status: number | undefined;
}

type MutableRequest = { -readonly [Key in keyof ReceivedRequest]: ReceivedRequest[Key] };

const REQUESTS_MAX = 10_000;

/** Stands around the walk and writes down what was asked and how it was answered. */
export class RequestNotes {
  readonly received: ReceivedRequest[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  clear(): void {
    this.received.length = 0;
  }

  readonly serve = async (request: WalkRequest, walk: Walk): Promise<WalkReply> => {
    const noted = this.#note(request);
    const body: WalkRequest['body'] = {
      ...request.body,
      read: async (bytesMax) => {
        const bytes = await request.body.read(bytesMax);
        if (bytes instanceof Uint8Array) noted.body = jsonOf(bytes);
        return bytes;
      },
    };
    const reply = await serveRequest({ ...request, body }, walk);
    noted.status = reply.status;
    return reply;
  };

  #note(request: WalkRequest): MutableRequest {
    const headers = Object.entries(request.headers).map(
      ([name, value]) => [name, String(value)] as const,
    );
    const noted: MutableRequest = {
      form: request.dialect.name,
      operation: request.operation,
      method: request.method,
      path: request.upstreamPath,
      headers: Object.fromEntries(headers),
      body: undefined,
      receivedAt: new Date(this.#clock.wallMs()),
      status: undefined,
    };
    this.received.push(noted);
    if (this.received.length > REQUESTS_MAX) this.received.shift();
    return noted;
  }
}

function jsonOf(bytes: Uint8Array): JsonValue | undefined {
  const parsed = parseJson(textOf(bytes));
  return parsed.kind === 'value' ? parsed.value : undefined;
}
