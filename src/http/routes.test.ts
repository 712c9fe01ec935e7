import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
      const target = path.replace('{id}', 'some-id');
      const asked = upstreamPath ?? target.replace('/anthropic', '');
      expect(matched(method, target)).toBe(`${operation} ${asked}`);
    }
    expect(new Set(routes.map(({ operation }) => operation))).toEqual(new Set(operations));
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
  ])('%j: %s', (target, name) => {
    expect(dialectAt(target).name).toBe(name);
  });

  test('every route of the table is in a form', () => {
    for (const { path, dialect } of routes) expect(dialectAt(path)).toBe(dialect);
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
    fc.tuple(known, part).map(([path, id]) => path.replace('{id}', id)),
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
