import { createHmac, hash } from 'node:crypto';
import type { Random } from '../std/random.ts';
import { Secret } from '../std/secret.ts';

/** With this prefix browsers take it over TLS or at loopback only, for this host and every path. */
const NAME = '__Host-quatrain_session';
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';
const ID_BYTES = 32;
const idPattern = /^[A-Za-z0-9_-]{43}$/;
const COOKIES_LETTERS_MAX = 8192;

/** Draws the id of a session: 256 bits. */
export function newSessionId(random: Random): Secret {
  return new Secret(Buffer.from(random.bytes(ID_BYTES)).toString('base64url'));
}

/** What is kept of an id. A fast digest is enough: there is nothing to guess in 256 bits. */
export function sessionDigest(id: Secret): string {
  return hash('sha256', id.reveal());
}

/** What every write of a session shows beside its cookie: only who could read an answer knows it. */
export function csrfTokenOf(id: Secret): string {
  return createHmac('sha256', id.reveal()).update('quatrain csrf token').digest('base64url');
}

/** `Set-Cookie` for a session; it ends with the browser, if the gateway does not end it before. */
export function sessionCookie(id: Secret): string {
  return `${NAME}=${id.reveal()}; ${ATTRIBUTES}`;
}

/** `Set-Cookie` that makes the browser forget it. */
export const noSessionCookie: string = `${NAME}=; ${ATTRIBUTES}; Max-Age=0`;

/** The id in a `Cookie` header; undefined where there is none, or there are two. */
export function readSessionCookie(header: string | undefined): Secret | undefined {
  if (header === undefined || header.length > COOKIES_LETTERS_MAX) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .map((pair) => pair.slice(NAME.length + 1));
  const [id] = values;
  if (values.length !== 1 || id === undefined || !idPattern.test(id)) return undefined;
  return new Secret(id);
}
