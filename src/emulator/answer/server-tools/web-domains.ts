import type { Tool } from '../../../messages/request.ts';
import { textOptions } from './server-tool.ts';

/** Kept for examples (RFC 2606): nobody is sent to a stranger's pages. */
const exampleHosts = ['example.com', 'example.org', 'example.net'] as const;

/** Hosts whose pages an emulated search may name: the tool's own, else those kept for examples. */
export function searchHosts(tool: Tool | undefined): readonly string[] {
  const allowed = textOptions(tool, 'allowed_domains');
  const hosts = allowed.length > 0 ? allowed.map((domain) => hostOf(domain)) : exampleHosts;
  const blocked = rootsIn(tool, 'blocked_domains');
  return hosts.filter((host) => isHost(host) && !isBelow(host, blocked));
}

/** Whether the options of a tool let it go to a host; a domain stands for what is below it, too. */
export function isAllowed(host: string, tool: Tool | undefined): boolean {
  const allowed = rootsIn(tool, 'allowed_domains');
  const blocked = rootsIn(tool, 'blocked_domains');
  return (allowed.size === 0 || isBelow(host, allowed)) && !isBelow(host, blocked);
}

function rootsIn(tool: Tool | undefined, option: string): ReadonlySet<string> {
  return new Set(textOptions(tool, option).map((domain) => hostOf(domain)));
}

/** Looks for a host and each domain above it, so that lists of any length cost the same. */
function isBelow(host: string, roots: ReadonlySet<string>): boolean {
  for (let from = 0; ;) {
    if (roots.has(host.slice(from))) return true;
    const dot = host.indexOf('.', from);
    if (dot < 0) return false;
    from = dot + 1;
  }
}

/** The names of hosts are no longer than this (RFC 1035 §2.3.4). */
const HOST_LETTERS_MAX = 253;

function isHost(host: string): boolean {
  return host !== '' && host.length <= HOST_LETTERS_MAX;
}

/** A domain may come with a path behind it. */
function hostOf(domain: string): string {
  return (domain.split('/')[0] ?? domain).toLowerCase();
}
