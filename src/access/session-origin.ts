import { isLoopback } from '../std/loopback.ts';

/** What a browser says of where a request comes from and goes to. */
export interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | undefined;
}

/** Whether something is read or written: a write has to prove more. */
export type RequestIntent = 'read' | 'write';

/** Without its port and the brackets of an address. */
function nameOf(host: string): string {
  return host.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1');
}

/**
 * Whether a listener on loopback is called by a name of this machine. A page of elsewhere that has
 * its own name point here could else speak for whoever sits before the browser.
 */
export function isOwnName({ host }: OriginHeaders, listensOn: string): boolean {
  if (!isLoopback(listensOn)) return true;
  const name = host === undefined ? undefined : nameOf(host).toLowerCase();
  return name !== undefined && (isLoopback(name) || name === listensOn.toLowerCase());
}

/**
 * Whether a request with a session comes from our own page. The scheme may be that of a proxy in
 * front; the name and the port are what the browser was told to call.
 */
export function isOwnPage(headers: OriginHeaders, intent: RequestIntent): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  if (intent === 'read') return site === undefined || site === 'same-origin' || site === 'none';
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined) return site === 'same-origin';
  return isOriginOf(origin, host);
}

/** The same of whoever has no session yet: a program, which says nothing of pages, may sign in too. */
export function isOwnPageOrNone(headers: OriginHeaders): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  return (origin === undefined && site === undefined) || isOwnPage(headers, 'write');
}

function isOriginOf(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  const wanted = host.toLowerCase();
  return origin === `http://${wanted}` || origin === `https://${wanted}`;
}
