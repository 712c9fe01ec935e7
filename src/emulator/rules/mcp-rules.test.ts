import { expect, test } from 'vitest';
import { askRules } from '../../../test/support/ask-rules.ts';

const now = 'mcp-client-2025-11-20';
const older = 'mcp-client-2025-04-04';
const server = { type: 'url', url: 'https://mcp.example.com/sse', name: 'notes' };
const toolset = { type: 'mcp_toolset', mcp_server_name: 'notes' };

test.each<[string, object, string, string]>([
  ['a server and its toolset', { mcp_servers: [server], tools: [toolset] }, now, 'accepted'],
  [
    'servers without the beta',
    { mcp_servers: [server] },
    '',
    '400 mcp_servers: Extra inputs are not permitted',
  ],
  [
    'plain http',
    { mcp_servers: [{ ...server, url: 'http://mcp.example.com' }], tools: [toolset] },
    now,
    "400 mcp_servers.0.url: URL scheme should be 'https'",
  ],
  [
    'one name for two servers',
    { mcp_servers: [server, server], tools: [toolset] },
    now,
    '400 mcp_servers: MCP server names must be unique.',
  ],
  [
    'a toolset of no server',
    { mcp_servers: [server], tools: [toolset, { ...toolset, mcp_server_name: 'other' }] },
    now,
    "400 tools.1.mcp_toolset.mcp_server_name: MCP server 'other' not found in `mcp_servers`.",
  ],
  [
    'a server without a toolset',
    { mcp_servers: [server] },
    now,
    "400 MCP server 'notes' is defined but not referenced by any `mcp_toolset` in `tools`.",
  ],
  ['the same with the older beta', { mcp_servers: [server] }, older, 'accepted'],
  [
    'the older way of naming tools, with the newer beta',
    { mcp_servers: [{ ...server, tool_configuration: { enabled: true } }], tools: [toolset] },
    now,
    '400 mcp_servers.0.tool_configuration: Extra inputs are not permitted',
  ],
  [
    'a server with two toolsets',
    { mcp_servers: [server], tools: [toolset, toolset] },
    now,
    "400 MCP server 'notes' is referenced by more than one `mcp_toolset` in `tools`.",
  ],
  [
    'too many servers',
    { mcp_servers: Array.from({ length: 21 }, (_, at) => ({ ...server, name: String(at) })) },
    now,
    '400 mcp_servers: List should have at most 20 items',
  ],
])('%s', (_name, more, betas, expected) => {
  expect(askRules(more, { betas })).toBe(expected);
});
