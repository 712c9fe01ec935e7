import { describe, expect, test } from 'vitest';
import { parseConfig } from './parse-config.ts';
import { issueText } from './yaml-issues.ts';

function issuesOf(routes: string, upstream = ''): readonly string[] {
  const text = `upstreams: { own: { kind: anthropic, auth: none${upstream} } }\nroutes:\n${routes}`;
  const parsed = parseConfig({ file: { name: 'q.yaml', text }, env: {}, flags: {} });
  return parsed.kind === 'issues' ? parsed.issues.map((issue) => issueText(issue)) : [];
}

const route = (more: string, targets = '[{ upstream: own }]'): string =>
  `  - { name: main, targets: ${targets}${more} }\n`;

describe('routes that cannot be', () => {
  test.each<[string, string, RegExp]>([
    ['nobody answers', route('', '[]'), /routes\.0\.targets/],
    [
      'an upstream that is not there',
      route('', '[{ upstream: other }]'),
      /q\.yaml:3: routes\.0\.targets\.0\.upstream: no upstream is called "other"; there are: own, emulator/,
    ],
    [
      'a fallback that is not there',
      route(', fallbacks: [{ upstream: other }]'),
      /routes\.0\.fallbacks\.0\.upstream: no upstream/,
    ],
    ['two of one name', route('') + route(''), /routes\.1\.name: another route is called "main"/],
    ['a pattern with two stars', route(", models: ['*-*']"), /routes\.0\.models\.0: .*one \*/],
    [
      'a header with a credential',
      route(', when: { headers: { x-api-key: k } }'),
      /headers\.x-api-key/,
    ],
    ['a feature that nobody knows', route(', when: { features: [magic] }'), /features\.0/],
    ['less than nothing', route('', '[{ upstream: own, weight: -1 }]'), /weight/],
    ['no attempt', route(', attempts_max: 0'), /attempts_max/],
    ['a weight of a fallback', route(', fallbacks: [{ upstream: own, weight: 1 }]'), /weight/],
  ])('%s', (_name, routes, said) => {
    expect(issuesOf(routes)).toEqual([expect.stringMatching(said) as string]);
  });

  test('one key and several at once', () => {
    const keys = ', api_key: env:A, api_keys: [env:B]';
    expect(issuesOf(route(''), keys)).toEqual([
      expect.stringMatching(/upstreams\.own\.api_keys: give either/) as string,
    ]);
  });
});

test('what a route says nothing of has a default', () => {
  const text = 'routes: [{ name: main, targets: [{ upstream: emulator }] }]';
  expect(parseConfig({ file: { name: 'q.yaml', text }, env: {}, flags: {} })).toMatchObject({
    config: {
      routes: [
        {
          targets: [{ upstream: 'emulator', weight: 1 }],
          fallbacks: [],
          attempts_max: 3,
          affinity: 'prompt_cache',
        },
      ],
    },
  });
});
