import type { Tool } from '../../../messages/request.ts';
import { textOptions } from './server-tool.ts';

/** Kept for examples (RFC 2606): nobody is sent to a stranger's pages. */
const exampleHosts = ['example.com', 'example.org', 'example.net'] as const;

/** Hosts whose pages an emulated search may name: the tool's own, else those kept for examples. */
export function searchHosts(tool: Tool | undefined): readonly string[] {
  const allowed = textOptions(tool, 'allowed_domains');
  const hosts = allowed.length > 0 ? allowed.map((domain) => hostOf(domain)) : exampleHosts;
  return hosts.filter((host) => host !== '' && isAllowed(host, tool));
}

/** Whether the options of a tool let it go to a host; a domain stands for what is below it, too. */
export function isAllowed(host: string, tool: Tool | undefined): boolean {
  const allowed = textOptions(tool, 'allowed_domains');
  const blocked = textOptions(tool, 'blocked_domains');
  const isIn = (domain: string): boolean => {
    const root = hostOf(domain);
    return host === root || host.endsWith(`.${root}`);
  };
  return (allowed.length === 0 || allowed.some(isIn)) && !blocked.some(isIn);
}

/** A domain may come with a path behind it. */
function hostOf(domain: string): string {
  return (domain.split('/')[0] ?? domain).toLowerCase();
}
