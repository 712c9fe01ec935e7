/** A no of the gateway, or that it could not be asked. */
export class ApiError extends Error {
  /** Of HTTP; 0 where nothing was answered. */
  readonly status: number;
  /** What a program decides by. */
  readonly code: string;
  /** The member of the request that it is about. */
  readonly param: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, parts: Omit<ApiError, keyof Error>) {
    super(message);
    this.name = 'ApiError';
    this.status = parts.status;
    this.code = parts.code;
    this.param = parts.param;
    this.requestId = parts.requestId;
    this.retryAfterSeconds = parts.retryAfterSeconds;
  }
}

/** Whether something thrown is a no with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}
