import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../std/secret.ts';

/** How far the signature's time may be from ours, so that an old message cannot be played again. */
const TOLERANCE_MS = 300_000;
/** Some values at once while a secret is rolled; more than these are no header of Stripe's. */
const SIGNATURES_MAX = 16;

/** What is signed, and what came with it. */
export interface SignedBody {
  readonly body: Uint8Array;
  /** `Stripe-Signature`: `t=…,v1=…[,v1=…]`. */
  readonly header: string;
  readonly atMs: number;
}

/** Whether one of the v1 signatures is an HMAC-SHA-256 of `t.body` under the secret, of these minutes. */
export function isSignedBy(secret: Secret, { body, header, atMs }: SignedBody): boolean {
  const parts = header.split(',', SIGNATURES_MAX + 1).map((part) => part.trim().split('='));
  const times = parts.flatMap(([name, value]) => (name === 't' ? [value ?? ''] : []));
  const [time = ''] = times;
  if (times.length !== 1 || !/^\d{1,12}$/.test(time)) return false;
  if (Math.abs(atMs - Number(time) * 1000) > TOLERANCE_MS) return false;
  const wanted = createHmac('sha256', secret.reveal()).update(`${time}.`).update(body).digest();
  return parts.some(([name, value = '']) => name === 'v1' && isSame(wanted, value));
}

function isSame(wanted: Uint8Array, hex: string): boolean {
  return /^[0-9a-f]{64}$/.test(hex) && timingSafeEqual(wanted, Buffer.from(hex, 'hex'));
}
