import type { ErrorForm } from './workers-ai-places.ts';

/** What the parser of each client looks for in an error; Workers reference §1.5, §2.3, §3.15. */

interface ReadError {
  readonly success?: unknown;
  readonly internalCode?: unknown;
  readonly httpCode?: unknown;
  readonly description?: unknown;
  readonly errors?: readonly CodedError[];
  readonly error?: readonly CodedError[] | { readonly message?: unknown };
}

interface CodedError {
  readonly code?: unknown;
  readonly message?: unknown;
}

function isCoded(list: unknown): boolean {
  const [first] = (Array.isArray(list) ? list : []) as readonly CodedError[];
  return (
    typeof first?.code === 'number' && typeof first.message === 'string' && first.message !== ''
  );
}

const isInForm: Readonly<Record<ErrorForm, (error: ReadError) => boolean>> = {
  binding: ({ internalCode, httpCode, description, errors }) =>
    typeof internalCode === 'number' &&
    typeof httpCode === 'number' &&
    typeof description === 'string' &&
    isCoded(errors),
  account: ({ success, errors }) => success === false && isCoded(errors),
  // What a provider says is in its own form, which has a message in each case.
  host: ({ success, error, errors }) =>
    isCoded(errors) ||
    (success === false && isCoded(error)) ||
    (typeof error === 'object' && 'message' in error && typeof error.message === 'string'),
};

/** What is wrong with an error where it is read; undefined where nothing is. */
export function problemOfError(form: ErrorForm, text: string): string | undefined {
  try {
    const read = JSON.parse(text) as ReadError;
    return isInForm[form](read) ? undefined : `not in the form ${form}: ${text.slice(0, 300)}`;
  } catch {
    // That it is no JSON is what the text says, which is part of the message.
    return `no JSON: ${text.slice(0, 200)}`;
  }
}
