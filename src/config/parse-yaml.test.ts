import { expect, test } from 'vitest';
import { cpuSecondsOf } from '../../test/support/cpu-time.ts';
import { parseConfig } from './parse-config.ts';
import { parseYaml } from './parse-yaml.ts';

const issuesOf = (text: string): unknown => {
  const parsed = parseConfig({ file: { name: 'q.yaml', text }, env: {}, flags: {} });
  return parsed.kind === 'issues' ? parsed.issues : [];
};

test.each([
  ['a: 1\nb: 2\na: 3\n', 3],
  ['listen:\n  port: 1\n  host: x\n  port: 2\n', 4],
  ['list:\n  - { x: 1 }\n  - { x: 1, x: 2 }\n', 3],
  ['? { deep: 1, deep: 2 }\n: 1\n', 1],
])('a name that stands twice in one map is refused at its line: %j', (text, line) => {
  expect(issuesOf(text)).toEqual([
    { where: `q.yaml:${String(line)}`, path: '', message: 'Map keys must be unique' },
  ]);
});

test('the same name in two maps is none that stands twice', () => {
  const { document, value } = parseYaml('a: { x: 1 }\nb: { x: 1, a: 2 }\n1: 2\n"1": 3\n');
  expect(document.errors).toEqual([]);
  expect(value).toMatchObject({ a: { x: 1 }, b: { x: 1, a: 2 } });
});

test('aliases that grow beyond all bounds are an issue, and no fault', () => {
  const levels = 'abcdefgh'.split('').map((name, at, all) => {
    const inner = at === 0 ? 'x' : `*${all[at - 1] ?? ''}`;
    return `${name}: &${name} [${Array.from({ length: 10 }, () => inner).join(', ')}]`;
  });
  expect(issuesOf(levels.join('\n'))).toMatchObject([
    { where: 'q.yaml:1', message: expect.stringContaining('alias') as string },
  ]);
});

test('the time for a map grows as its names do, and not with their square', async () => {
  const text = Array.from({ length: 20_000 }, (_, at) => `k${String(at)}: 1`).join('\n');
  // One comparison with each other name took a minute here.
  const seconds = await cpuSecondsOf(() => {
    expect(Object.keys(parseYaml(text).value as object)).toHaveLength(20_000);
  });
  expect(seconds).toBeLessThan(20);
});
