/**
 * Where an operator stands with the console: answers of the session API. A read that a page makes by
 * itself, without anybody's doing, says `x-quatrain-poll: 1`: it does not keep the session from ending.
 */
export interface SessionAnswer {
  /** `setup`: nobody can sign in yet, and the one-time token makes the first operator. */
  readonly state: 'setup' | 'signed-out' | 'signed-in';
  /** Who is signed in. */
  readonly operator: string | null;
  /** Goes into `x-csrf-token` on every write; never stored by the browser. */
  readonly csrf_token: string | null;
  /** When the session ends if nothing is asked before: idle time or its absolute end, ISO 8601. */
  readonly expires_at: string | null;
  /** Of the program. */
  readonly version: string;
  /** Where applications send their requests: the address of the public listener. */
  readonly public_url: string;
}

/** `POST /admin/v1/setup`: makes the first operator and signs in. */
export interface SetupOrder {
  /** From the welcome of `serve`, or the file `setup-token` in the data folder. */
  readonly token: string;
  readonly name: string;
  readonly password: string;
}

/** `POST /admin/v1/session`. */
export interface SignInOrder {
  readonly name: string;
  readonly password: string;
}

/** `POST /admin/v1/session/confirm`: the password again, for writes that want a fresh sign-in. */
export interface ConfirmOrder {
  readonly password: string;
}

/** Someone who can sign in to the console. */
export interface OperatorAnswer {
  readonly name: string;
  readonly created_at: string;
  /** Who made them: another operator, an admin key, or the one-time token. */
  readonly created_by: string;
  readonly password_changed_at: string;
  readonly last_sign_in_at: string | null;
}

/** `GET /admin/v1/operators`: all of them, by name. */
export interface OperatorsAnswer {
  readonly data: readonly OperatorAnswer[];
}

/** `POST /admin/v1/operators`. */
export interface NewOperatorOrder {
  readonly name: string;
  readonly password: string;
}

/** `PUT /admin/v1/operators/{name}/password`. */
export interface PasswordOrder {
  readonly password: string;
  /** Wanted where an operator changes their own. */
  readonly current_password?: string;
}

/**
 * What a refusal of these routes, and of any other that a session asks, says in `error.code`: `not_signed_in` and `session_ended`
 * (401, show the sign-in), `csrf` (403), `confirm_needed` (403, ask for the password and say it to
 * `session/confirm`, then ask again), `wrong_password` (401), `setup_needed` (403), `setup_done` (409),
 * `setup_token` (403), `weak_password` (400), `operator_exists` (409), `last_operator` (409),
 * `operator_not_found` (404), `too_many_sign_ins` (429 with `retry-after`).
 */
export type SessionReason =
  | 'not_signed_in'
  | 'session_ended'
  | 'csrf'
  | 'confirm_needed'
  | 'wrong_password'
  | 'setup_needed'
  | 'setup_done'
  | 'setup_token'
  | 'weak_password'
  | 'operator_exists'
  | 'operator_not_found'
  | 'last_operator'
  | 'too_many_sign_ins';
