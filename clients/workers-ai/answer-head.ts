/** The head of the answer that a result came with. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
  /** `cf-aig-log-id`: the row of the gateway's log. */
  readonly logId: string | null;
  /** `cf-ai-req-id`. */
  readonly requestId: string | null;
}

const heads = new WeakMap<object, AnswerHead>();

/**
 * Says which answer a result of `run` came with: an object, a stream or a `Response`. The fields of
 * the client show the latest answer only, and calls at once overwrite them; this does not.
 */
export function headOf(result: object): AnswerHead | undefined {
  return heads.get(result);
}

/** Remembers the head for as long as the result itself is kept. */
export function keepHead<Result>(result: Result, response: Response): Result {
  if (typeof result === 'object' && result !== null) heads.set(result, readHead(response));
  return result;
}

/** Reads what the binding takes from an answer's head (Workers reference §1.4). */
export function readHead({ status, headers }: Response): AnswerHead {
  return {
    status,
    headers,
    logId: headers.get('cf-aig-log-id'),
    requestId: headers.get('cf-ai-req-id'),
  };
}
