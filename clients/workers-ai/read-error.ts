import type { AnswerFacts } from './binding-errors.ts';
import { AiGatewayInternalError, InferenceUpstreamError } from './binding-errors.ts';

/** The error of a run, and the code that the binding remembers of it. */
export interface RunError {
  readonly error: InferenceUpstreamError;
  /** Present for a coded body only; nothing else touches `lastRequestInternalStatusCode`. */
  readonly internalCode?: unknown;
}

/** Reads the body of a refused run; the first form that fits speaks (Workers reference §1.5). */
export async function readRunError(response: Response): Promise<RunError> {
  const text = await response.text();
  const facts = factsOf(response);
  const body = objectIn(text);
  const code = body?.['internalCode'];
  if (body !== undefined && Boolean(code)) {
    const said = body['description'] ?? body['message'] ?? '';
    const name = typeof body['name'] === 'string' ? body['name'] : undefined;
    const error = new InferenceUpstreamError(coded(code, said), name, { ...facts, code });
    return { error, internalCode: code };
  }
  const first = firstError(body);
  if (first === undefined) return { error: new InferenceUpstreamError(text, undefined, facts) };
  const said = { ...facts, code: first['code'] };
  const message = coded(first['code'], first['message']);
  return { error: new InferenceUpstreamError(message, undefined, said) };
}

/** An error class of the methods beside `run`. */
type CodedErrorClass = new (message: string, facts: AnswerFacts) => Error;

/**
 * Reads what `gateway(id)` was refused with. A body that is no list of errors is the message, and
 * then the class is always the internal one (Workers reference §1.6).
 */
export async function readGatewayError(
  response: Response,
  unsaid = 'Internal Error',
  ErrorClass: CodedErrorClass = AiGatewayInternalError,
): Promise<Error> {
  const text = await response.text();
  const body = objectIn(text);
  if (!Array.isArray(body?.['errors'])) return new AiGatewayInternalError(text, factsOf(response));
  const { message, code } = messageOf(body, unsaid);
  return new ErrorClass(message, { ...factsOf(response), code });
}

/** What the other methods were refused with; a body that says nothing has the binding's words. */
export async function readListedError(
  response: Response,
): Promise<{ readonly message: string; readonly facts: AnswerFacts }> {
  const { message, code } = messageOf(objectIn(await response.text()), 'Internal Error');
  return { message, facts: { ...factsOf(response), code } };
}

function factsOf(response: Response): AnswerFacts {
  return { status: response.status, headers: response.headers };
}

function messageOf(
  body: Readonly<Record<string, unknown>> | undefined,
  unsaid: string,
): { readonly message: string; readonly code: unknown } {
  const first = firstError(body);
  const said = first?.['message'];
  return {
    message: typeof said === 'string' && said !== '' ? said : unsaid,
    code: first?.['code'],
  };
}

function firstError(
  body: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, unknown>> | undefined {
  const errors: unknown = body?.['errors'];
  return Array.isArray(errors) ? asObject(errors[0]) : undefined;
}

/** The JSON object in a text; a body that is not JSON is an answer too, and its text the message. */
function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** A code before its message; a client that looks for the code finds it there (§1.5). */
function coded(code: unknown, message: unknown): string {
  return [code, message]
    .filter((part) => part !== undefined && part !== null)
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join(': ');
}
