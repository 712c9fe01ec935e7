/** A request target cut into its path and its query. */
export interface RequestTarget {
  readonly path: string;
  /** Without its question mark; empty where there is none. */
  readonly query: string;
}

export function splitTarget(target: string): RequestTarget {
  const at = target.indexOf('?');
  if (at < 0) return { path: target, query: '' };
  return { path: target.slice(0, at), query: target.slice(at + 1) };
}

const plainQuery = /^[A-Za-z0-9_.~=&%[\]+,:;@!$'()*/?-]{0,4096}$/;

/** Whether a query holds only what queries of the APIs hold, and not too much of it. */
export function isPlainQuery(query: string): boolean {
  return plainQuery.test(query);
}
