import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gatewayHostDialect } from '../dialects/workers-ai/gateway-endpoints.ts';
import { isGatewayHostTarget } from '../dialects/workers-ai/gateway-host-path.ts';
import { operations } from '../messages/upstream.ts';
import { dialectAt, matchRoute, noRouteText, routes } from './routes.ts';

/** What a target comes to: `operation path`, or why it is none. */
function matched(method: string, target: string): string {
  const match = matchRoute(method, target);
  if (match.kind === 'wrong-method') return `allow ${match.allowed.join(' ')}`;
  return match.kind === 'route' ? `${match.route.operation} ${match.upstreamPath}` : match.kind;
}

describe('what matches', () => {
  test.each<[string, string, string]>([
    ['POST', '/v1/messages', 'messages.create /v1/messages'],
    ['POST', '/anthropic/v1/messages', 'messages.create /v1/messages'],
    ['POST', '/v1/messages/count_tokens', 'messages.count_tokens /v1/messages/count_tokens'],
    ['GET', '/v1/models', 'models.list /v1/models'],
    ['HEAD', '/v1/models', 'models.list /v1/models'],
    ['GET', '/v1/models/claude-sonnet-4-6', 'models.get /v1/models/claude-sonnet-4-6'],
    ['GET', '/anthropic/v1/models/a.b:c-d_e', 'models.get /v1/models/a.b:c-d_e'],
    ['POST', '/v1/messages/batches', 'batches.create /v1/messages/batches'],
    ['GET', '/v1/messages/batches/msgbatch_1', 'batches.get /v1/messages/batches/msgbatch_1'],
    ['POST', '/v1/messages/batches/b/cancel', 'batches.cancel /v1/messages/batches/b/cancel'],
    ['GET', '/v1/messages/batches/b/results', 'batches.results /v1/messages/batches/b/results'],
    ['DELETE', '/v1/files/file_1', 'files.delete /v1/files/file_1'],
    ['GET', '/v1/files/file_1/content', 'files.content /v1/files/file_1/content'],
    ['POST', '/v1/complete', 'complete.create /v1/complete'],
    ['POST', '/v1/chat/completions', 'messages.create /v1/messages'],
    ['POST', '/chat/completions', 'messages.create /v1/messages'],
    // What a client of the form puts there is about the form.
    ['POST', '/chat/completions?api-version=2024-10-21', 'messages.create /v1/messages'],
    ['POST', '/run?version=3', 'messages.create /v1/messages'],
    ['POST', '/ai-gateway/run?version=3', 'messages.create /v1/messages'],
    ['POST', '/client/v4/accounts/a/ai/run', 'messages.create /v1/messages'],
    ['POST', '/client/v4/accounts/a/ai/run/m', 'messages.create /v1/messages'],
    ['POST', '/client/v4/accounts/a/ai/v1/messages', 'messages.create /v1/messages'],
    ['POST', '/client/v4/accounts/a/ai/v1/v1/messages', 'messages.create /v1/messages'],
    ['POST', '/client/v4/accounts/a/ai/v1/chat/completions', 'messages.create /v1/messages'],
    // Paths of that form which are not served: they have words of their own.
    ['GET', '/run?version=3&body=%7B%7D', 'unserved'],
    ['HEAD', '/run', 'unserved'],
    ['GET', '/ai-gateway/gateways/g/run/r/resume', 'unserved'],
    ['DELETE', '/ai-gateway/gateways/g/logs/l', 'unknown'],
    ['DELETE', '/run', 'allow POST'],
    // Below the URL of a gateway a provider's own paths.
    [
      'POST',
      '/v1/acme/shop/anthropic/v1/messages?beta=true',
      'messages.create /v1/messages?beta=true',
    ],
    ['POST', '/v1/acme/shop/anthropic/messages', 'messages.create /v1/messages'],
    ['GET', '/v1/acme/shop/anthropic/v1/models/m', 'models.get /v1/models/m'],
    ['GET', '/v1/acme/shop/anthropic/v1/models?limit=1', 'models.list /v1/models?limit=1'],
    ['POST', '/v1/acme/shop/compat/chat/completions?a=b', 'messages.create /v1/messages'],
    ['POST', '/v1/acme/shop/compat/chat/completion', 'messages.create /v1/messages'],
    ['POST', '/v1/acme/shop/workers-ai/run/@cf/meta/llama', 'messages.create /v1/messages'],
    ['POST', '/v1/acme/shop/workers-ai/@cf/meta/llama', 'messages.create /v1/messages'],
    ['POST', '/v1/acme/shop/openai/chat/completions', 'unserved'],
    ['GET', '/v1/acme/shop', 'unserved'],
    ['GET', '/v1/acme/shop/anthropic/v1/messages', 'allow POST'],
    // No account is called as a folder of the API is.
    ['POST', '/v1/messages/shop/anthropic/v1/messages', 'unknown'],
    ['POST', '/v1/models/shop/openai/chat/completions', 'unknown'],
    // Another method of a path that is there.
    ['GET', '/v1/chat/completions', 'allow POST'],
    ['DELETE', '/chat/completions', 'allow POST'],
    ['GET', '/v1/messages', 'allow POST'],
    ['PUT', '/v1/files', 'allow POST GET'],
    ['OPTIONS', '/v1/messages', 'allow POST'],
    ['get', '/v1/models', 'allow GET'],
  ])('%s %s: %s', (method, target, expected) => {
    expect(matched(method, target)).toBe(expected);
  });

  test('every route of the table is found by its own path', () => {
    for (const { method, path, operation, upstreamPath } of routes) {
      const target = path.replaceAll(/\{[a-z]+…?\}/g, 'some-id');
      const asked = upstreamPath?.replace('{id}', 'some-id') ?? target.replace('/anthropic', '');
      expect(matched(method, target)).toBe(`${operation} ${asked}`);
    }
    expect(new Set(routes.map(({ operation }) => operation))).toEqual(new Set(operations));
  });
});

describe('what stands in the places of a path', () => {
  const run = '/client/v4/accounts/a1/ai/run';
  test.each<[string, object | undefined]>([
    ['/v1/files/file_1/content', { id: 'file_1' }],
    ['/v1/messages', {}],
    [run, { account: 'a1' }],
    [`${run}/m`, { account: 'a1', model: 'm' }],
    [`${run}/anthropic/claude-sonnet-4.6`, { account: 'a1', model: 'anthropic/claude-sonnet-4.6' }],
    [
      `${run}/anthropic%2Fclaude-sonnet-4.6?a=b`,
      { account: 'a1', model: 'anthropic/claude-sonnet-4.6' },
    ],
    [`${run}/@cf/meta/llama`, { account: 'a1', model: '@cf/meta/llama' }],
    [`${run}/..`, { account: 'a1', model: '..' }],
    [`${run}/`, undefined],
    [`${run}/%`, undefined],
    [`${run}/%ff`, undefined],
    [`${run}/${'a'.repeat(1025)}`, undefined],
    ['/client/v4/accounts/../ai/run/m', undefined],
    ['/client/v4/accounts//ai/run/m', undefined],
    ['/client/v4/accounts/a/b/ai/run/m', undefined],
  ])('%s: %j', (target, expected) => {
    const methods = target.includes('files') ? 'GET' : 'POST';
    const match = matchRoute(methods, target);
    expect(match.kind === 'route' ? match.target.params : undefined).toEqual(expected);
  });

  test('the query is there as it was written, and none is empty', () => {
    const queryOf = (target: string): string | undefined => {
      const match = matchRoute('POST', target);
      return match.kind === 'route' ? match.target.query : undefined;
    };
    expect(queryOf('/run?version=3&a=%20')).toBe('version=3&a=%20');
    expect(queryOf('/v1/messages')).toBe('');
  });
});

describe('what does not', () => {
  test.each([
    '',
    '/',
    '*',
    '/v1',
    '/v1/',
    '/v1/nope',
    '/v2/messages',
    '/V1/Messages',
    '/v1/messages/',
    '//v1/messages',
    '/v1//messages',
    '/v1/./messages',
    '/v1/x/../messages',
    '/anthropic',
    '/anthropic/anthropic/v1/messages',
    '/x/v1/messages',
    'http://elsewhere/v1/messages',
    '/v1/models/',
    '/v1/models/a/b',
    '/v1/models/{id}',
    '/v1/files/a/content/b',
    '/v1/messages#fragment',
    '/v1/messages;a=b',
    '/%761/messages',
    '/v1%2Fmessages',
    '/anthropic/v1/chat/completions',
    '/v1/chat',
    '/v1/chat/',
    '/chat/completions/',
    '/v2/chat/completions',
    '/v1/chat/completions/x',
  ])('%j is unknown', (target) => {
    for (const method of ['GET', 'POST', 'DELETE']) expect(matched(method, target)).toBe('unknown');
  });

  test.each([
    '..',
    '.',
    '%2e%2e',
    '%2E',
    '..%2f..',
    'a%00',
    'a%20b',
    'a b',
    'a\\b',
    'a;b',
    'a@b',
    'a\r\nx: y',
    'ä',
    '‥',
    'a'.repeat(257),
    '',
  ])('an id may not be %j: an upstream would read another path', (id) => {
    for (const path of [
      `/v1/files/${id}/content`,
      `/v1/files/${id}`,
      `/anthropic/v1/models/${id}`,
    ]) {
      expect([path, matched('GET', path)]).toEqual([path, expect.stringMatching(/^unknown$/)]);
    }
  });
});

describe('the form of what is said of a path', () => {
  test.each([
    ['/v1/chat/completions', 'chat-completions'],
    ['/chat/completions?a=b', 'chat-completions'],
    ['/v1/chat/nope', 'chat-completions'],
    ['/chat/', 'chat-completions'],
    ['/v1/chat', 'chat-completions'],
    ['/v1/responses', 'chat-completions'],
    ['/responses?a=b', 'chat-completions'],
    ['/v1/responses/resp_1/cancel', 'chat-completions'],
    ['/v1/completions', 'chat-completions'],
    ['/v1/embeddings', 'chat-completions'],
    ['/v1/audio/speech', 'chat-completions'],
    ['/v1/images/generations', 'chat-completions'],
    ['/v1/batches', 'chat-completions'],
    ['/v1/complete', 'messages'],
    ['/v1/files', 'messages'],
    ['/v1/messages/batches', 'messages'],
    ['/anthropic/v1/responses', 'messages'],
    ['/v2/responses', 'messages'],
    ['/v1/chats/completions', 'messages'],
    ['/?/v1/responses', 'messages'],
    ['/v1/messages', 'messages'],
    ['/v1/models', 'messages'],
    ['/', 'messages'],
    ['', 'messages'],
    ['/anthropic/v1/chat/completions', 'messages'],
    ['/run', 'workers-ai'],
    ['/run?version=3', 'workers-ai'],
    ['/run/x', 'workers-ai'],
    ['/running', 'messages'],
    ['/ai-gateway/nope', 'workers-ai'],
    ['/ai-api/models/search', 'workers-ai'],
    ['/to-everything/markdown/transformer', 'workers-ai'],
    ['/client/v4/', 'workers-ai'],
    ['/client/v4/accounts/a/ai/run/anthropic/m', 'workers-ai'],
    ['/client/v4/accounts/a/ai/v1/messages', 'messages'],
    ['/client/v4/accounts/a/ai/v1/v1/messages', 'messages'],
    ['/client/v4/accounts/a/ai/v1/chat/completions', 'chat-completions'],
    ['/client/v4/accounts/a/ai/v1/nope', 'workers-ai'],
  ])('%j: %s', (target, name) => {
    expect(dialectAt(target).name).toBe(name);
  });

  test('every route of the table is in a form', () => {
    // Below a gateway's URL what is said before the walk is the gateway's, whoever's form the route is.
    for (const { path, dialect } of routes) {
      expect(dialectAt(path)).toBe(isGatewayHostTarget(path) ? gatewayHostDialect : dialect);
    }
  });

  test('where there is none, clients of the other form learn what there is', () => {
    expect(noRouteText('/v1/responses')).toContain('POST /v1/chat/completions');
    expect(noRouteText('/v1/nope')).toBeUndefined();
  });
});

describe('queries', () => {
  test.each<[string, string]>([
    ['?beta=true', '?beta=true'],
    ['?limit=5&after_id=msg_1&ids[]=a', '?limit=5&after_id=msg_1&ids[]=a'],
    ['?page=a%2Bb', '?page=a%2Bb'],
    ['?', ''],
  ])('%s travels on as %j', (query, expected) => {
    expect(matched('GET', `/v1/models${query}`)).toBe(`models.list /v1/models${expected}`);
  });

  test.each([
    '?a b',
    '?a#b',
    '?a\r\nb',
    '?<script>',
    '?ä',
    '?a"b',
    '?a\\b',
    `?${'a'.repeat(5000)}`,
  ])('%j does not travel on', (query) => {
    expect(matched('GET', `/v1/models${query}`)).toBe('bad-query');
  });
});

test('whatever is asked, what travels on is a plain path below /v1/ without a step up', () => {
  const part = fc.constantFrom('v1', 'anthropic', 'files', 'content', 'x', '..', '.', '', '%2e');
  const known = fc.constantFrom(...routes.map(({ path }) => path));
  const target = fc.oneof(
    fc.tuple(known, part).map(([path, id]) => path.replaceAll(/\{[a-z]+…?\}/g, id)),
    fc.array(part, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`),
    fc.tuple(part, fc.string({ unit: 'binary' })).map(([name, text]) => `/v1/${name}/${text}`),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(target, fc.constantFrom('GET', 'POST', 'DELETE', 'HEAD'), (asked, method) => {
      const match = matchRoute(method, asked);
      if (match.kind !== 'route') return true;
      const { pathname } = new URL(match.upstreamPath, 'http://upstream');
      const [path] = match.upstreamPath.split('?');
      return pathname === path && pathname.startsWith('/v1/');
    }),
    { numRuns: 5000 },
  );
});
