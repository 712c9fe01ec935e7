import { describe, expect, test } from 'vitest';
import { resolveSecret } from './resolve-secret.ts';
import type { ParsedConfig } from './parse-config.ts';
import { parseConfig } from './parse-config.ts';
import { issueText } from './yaml-issues.ts';

function parse(
  text: string,
  env: Record<string, string> = {},
  flags: Record<string, string | number> = {},
): ParsedConfig {
  return parseConfig({ file: { name: 'quatrain.yaml', text }, env, flags });
}

function issues(text: string, env: Record<string, string> = {}): string[] {
  const parsed = parse(text, env);
  return parsed.kind === 'issues' ? parsed.issues.map((issue) => issueText(issue)) : [];
}

describe('parseConfig', () => {
  test('nothing given means the defaults', () => {
    const parsed = parseConfig({ env: {}, flags: {} });
    expect(parsed).toMatchObject({
      kind: 'config',
      config: { listen: { host: '127.0.0.1', port: 4114 }, upstreams: {}, data_dir: '.quatrain' },
    });
  });

  test('flags win over variables, variables over the file', () => {
    const text = 'listen:\n  port: 1\n  host: 127.0.0.2\nlog_level: warn\n';
    const env = { QUATRAIN_LISTEN__PORT: '2', QUATRAIN_LOG_LEVEL: 'error' };
    expect(parse(text, env, { 'listen.port': 3 })).toMatchObject({
      config: { listen: { port: 3, host: '127.0.0.2' }, log_level: 'error' },
    });
  });

  test('what is wrong with a flag is said of the command line, and not of the file', () => {
    expect(parse('listen: { port: 1 }', {}, { 'listen.port': 70_000 })).toMatchObject({
      kind: 'issues',
      issues: [{ where: 'command line', path: 'listen.port' }],
    });
  });

  test('a whole upstream can be given by variables', () => {
    const env = {
      QUATRAIN_UPSTREAMS__OWN__KIND: 'anthropic',
      QUATRAIN_UPSTREAMS__OWN__BASE_URL: 'http://127.0.0.1:9/base',
      QUATRAIN_UPSTREAMS__OWN__API_KEY: 'env:OWN_KEY',
    };
    expect(parse('', env)).toMatchObject({
      config: {
        upstreams: {
          own: { kind: 'anthropic', base_url: 'http://127.0.0.1:9/base', auth: 'x-api-key' },
        },
      },
    });
  });

  test('variables that are no options are left alone', () => {
    expect(
      issues('', { QUATRAIN_API_KEY: 'x', QUATRAIN_CONFIG: 'y', QUATRAIN_URL: 'z', PATH: '/bin' }),
    ).toEqual([]);
    expect(issues('', { QUATRAIN_ADMIN_URL: 'x', QUATRAIN_ADMIN_KEY: 'y' })).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['a wrong type', 'listen:\n  port: many\n', 'quatrain.yaml:2: listen.port: '],
    [
      'an unknown option',
      'log_level: info\nlisten:\n  prot: 1\n',
      'quatrain.yaml:3: listen.prot: no such option',
    ],
    [
      'an unknown option at the top',
      '\n\nupstream: {}\n',
      'quatrain.yaml:3: upstream: no such option',
    ],
    ['broken YAML', 'listen:\n  port: [1\n', 'quatrain.yaml:'],
    ['a list', '- 1\n', 'quatrain.yaml:1: write options as'],
    [
      'a secret in the file',
      'upstreams:\n  own:\n    kind: anthropic\n    api_key: sk-ant-123\n',
      'quatrain.yaml:4: upstreams.own.api_key: write a reference',
    ],
    [
      'a missing upstream',
      'default_upstream: nope\n',
      'quatrain.yaml:1: default_upstream: no upstream is called "nope"; there are: emulator',
    ],
    [
      'the emulator as an upstream',
      'upstreams:\n  emulator:\n    kind: anthropic\n',
      'quatrain.yaml:2: upstreams.emulator: the built-in emulator',
    ],
    [
      'an address in the place of an origin',
      "cors:\n  origins: ['https://app.example/', '*']\n",
      'quatrain.yaml:2: cors.origins.0: write an origin as browsers send it',
    ],
    [
      'a kind that does not exist',
      'upstreams:\n  own:\n    kind: magic\n',
      'quatrain.yaml:3: upstreams.own.kind: ',
    ],
  ])('%s names the line and the remedy', (_name, text, start) => {
    expect(issues(text)[0]).toContain(start);
  });

  test('a wrong variable is named', () => {
    expect(issues('', { QUATRAIN_LISTEN__PORT: 'many' })[0]).toMatch(
      /^QUATRAIN_LISTEN__PORT: listen\.port: /,
    );
  });

  test('a secret in the file is not repeated in the message', () => {
    const text = 'upstreams:\n  own:\n    kind: anthropic\n    api_key: sk-ant-123\n';
    expect(issues(text).join('\n')).not.toContain('sk-ant-123');
  });
});

describe('resolveSecret', () => {
  const sources = {
    env: { SET: ' value\n', EMPTY: '' },
    readFile: (path: string) => (path === '/here' ? 'from file\n' : undefined),
  };

  test.each([
    ['env:SET', 'value'],
    ['file:/here', 'from file'],
  ])('%s', (reference, value) => {
    const resolved = resolveSecret(reference, sources);
    expect(resolved.kind === 'secret' && resolved.secret.reveal()).toBe(value);
  });

  test.each([
    ['env:UNSET', 'set the variable UNSET'],
    ['env:EMPTY', 'set the variable EMPTY'],
    ['file:/gone', 'write the secret into the file /gone'],
    ['plain', 'env:NAME or file:PATH'],
  ])('%s is missing, and the message says what to do', (reference, text) => {
    const resolved = resolveSecret(reference, sources);
    expect(resolved.kind === 'missing' && resolved.message).toContain(text);
  });
});
