import { Command } from 'commander';
import { nearNames } from '../catalog/near-names.ts';
import { version } from '../std/version.ts';
import type { CassetteFlags, DriftFlags } from './cassettes.ts';
import { driftCommand, listCassettesCommand, showCassetteCommand } from './cassettes.ts';
import { doctor } from './doctor.ts';
import { examples } from './examples.ts';
import type { CreateKeyFlags, ListKeyFlags, RotateKeyFlags } from './keys.ts';
import {
  createKeyCommand,
  listKeysCommand,
  rotateKeyCommand,
  showKeyCommand,
  turnKeyCommand,
} from './keys.ts';
import type { ConfigFlags } from './load-config.ts';
import type { OrderFlags } from './open-orders.ts';
import { gatewayCommands } from './gateway-commands.ts';
import { moneyCommands } from './money-commands.ts';
import { naturalNumber } from './natural-number.ts';
import type { PasswordFlags } from './operators.ts';
import {
  addOperatorCommand,
  listOperatorsCommand,
  removeOperatorCommand,
  resetPasswordCommand,
} from './operators.ts';
import type { ServeFlags } from './serve.ts';
import { emulate, serve } from './serve.ts';
import { complaintText } from './terminal.ts';
import { verifyLedgerCommand } from './verify-ledger.ts';

function withConfig(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: quatrain.yaml where there is one)')
    .option('--data <dir>', 'data directory');
}

function withServing(command: Command): Command {
  return withConfig(command)
    .option('--host <host>', 'address to listen on')
    .option('--port <number>', 'port to listen on; 0 takes a free one', naturalNumber)
    .option('--admin-port <number>', 'port of the admin listener', naturalNumber)
    .option('--dev-key <key>', 'a fixed key, for development on loopback')
    .option('--json', 'say in JSON where it listens');
}

/** An option that may be given more than once. */
function each(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function createKeyOptions(command: Command): Command {
  return withConfig(command)
    .description('make a key and show it once')
    .option('--name <name>', 'what it is for', 'unnamed')
    .option('--kind <kind>', 'inference (default), management or admin')
    .option('--admin', 'the same as --kind admin')
    .option('--account <id>', 'whose it is (default: an account of its own)')
    .option('--scope <scope>', 'what it may be used for (default: everything of its kind)', each)
    .option('--model <name>', 'a model that it may call (default: any)', each)
    .option('--cidr <range>', 'addresses that it works from (default: any)', each)
    .option('--budget <usd>', 'what it may spend in a period')
    .option('--period <period>', 'of the budget: none, day, week or month, in UTC', 'none')
    .option('--rpm <number>', 'requests per minute', naturalNumber)
    .option('--itpm <number>', 'input tokens per minute', naturalNumber)
    .option('--otpm <number>', 'output tokens per minute', naturalNumber)
    .option('--concurrency <number>', 'requests at once', naturalNumber)
    .option('--expires-days <days>', 'days until it stops working', naturalNumber)
    .option('--json', 'answer in JSON');
}

const GRACE_SECONDS = 86_400;

const keyTurns = [
  ['disable', 'stop a key for a while'],
  ['enable', 'let a disabled key work again'],
  ['revoke', 'end a key; a running gateway follows within a second'],
] as const;

function keysCommand(): Command {
  const keys = new Command('keys').description('API keys');
  const one = (name: string, what: string): Command =>
    withConfig(keys.command(`${name} <id>`))
      .description(what)
      .option('--json', 'answer in JSON');
  createKeyOptions(keys.command('create')).action((flags: CreateKeyFlags) =>
    createKeyCommand(flags),
  );
  withConfig(keys.command('list'))
    .description('show all keys')
    .option('--account <id>', 'those of one account')
    .option('--json', 'answer in JSON')
    .action((flags: ListKeyFlags) => listKeysCommand(flags));
  one('show', 'show what a key may do').action((id: string, flags: OrderFlags) =>
    showKeyCommand(id, flags),
  );
  one('rotate', 'give a key another secret and show it once')
    .option('--grace-seconds <seconds>', 'how long the old one works', naturalNumber, GRACE_SECONDS)
    .action((id: string, flags: RotateKeyFlags) => rotateKeyCommand(id, flags));
  for (const [turn, what] of keyTurns) {
    one(turn, what).action((id: string, flags: OrderFlags) => turnKeyCommand(id, turn, flags));
  }
  return keys;
}

function operatorsCommand(): Command {
  const operators = new Command('operators').description('who signs in to the console');
  const under = (usage: string, what: string): Command =>
    withConfig(operators.command(usage)).description(what).option('--json', 'answer in JSON');
  const withPassword = (command: Command): Command =>
    command.option(
      '--password-stdin',
      'read the password from standard input (default: make one and show it once)',
    );
  under('list', 'show who may sign in').action((flags: OrderFlags) => listOperatorsCommand(flags));
  withPassword(under('add <name>', 'let somebody sign in')).action(
    (name: string, flags: PasswordFlags) => addOperatorCommand(name, flags),
  );
  withPassword(
    under('reset-password <name>', 'give somebody another password; all their sessions end'),
  ).action((name: string, flags: PasswordFlags) => resetPasswordCommand(name, flags));
  under('remove <name>', 'let somebody sign in no more; the last one stays').action(
    (name: string, flags: OrderFlags) => removeOperatorCommand(name, flags),
  );
  return operators;
}

function cassettesCommand(): Command {
  const cassettes = new Command('cassettes').description('recorded traffic');
  withConfig(cassettes.command('list'))
    .description('show all cassettes')
    .option('--json', 'answer in JSON')
    .action((flags: CassetteFlags) => {
      listCassettesCommand(flags);
    });
  withConfig(cassettes.command('show <name>'))
    .description('show what a cassette holds')
    .option('--json', 'answer in JSON')
    .action((name: string, flags: CassetteFlags) => {
      showCassetteCommand(name, flags);
    });
  withConfig(cassettes.command('drift <name>'))
    .description('ask again what was recorded, and compare the form of the answers')
    .option('--upstream <name>', 'upstream to ask (default: the one that answers)')
    .option('--json', 'answer in JSON')
    .action((name: string, flags: DriftFlags) => driftCommand(name, flags));
  return cassettes;
}

/** All commands, with their options. */
export function program(): Command {
  const quatrain = new Command('quatrain')
    .description('A self-hosted gateway that serves Claude, with an emulator built in.')
    .version(version);
  withServing(quatrain.command('serve', { isDefault: true }))
    .description('run the gateway')
    .action((flags: ServeFlags) => serve(flags));
  withServing(quatrain.command('emulate'))
    .description('run the gateway with the emulator, whatever upstreams are configured')
    .action((flags: ServeFlags) => emulate(flags));
  quatrain.addCommand(keysCommand());
  for (const command of moneyCommands(withConfig)) quatrain.addCommand(command);
  quatrain.addCommand(operatorsCommand());
  quatrain.addCommand(cassettesCommand());
  for (const command of gatewayCommands(withConfig, each)) quatrain.addCommand(command);
  withConfig(quatrain.command('doctor'))
    .description('check the installation')
    .option('--json', 'answer in JSON')
    .action((flags: ConfigFlags & { readonly json?: boolean }) => doctor(flags));
  withConfig(quatrain.command('verify-ledger'))
    .description('prove the books: recompute every balance from the transfers')
    .option('--json', 'answer in JSON')
    .action((flags: ConfigFlags & { readonly json?: boolean }) => verifyLedgerCommand(flags));
  complainAlike(quatrain);
  showExamples(quatrain);
  quatrain.addHelpText('after', AFTER_HELP);
  return quatrain;
}

const AFTER_HELP = `
Without a command it is "serve". "quatrain <command> --help" has the options of a command and
examples; every command has --json.`;

/** A word that is no command is not one for `serve`, which is what there is without any. */
export function refuseUnknownCommand(quatrain: Command, word: string | undefined): void {
  const names = [...quatrain.commands.map((command) => command.name()), 'help'];
  if (word === undefined || word.startsWith('-') || names.includes(word)) return;
  const near = nearNames(word, names);
  const hint = near.length === 0 ? '"quatrain --help" shows them' : `is it ${near.join(' or ')}?`;
  quatrain.error(`unknown command '${word}'; ${hint}`);
}

/** Examples of each command, below its help. */
function showExamples(command: Command, name = ''): void {
  const shown = examples[name] ?? [];
  if (shown.length > 0) {
    const title = shown.length === 1 ? 'Example:' : 'Examples:';
    command.addHelpText('after', `\n${[title, ...shown.map((line) => `  ${line}`)].join('\n')}`);
  }
  for (const below of command.commands) showExamples(below, `${name} ${below.name()}`.trim());
}

/** What is wrong with a command line is said as every other problem is. */
function complainAlike(command: Command): void {
  command.configureOutput({
    outputError: (text, write) => {
      const message = text.trim().replace(/^error: /, '');
      write(complaintText({ type: 'usage_error', message }));
    },
  });
  for (const below of command.commands) complainAlike(below);
}
