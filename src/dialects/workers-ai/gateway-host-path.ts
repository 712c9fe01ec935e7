import { chatFolders } from '../chat-completions/chat-folders.ts';

/**
 * The URLs of gateways stand below `/v1/{owner}/{gateway}`, beside the API's own folders: an account
 * by the name of one would hide it. Workers reference §0.2, §3.1.
 */
export const GATEWAY_HOST_PATH = '/v1/{owner}/{gateway}';

const apiFolders: ReadonlySet<string> = new Set([
  'complete',
  'exports',
  'files',
  'invoices',
  'key',
  'keys',
  'messages',
  'models',
  'organizations',
  'pricing',
  'requests',
  'usage',
  'wallet',
  'webhooks',
  ...chatFolders,
]);

/** Whether an account may be called that in a path: it is a label, whose account it is, the key says. */
export function isOwnerLabel(segment: string): boolean {
  return !apiFolders.has(segment);
}

const hostPath = /^\/v1\/([^/?]+)\/[^?]/;

/** Whether a target is one of a gateway's URLs, as far as its form goes. */
export function isGatewayHostTarget(target: string): boolean {
  const owner = hostPath.exec(target)?.[1];
  return owner !== undefined && isOwnerLabel(owner);
}
