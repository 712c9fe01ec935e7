import { Command } from 'commander';
import type {
  BatchFlags,
  CreateBatchFlags,
  ListBatchesFlags,
  ResultsFlags,
  WaitFlags,
} from './batches.ts';
import {
  batchResultsCommand,
  cancelBatchCommand,
  createBatchCommand,
  listBatchesCommand,
  showBatchCommand,
  waitForBatch,
} from './batches.ts';
import type { ChatFlags } from './chat.ts';
import { chat } from './chat.ts';
import { naturalNumber } from './natural-number.ts';
import type { TopFlags } from './top.ts';
import { top } from './top.ts';

const BATCHES_SHOWN = 20;
const MODEL_USUAL = 'claude-sonnet-4-6';
const URL_USUAL = 'http://127.0.0.1:4114';

/** The commands that ask a gateway which runs, here or elsewhere. */
export function gatewayCommands(
  withConfig: (command: Command) => Command,
  each: (value: string, before?: readonly string[]) => readonly string[],
): readonly Command[] {
  return [chatCommand(each), topCommand(withConfig), batchesCommand(withConfig)];
}

function withGateway(command: Command): Command {
  return command
    .option('--url <url>', 'base URL', process.env['QUATRAIN_URL'] ?? URL_USUAL)
    .option('--key <key>', 'API key (default: QUATRAIN_API_KEY)');
}

function withAdmin(command: Command): Command {
  return command
    .option(
      '--admin-url <url>',
      'URL of the admin listener (default: QUATRAIN_ADMIN_URL, else as configured)',
    )
    .option('--admin-key <key>', 'admin key (default: QUATRAIN_ADMIN_KEY)');
}

function chatCommand(
  each: (value: string, before?: readonly string[]) => readonly string[],
): Command {
  return withGateway(new Command('chat'))
    .argument('[prompt]', 'the question')
    .description('talk to a gateway: one question, what is piped in, or line by line')
    .option('--model <model>', 'model', MODEL_USUAL)
    .option('--form <form>', 'form to ask in: messages or chat', 'messages')
    .option('--system <text>', 'system prompt')
    .option(
      '--max-tokens <number>',
      'most tokens of an answer (default: 1024, with --thinking 8192)',
      naturalNumber,
    )
    .option('--thinking', 'let the model think before it answers')
    .option('--file <path>', 'a picture, a PDF or a text that goes with the question', each)
    .option('--lines', 'take each line of the input for a question, or for a command like /model')
    .option('--no-color', 'no colours')
    .option('--json', 'answer in JSON, an object for each answer')
    .action((prompt: string | undefined, flags: ChatFlags) => chat(prompt, flags));
}

function topCommand(withConfig: (command: Command) => Command): Command {
  return withAdmin(withConfig(new Command('top')))
    .description('show what a gateway does now; q leaves')
    .option('--interval <seconds>', 'seconds between two looks', positiveNumber, 1)
    .option('--once', 'look once')
    .option('--no-color', 'no colours')
    .option('--json', 'answer in JSON, an object for each look')
    .action((flags: TopFlags) => top(flags));
}

function positiveNumber(text: string): number {
  return Math.max(1, naturalNumber(text));
}

function batchesCommand(withConfig: (command: Command) => Command): Command {
  const group = new Command('batches').description('many requests at once');
  const under = (usage: string, what: string): Command =>
    withGateway(group.command(usage)).description(what).option('--json', 'answer in JSON');
  const waiting = (command: Command): Command =>
    withAdmin(withConfig(command)).option(
      '--interval <seconds>',
      'seconds between two looks',
      positiveNumber,
      1,
    );
  waiting(under('create <file>', 'make a batch of a file with a request on each line'))
    .option('--wait', 'wait until it has ended')
    .action((path: string, flags: CreateBatchFlags) => createBatchCommand(path, flags));
  under('list', 'show the batches of the key’s account, newest first')
    .option('--limit <number>', 'how many', naturalNumber, BATCHES_SHOWN)
    .action((flags: ListBatchesFlags) => listBatchesCommand(flags));
  under('get <id>', 'show how far a batch is').action((id: string, flags: BatchFlags) =>
    showBatchCommand(id, flags),
  );
  waiting(under('wait <id>', 'wait until a batch has ended')).action(
    (id: string, flags: WaitFlags) => waitForBatch(id, flags),
  );
  under('results <id>', 'write the results, a JSON object on each line')
    .option('--output <file>', 'to a new file')
    .action((id: string, flags: ResultsFlags) => batchResultsCommand(id, flags));
  under('cancel <id>', 'begin no more requests of a batch').action(
    (id: string, flags: BatchFlags) => cancelBatchCommand(id, flags),
  );
  return group;
}
