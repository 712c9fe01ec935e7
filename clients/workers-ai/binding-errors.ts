/** What an answer said besides its text; the binding loses it, these errors keep it. */
export interface AnswerFacts {
  readonly status: number;
  readonly headers: Headers;
  /** The code in the body: a number from every gateway known, and whatever else a body holds. */
  readonly code?: unknown;
}

/**
 * Adds facts where nobody who prints, compares or serialises an error meets them: code written for
 * the binding sees `name` and `message` alone.
 */
function keepFacts(error: Error, facts: AnswerFacts | undefined): void {
  if (facts === undefined) return;
  for (const key of ['status', 'headers', 'code'] as const)
    Object.defineProperty(error, key, { value: facts[key], enumerable: false });
}

/**
 * What a run throws when the gateway or the model's provider refused. `name` is the one that the
 * answer gives (`AiError`, `AiGatewayError`, …), so ask for it and not for the class (Workers
 * reference §1.5).
 */
export class InferenceUpstreamError extends Error {
  declare readonly status: number | undefined;
  declare readonly headers: Headers | undefined;
  declare readonly code: unknown;

  constructor(message: string, name = 'InferenceUpstreamError', facts?: AnswerFacts) {
    super(message);
    this.name = name;
    keepFacts(this, facts);
  }
}

/** What cannot be sent, or cannot be read from an answer of another method than `run`. */
export class AiInternalError extends Error {
  declare readonly status: number | undefined;
  declare readonly headers: Headers | undefined;
  declare readonly code: unknown;

  constructor(
    message: string,
    details: { readonly facts?: AnswerFacts; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.name = 'AiInternalError';
    keepFacts(this, details.facts);
  }
}

/** What the methods of `gateway(id)` throw for anything but a missing log. */
export class AiGatewayInternalError extends Error {
  declare readonly status: number | undefined;
  declare readonly headers: Headers | undefined;
  declare readonly code: unknown;

  constructor(message: string, facts?: AnswerFacts) {
    super(message);
    this.name = 'AiGatewayInternalError';
    keepFacts(this, facts);
  }
}

/** What `getLog` and `patchLog` throw when the gateway has no such log. */
export class AiGatewayLogNotFound extends Error {
  declare readonly status: number | undefined;
  declare readonly headers: Headers | undefined;
  declare readonly code: unknown;

  constructor(message: string, facts?: AnswerFacts) {
    super(message);
    this.name = 'AiGatewayLogNotFound';
    keepFacts(this, facts);
  }
}
