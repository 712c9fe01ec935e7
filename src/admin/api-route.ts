import type { z } from 'zod';
import type { Principal } from '../access/authenticate.ts';
import type { KeyKind } from '../access/key-store.ts';
import type { OperatorSession } from '../access/session-book.ts';
import type { Scope } from '../access/scopes.ts';
import type { HeaderMap } from '../dialects/dialect.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal } from '../messages/errors.ts';
import type { HeaderList } from '../messages/upstream.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import type { AdminParts } from './admin-parts.ts';
import type { BackgroundInputs, BackgroundName } from './background-answers.ts';
import type { Actor, Done } from './audit-note.ts';

/** Who may ask, and whose things are seen: each route says it, and the auth matrix is made of it. */
export type RouteAccess =
  /** On the admin listener, with an admin key or as an operator who is signed in: every account. */
  | { readonly kind: 'admin' }
  /** On the admin listener, as an operator who is signed in: it is about the session itself. */
  | { readonly kind: 'session' }
  /** On the admin listener, by whoever wants to sign in: from the console's own page or a program. */
  | { readonly kind: 'sign-in' }
  /** On the public listener, with a key of these kinds that has the scope: its own account alone. */
  | {
      readonly kind: 'account';
      readonly keyKinds: readonly Exclude<KeyKind, 'admin'>[];
      /** Undefined where every key may: what it asks is about itself. */
      readonly scope: Scope | undefined;
    }
  /** Without a key: what is published. */
  | { readonly kind: 'anyone' }
  /** Without a key: what is said is signed by a payment processor. */
  | { readonly kind: 'signed' };

/** A request to a route, with what its schemas made of it. */
export interface ApiCall<Params = unknown, Query = unknown, Body = unknown> {
  readonly parts: AdminParts;
  readonly actor: Actor;
  /** Of routes that ask for a key. */
  readonly principal: Principal | undefined;
  /** Of an operator who is signed in and shows no key. */
  readonly session: OperatorSession | undefined;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** As it came, for signatures. */
  readonly bodyBytes: Uint8Array;
  readonly headers: HeaderMap;
  readonly requestId: string;
  readonly atMs: number;
  /** `Idempotency-Key`, where the caller sent one. */
  readonly idempotencyKey: string | undefined;
}

/** An answer that is no JSON object: files of an export. */
export interface ContentAnswer {
  readonly kind: 'content';
  readonly headers: HeaderList;
  readonly body: ByteSource | Uint8Array;
}

/** What comes of a call: an answer, one that is in JSON already, a write, content or a no. */
export type ApiOutcome =
  | { readonly kind: 'answer'; readonly answer: object }
  | { readonly kind: 'encoded'; readonly body: Uint8Array }
  | Done<object>
  | ContentAnswer
  | Refusal;

/** One route of the admin API or of what accounts ask about themselves. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** `{name}` stands for one segment. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly access: RouteAccess;
  readonly params?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
  readonly body?: z.ZodType | undefined;
  /** What is answered; absent where it is content, whose types are in `contentTypes`. */
  readonly answer?: z.ZodType | undefined;
  readonly contentTypes?: readonly string[] | undefined;
  /** 200 where absent. */
  readonly status?: 200 | 201 | undefined;
  /** Whether it moves money: such a request has to say by a key of its own that it is the same one. */
  readonly isMoneyWrite?: boolean | undefined;
  /** Whether an operator has to have said their password a moment ago. */
  readonly needsFreshSignIn?: ((call: ApiCall) => boolean) | undefined;
  readonly handle: (call: ApiCall) => Promise<ApiOutcome>;
}

type Head = Pick<
  ApiRoute,
  | 'method'
  | 'path'
  | 'operationId'
  | 'summary'
  | 'access'
  | 'status'
  | 'isMoneyWrite'
  | 'needsFreshSignIn'
>;

/** The schemas of a route; where one is absent, nothing is taken in its place. */
interface Shapes<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
}

type CallOf<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = ApiCall<
  z.output<Params>,
  z.output<Query>,
  z.output<Body>
>;

type Maybe<Value> = Value | Refusal | Promise<Value | Refusal>;

/** A route that changes nothing. */
export function readRoute<
  Answer extends z.ZodType<object>,
  Params extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodType = z.ZodUnknown,
>(
  spec: Head &
    Shapes<Params, Query, z.ZodUnknown, Answer> & {
      readonly read: (call: CallOf<Params, Query, z.ZodUnknown>) => Maybe<z.output<Answer>>;
    },
): ApiRoute {
  const { read, ...head } = spec;
  return {
    ...head,
    async handle(call) {
      const answer = await read(call as CallOf<Params, Query, z.ZodUnknown>);
      return isRefusal(answer) ? answer : { kind: 'answer', answer };
    },
  };
}

/** A route that changes nothing, and whose answer about many rows is made where they are read. */
export function backgroundRoute<
  Name extends BackgroundName,
  Answer extends z.ZodType<object>,
  Query extends z.ZodType,
>(
  spec: Head &
    Shapes<z.ZodUnknown, Query, z.ZodUnknown, Answer> & {
      readonly name: Name;
      readonly input: (
        call: CallOf<z.ZodUnknown, Query, z.ZodUnknown>,
      ) => BackgroundInputs[Name] | Refusal;
    },
): ApiRoute {
  const { name, input, ...head } = spec;
  return {
    ...head,
    async handle(call) {
      const asked = input(call as CallOf<z.ZodUnknown, Query, z.ZodUnknown>);
      if (isRefusal(asked)) return asked;
      const body = await call.parts.background.encoded(name, asked);
      return body instanceof Uint8Array ? { kind: 'encoded', body } : body;
    },
  };
}

/** A route that changes nothing either, and is asked with a body: a text to be checked, for one. */
export function questionRoute<
  Answer extends z.ZodType<object>,
  Params extends z.ZodType = z.ZodUnknown,
  Body extends z.ZodType = z.ZodUnknown,
>(
  spec: Head &
    Shapes<Params, z.ZodUnknown, Body, Answer> & {
      readonly ask: (call: CallOf<Params, z.ZodUnknown, Body>) => Maybe<z.output<Answer>>;
    },
): ApiRoute {
  const { ask, ...head } = spec;
  return {
    ...head,
    async handle(call) {
      const answer = await ask(call as CallOf<Params, z.ZodUnknown, Body>);
      return isRefusal(answer) ? answer : { kind: 'answer', answer };
    },
  };
}

/** A route that changes something: what it did goes into the audit log before the caller hears of it. */
export function writeRoute<
  Answer extends z.ZodType<object>,
  Params extends z.ZodType = z.ZodUnknown,
  Body extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodType = z.ZodUnknown,
>(
  spec: Head &
    Shapes<Params, Query, Body, Answer> & {
      readonly write: (call: CallOf<Params, Query, Body>) => Maybe<Done<z.output<Answer>>>;
    },
): ApiRoute {
  const { write, ...head } = spec;
  return {
    ...head,
    handle: async (call) => write(call as CallOf<Params, Query, Body>),
  };
}

/** A route whose answer is a file. */
export function contentRoute<
  Params extends z.ZodType = z.ZodUnknown,
  Query extends z.ZodType = z.ZodUnknown,
>(
  spec: Head &
    Omit<Shapes<Params, Query, z.ZodUnknown, z.ZodUnknown>, 'answer'> & {
      readonly contentTypes: readonly string[];
      readonly open: (call: CallOf<Params, Query, z.ZodUnknown>) => Maybe<ContentAnswer>;
    },
): ApiRoute {
  const { open, ...head } = spec;
  return {
    ...head,
    handle: async (call) => open(call as CallOf<Params, Query, z.ZodUnknown>),
  };
}
