import { Command, InvalidArgumentError } from 'commander';
import { version } from '../std/version.ts';
import { StartProblem } from '../start-problem.ts';
import { StoreFault } from '../store/open-database.ts';
import type { CassetteFlags, DriftFlags } from './cassettes.ts';
import { driftCommand, listCassettesCommand, showCassetteCommand } from './cassettes.ts';
import type { ChatFlags } from './chat.ts';
import { chat } from './chat.ts';
import { doctor } from './doctor.ts';
import type { CreateKeyFlags, KeyFlags } from './keys.ts';
import { createKeyCommand, listKeysCommand, revokeKeyCommand } from './keys.ts';
import type { ConfigFlags } from './load-config.ts';
import type { ServeFlags } from './serve.ts';
import { emulate, serve } from './serve.ts';
import { complain } from './terminal.ts';

function naturalNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
}

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
    .option('--dev-key <key>', 'a fixed key, for development on loopback');
}

function keysCommand(): Command {
  const keys = new Command('keys').description('API keys');
  withConfig(keys.command('create'))
    .description('make a key and show it once')
    .option('--name <name>', 'what it is for', 'unnamed')
    .option('--admin', 'a key that administers instead of calling models')
    .option('--expires-days <days>', 'days until it stops working', naturalNumber)
    .option('--json', 'answer in JSON')
    .action((flags: CreateKeyFlags) => createKeyCommand(flags));
  withConfig(keys.command('list'))
    .description('show all keys')
    .option('--json', 'answer in JSON')
    .action((flags: KeyFlags) => listKeysCommand(flags));
  withConfig(keys.command('revoke <id>'))
    .description('end a key; a running gateway follows within a second')
    .option('--json', 'answer in JSON')
    .action((id: string, flags: KeyFlags) => revokeKeyCommand(id, flags));
  return keys;
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

function program(): Command {
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
  quatrain.addCommand(cassettesCommand());
  quatrain
    .command('chat [prompt]')
    .description('talk to a gateway; without a prompt, line by line')
    .option('--url <url>', 'base URL', process.env['QUATRAIN_URL'] ?? 'http://127.0.0.1:4114')
    .option('--key <key>', 'API key (default: QUATRAIN_API_KEY)')
    .option('--model <model>', 'model', 'claude-sonnet-4-6')
    .option('--system <text>', 'system prompt')
    .option('--max-tokens <number>', 'most tokens of an answer', naturalNumber, 1024)
    .action((prompt: string | undefined, flags: ChatFlags) => chat(prompt, flags));
  withConfig(quatrain.command('doctor'))
    .description('check the installation')
    .option('--json', 'answer in JSON')
    .action((flags: ConfigFlags & { readonly json?: boolean }) => doctor(flags));
  return quatrain;
}

try {
  await program().parseAsync();
} catch (error) {
  if (!(error instanceof StartProblem || error instanceof StoreFault)) throw error;
  complain(error.message);
}
