import type { CheckedRequest, Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

/** With this beta a server says itself which of its tools are offered, and has no toolset. */
const TOOLSETLESS_BETA = 'mcp-client-2025-04-04';
const TOOLSET_BETAS = ['mcp-client-2025-11-20', 'mcp-client-2026-09-15'];

/** How servers of the connector and their toolsets belong together (API reference §2.4). */
export const mcpRules: readonly Rule[] = [
  ({ request }) => {
    const at = serversOf(request).findIndex(({ url }) => !url.startsWith('https://'));
    return at < 0 ? undefined : ruleTexts.mcpUrlNotHttps(at);
  },
  ({ request }) => {
    const names = serversOf(request).map(({ name }) => name);
    return new Set(names).size < names.length ? ruleTexts.mcpNameTwice : undefined;
  },
  ({ request }) => {
    const names = new Set(serversOf(request).map(({ name }) => name));
    for (const [at, name] of toolsetsOf(request)) {
      if (!names.has(name)) return ruleTexts.mcpServerUnknown(at, name);
    }
    return undefined;
  },
  ({ request, betas }) => {
    const isOlder = betas.has(TOOLSETLESS_BETA) && !TOOLSET_BETAS.some((name) => betas.has(name));
    if (isOlder) return undefined;
    const used = toolsetsOf(request).map(([, name]) => name);
    for (const { name } of serversOf(request)) {
      const uses = used.filter((other) => other === name).length;
      if (uses === 0) return ruleTexts.mcpServerUnused(name);
      if (uses > 1) return ruleTexts.mcpServerShared(name);
    }
    return undefined;
  },
];

interface Server {
  readonly name: string;
  readonly url: string;
}

function serversOf({ mcp_servers = [] }: CheckedRequest): readonly Server[] {
  return mcp_servers as unknown as readonly Server[];
}

/** Toolsets by their place, with the name of their server. */
function toolsetsOf({ tools = [] }: CheckedRequest): readonly (readonly [number, string])[] {
  return tools.flatMap((tool, at) => {
    const name = 'mcp_server_name' in tool ? tool['mcp_server_name'] : undefined;
    return typeof name === 'string' ? [[at, name] as const] : [];
  });
}
