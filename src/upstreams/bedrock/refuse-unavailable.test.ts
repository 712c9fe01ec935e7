import { expect, test } from 'vitest';
import { scanBody } from '../scanned-body.ts';
import { refuseUnavailable } from './refuse-unavailable.ts';

function placeIn(body: object): string | undefined {
  const scanned = scanBody(Buffer.from(JSON.stringify(body)));
  if (scanned === undefined) throw new Error('no object');
  const said = refuseUnavailable(scanned, 'aws');
  if (said === undefined) return undefined;
  expect(said.code).toBe('invalid_request');
  expect(said.detail).toContain(`${said.param ?? '-'}: the upstream "aws" does not`);
  return said.param;
}

const url = { type: 'url', url: 'https://example.com/a.png' };
const image = { type: 'image', source: url };
const turn = (...content: readonly object[]): object => ({ messages: [{ role: 'user', content }] });

/** The API reference, §12: what Bedrock does not have. */
test.each<[string | undefined, object]>([
  ['mcp_servers', { mcp_servers: [] }],
  ['cache_control', { cache_control: { type: 'ephemeral' } }],
  ['inference_geo', { inference_geo: 'us' }],
  ['container', { container: 'container_1' }],
  [undefined, { container: null, mcp_servers: null }],
  ['tools.1.type', { tools: [{ name: 'a' }, { type: 'web_search_20260209', name: 'web_search' }] }],
  ['tools.0.type', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }],
  ['tools.0.type', { tools: [{ type: 'code_execution_20260120', name: 'code_execution' }] }],
  ['tools.0.type', { tools: [{ type: 'mcp_toolset', mcp_server_name: 'a' }] }],
  [
    undefined,
    {
      tools: [
        { type: 'bash_20250124', name: 'bash' },
        { type: 'custom', name: 'a' },
      ],
    },
  ],
  [undefined, { tools: [{ name: 'a', description: 'no "web_search_" here' }] }],
  ['messages.0.content.0.source.type', turn(image)],
  ['messages.0.content.1.source.type', turn({ type: 'text', text: '"url"' }, image)],
  [
    'messages.0.content.0.content.0.source.type',
    turn({ type: 'tool_result', tool_use_id: 't', content: [image] }),
  ],
  [
    'messages.0.content.0.source.content.0.source.type',
    turn({ type: 'document', source: { type: 'content', content: [image] } }),
  ],
  [
    'messages.0.content.0.content.0.source.content.0.source.type',
    turn({
      type: 'tool_result',
      content: [{ type: 'document', source: { type: 'content', content: [image] } }],
    }),
  ],
  [undefined, turn({ type: 'tool_use', id: 't', name: 'a', input: { source: url, type: 'url' } })],
  [undefined, turn({ type: 'image', source: { type: 'base64', data: 'AA==' } })],
])('%s is refused of %j', (place, body) => {
  expect(placeIn(body)).toBe(place);
});
