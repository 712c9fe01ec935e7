declare const tenantBrand: unique symbol;

/**
 * Whose answers a cache may give. A plain text is no tenant: one is made here alone, from who
 * proved a key, so that no header, body or path of a request can name another's.
 */
export type Tenant = string & { readonly [tenantBrand]: true };

/** The part of a principal that says whose cache it has: as access makes it, whole. */
export interface CachePrincipal {
  readonly keyId: string;
  readonly keyKind: string;
  readonly account: string;
}

/** The tenant of who calls: all keys of an account have one cache. */
export function tenantOf(principal: CachePrincipal): Tenant {
  return principal.account as Tenant;
}
