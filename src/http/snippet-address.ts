import { isPlainAddress } from '../catalog/snippets/call-request.ts';

/** A server that listens on every address is asked at its own machine's. */
const anyHost = /^(?<scheme>https?:\/\/)(?:0\.0\.0\.0|\[::\])(?=:|$)/;

/**
 * Where code of pages asks, by what the gateway knows of its own address; undefined where no code
 * could have that in it.
 */
export function snippetAddress(publicUrl: string): string | undefined {
  const address = publicUrl.replace(/\/+$/, '').replace(anyHost, '$<scheme>127.0.0.1');
  return isPlainAddress(address) ? address : undefined;
}
