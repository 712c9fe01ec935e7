import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { examples } from './examples.ts';
import { program } from './program.ts';

interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/** Commands that do something: those with others below them only name these. */
function leavesOf(command: Command, name = ''): readonly NamedCommand[] {
  if (command.commands.length === 0) return [{ name: name.trim(), command }];
  return command.commands.flatMap((below) => leavesOf(below, `${name} ${below.name()}`));
}

const leaves = leavesOf(program());

test('there are commands', () => {
  expect(leaves.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'serve',
      'chat',
      'top',
      'keys create',
      'batches wait',
      'wallets top-up',
    ]),
  );
});

test.each(leaves)('$name has --json and says what it is for', ({ command }) => {
  expect(command.options.map(({ long }) => long)).toContain('--json');
  expect(command.description()).not.toBe('');
});

test.each(leaves)('$name has examples, with options that it has', ({ name, command }) => {
  const shown = examples[name] ?? [];
  expect(shown).not.toEqual([]);
  for (const line of shown) {
    expect(line).toContain(`quatrain ${name}`);
    const options = line.match(/(?<= )--[a-z-]+/g) ?? [];
    expect(command.options.map(({ long }) => long)).toEqual(expect.arrayContaining(options));
    const missing = command.options.filter(
      ({ mandatory, long }) => mandatory && !line.includes(long ?? ''),
    );
    expect(missing.map(({ long }) => long)).toEqual([]);
  }
});

test('no example is of a command that there is not', () => {
  expect(Object.keys(examples).toSorted()).toEqual(leaves.map(({ name }) => name).toSorted());
});
