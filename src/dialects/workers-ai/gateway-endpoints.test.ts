import { describe, expect, test } from 'vitest';
import { findStepEndpoint, gatewayEndpoints } from './gateway-endpoints.ts';
import { isGatewayHostTarget, isOwnerLabel } from './gateway-host-path.ts';

describe('the endpoint that a step names', () => {
  test.each<[string, string, string | undefined]>([
    ['anthropic', '/v1/messages', 'messages.create messages {}'],
    ['anthropic', '/messages', 'messages.create messages {}'],
    ['anthropic', '/v1/messages/count_tokens', 'messages.count_tokens messages {}'],
    ['anthropic', '/v1/models', undefined],
    ['anthropic', '/v1/messages/', undefined],
    ['compat', '/chat/completions', 'messages.create chat-completions {}'],
    ['compat', '/chat/completion', 'messages.create chat-completions {}'],
    ['workers-ai', '/v1/chat/completions', 'messages.create chat-completions {}'],
    ['workers-ai', '/@cf/x', 'messages.create workers-ai {"model":"@cf/x"}'],
    ['workers-ai', '/run/@cf/x', 'messages.create workers-ai {"model":"@cf/x"}'],
    ['workers-ai', '/', undefined],
    ['workers-ai', '/run/', 'messages.create workers-ai {"model":"run/"}'],
    ['openai', '/chat/completions', undefined],
    ['', '/v1/messages', undefined],
  ])('%s %s', (provider, path, expected) => {
    const found = findStepEndpoint(provider, path);
    const { endpoint, params } = found ?? {};
    const shown =
      endpoint === undefined
        ? undefined
        : `${endpoint.operation} ${endpoint.native.name} ${JSON.stringify(params)}`;
    expect(shown).toBe(expected);
  });

  test('each that is posted is found by its own path', () => {
    for (const endpoint of gatewayEndpoints.filter(({ method }) => method === 'POST')) {
      const path = endpoint.path.replace('{model…}', 'a/b');
      expect(findStepEndpoint(endpoint.provider, path)?.endpoint).toBe(endpoint);
    }
  });
});

describe('which targets are a gateway’s URLs', () => {
  test.each<[string, boolean]>([
    ['/v1/acme/default', true],
    ['/v1/acme/default/anthropic/v1/messages?beta=true', true],
    ['/v1/acme/', false],
    ['/v1/acme?a=b/c', false],
    ['/v1/messages/count_tokens', false],
    ['/v1/models/m', false],
    ['/v1/files/f/content', false],
    ['/v2/acme/default', false],
  ])('%s: %s', (target, expected) => {
    expect(isGatewayHostTarget(target)).toBe(expected);
  });

  test('an account has any name but a folder’s', () => {
    expect(['acme', '0123456789abcdef', 'message'].map(isOwnerLabel)).toEqual([true, true, true]);
    expect(['messages', 'models', 'chat'].map(isOwnerLabel)).toEqual([false, false, false]);
  });
});
