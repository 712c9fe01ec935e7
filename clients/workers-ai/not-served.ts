import { AiInternalError } from './binding-errors.ts';

/** Says that the gateway has no such service. */
export function notServedError(service: string): AiInternalError {
  return new AiInternalError(
    `${service} is not served by this gateway: it runs models over HTTP and has no such service`,
  );
}

/** How a promise is waited for. Looking at one of them is no waiting yet, and rejects nothing. */
const waits: ReadonlySet<unknown> = new Set(['then', 'catch', 'finally']);

/**
 * Stands for a service that the gateway does not have. Any chain of properties and calls can be
 * written on it, as on the real one, and rejects where it is awaited: a Worker that has such a
 * call on one of its paths starts, and that path says what is wrong.
 */
export function createNotServed(service: string): never {
  const stand: unknown = new Proxy(() => undefined, {
    get: (target, property): unknown => {
      if (typeof property === 'symbol') return Reflect.get(target, property);
      if (!waits.has(property)) return stand;
      return (...handlers: unknown[]): unknown => {
        const refused = Promise.reject(notServedError(service));
        return Reflect.apply(refused[property as 'then'], refused, handlers);
      };
    },
    apply: () => stand,
  });
  return stand as never;
}
