import { createHash } from 'node:crypto';
import type { HeaderList } from '../messages/upstream.ts';
import type { JsonBounds, JsonSpan } from '../std/scan-json.ts';
import { scanJsonObject } from '../std/scan-json.ts';
import type { Tenant } from './tenant.ts';

declare const cacheKeyBrand: unique symbol;

/** The name of an answer in the cache; `cacheKeyOf` alone makes one, so each has its tenant in it. */
export type CacheKey = string & { readonly [cacheKeyBrand]: true };

/** What two requests have in common that get the same answer; Workers reference §3.5. */
export interface KeyParts {
  /** The gateway's id, and what makes it another one than it was: when it was made or changed. */
  readonly gateway: readonly string[];
  readonly upstream: string;
  readonly operation: string;
  /** Path and query below the upstream's base URL. */
  readonly path: string;
  /** The request's headers that travel on. */
  readonly headers: HeaderList;
  /** What says with whose proof the provider is asked, where the request brought or chose its own. */
  readonly credential: readonly string[];
  /** The canonical body. */
  readonly body: Uint8Array;
  /** The caller's own name for the answer: it stands for all of the body but the model. */
  readonly name: string | undefined;
}

/** How an answer is asked for, not what: two that differ in these get the same. */
const headersOfDelivery: ReadonlySet<string> = new Set(['accept', 'content-type']);

/**
 * The digest of everything that an answer depends on. Each part goes in with its length, so parts
 * cannot be moved into each other. Undefined where the body is no JSON object, which has no answer.
 */
export function cacheKeyOf(
  tenant: Tenant,
  parts: KeyParts,
  bounds: JsonBounds,
): CacheKey | undefined {
  const scan = scanJsonObject(parts.body, bounds);
  if (scan.kind !== 'object') return undefined;
  const digest = new PartsDigest();
  digest.list('tenant', [tenant]);
  digest.list('gateway', parts.gateway);
  digest.list('asked', [parts.upstream, parts.operation, parts.path]);
  digest.list('headers', meaningful(parts.headers));
  digest.list('credential', parts.credential);
  digest.list('name', parts.name === undefined ? [] : [parts.name]);
  const members = [...scan.members]
    .filter(([name]) => (parts.name === undefined ? name !== 'stream' : name === 'model'))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  digest.list(
    'body',
    members.flatMap(([name, span]) => [name, bytesAt(parts.body, span)]),
  );
  return digest.end() as CacheKey;
}

/** Names and values in an order of their own: which header came first means nothing. */
function meaningful(headers: HeaderList): readonly string[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!headersOfDelivery.has(name)) pairs.push([name, headers[at + 1] ?? '']);
  }
  return pairs.toSorted(([one], [other]) => (one < other ? -1 : 1)).flat();
}

function bytesAt(body: Uint8Array, { start, end }: JsonSpan): Uint8Array {
  return body.subarray(start, end);
}

class PartsDigest {
  readonly #hash = createHash('sha256');

  list(kind: string, items: readonly (string | Uint8Array)[]): void {
    this.#hash.update(`${kind} ${String(items.length)}\n`);
    for (const item of items) {
      const bytes = typeof item === 'string' ? Buffer.from(item) : item;
      this.#hash.update(`${String(bytes.length)}:`);
      this.#hash.update(bytes);
    }
  }

  end(): string {
    return this.#hash.digest('base64url');
  }
}
