import { describe, expect, test } from 'vitest';
import { parseConfig } from './parse-config.ts';
import { issueText } from './yaml-issues.ts';

function issuesOf(text: string): readonly string[] {
  const parsed = parseConfig({ file: { name: 'q.yaml', text }, env: {}, flags: {} });
  return parsed.kind === 'issues' ? parsed.issues.map((issue) => issueText(issue)) : [];
}

const tape = (onMiss: string): string =>
  `upstreams:\n  tape: { kind: replay, cassette: a, on_miss: ${onMiss} }\n`;

describe('options that do not go together', () => {
  test.each([
    ['upstreams: { emulator: { kind: anthropic } }', /upstreams\.emulator: the built-in emulator/],
    ['default_upstream: own', /q\.yaml:1: default_upstream: no upstream is called "own"/],
    [tape('own'), /q\.yaml:2: upstreams\.tape\.on_miss: no upstream is called "own"; .*emulator/],
    [tape('tape'), /upstreams\.tape\.on_miss: "tape" plays a cassette itself/],
    [
      'recordings:\n  - { key: k, cassette: a }\n  - { key: k, cassette: b }\n',
      /q\.yaml:3: recordings\.1\.key: the key k is recorded already/,
    ],
    ['recordings: [{ key: k, cassette: ../a }]', /recordings\.0\.cassette: a lower-case name/],
    ["redact: { patterns: ['('] }", /redact\.patterns\.0: not a regular expression/],
  ])('%s', (text, said) => {
    expect(issuesOf(text)).toEqual([expect.stringMatching(said) as string]);
  });

  test.each([
    tape('refuse'),
    tape('emulator'),
    `${tape('own')}  own: { kind: anthropic, auth: none }\ndefault_upstream: tape\n`,
    'recordings:\n  - { key: k, cassette: a }\n  - { key: l, cassette: a }\n',
  ])('%s is fine', (text) => {
    expect(issuesOf(text)).toEqual([]);
  });
});
