/** What must hold does not: a fault of ours, never of the caller's. */
export class AssertionFault extends Error {
  override readonly name = 'AssertionFault';
}

/** Stops where an invariant is broken. Stays on in production. */
export function assert(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new AssertionFault(invariant);
}

/** Fails to compile where a kind was not handled, and throws where the data lied about its kind. */
export function unreachable(kind: never): never {
  throw new AssertionFault(`no case for ${JSON.stringify(kind)}`);
}
