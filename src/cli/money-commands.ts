import { Command } from 'commander';
import type { MoneyOrder } from '../admin/wallet-orders.ts';
import type { ChangeAccountFlags, CreateAccountFlags } from './accounts.ts';
import {
  changeAccountCommand,
  createAccountCommand,
  listAccountsCommand,
  showAccountCommand,
} from './accounts.ts';
import type { AuditFlags } from './audit.ts';
import { listAuditCommand, verifyAuditCommand } from './audit.ts';
import { importPricesCommand } from './import-prices.ts';
import { naturalNumber } from './natural-number.ts';
import type { OrderFlags } from './open-orders.ts';
import type { AddPriceFlags } from './prices.ts';
import {
  addPriceCommand,
  closePriceCommand,
  listPlansCommand,
  listPricesCommand,
  showPricingCommand,
} from './prices.ts';
import type { UsageFlags } from './usage.ts';
import { usageCommand } from './usage.ts';
import type { MoveMoneyFlags, TransactionFlags, TurnWalletFlags } from './wallets.ts';
import {
  listTransactionsCommand,
  moveMoneyCommand,
  openWalletCommand,
  showWalletCommand,
  turnWalletCommand,
} from './wallets.ts';

const ROWS = 100;

/** The commands about accounts and money: what the admin API does, on the store itself. */
export function moneyCommands(withConfig: (command: Command) => Command): readonly Command[] {
  const under = (parent: Command, usage: string, description: string): Command =>
    withConfig(parent.command(usage)).description(description).option('--json', 'answer in JSON');
  return [accounts(under), wallets(under), prices(under), plans(under), usage(under), audit(under)];
}

type Under = (parent: Command, usage: string, description: string) => Command;

function accounts(under: Under): Command {
  const group = new Command('accounts').description('who owns keys and wallets');
  under(group, 'create', 'make an account')
    .requiredOption('--name <name>', 'what it is called')
    .option('--id <id>', 'its id (default: a new one)')
    .option('--plan <name>', 'its plan (default: the configured one)')
    .action((flags: CreateAccountFlags) => createAccountCommand(flags));
  under(group, 'list', 'show all accounts that have a record').action((flags: OrderFlags) =>
    listAccountsCommand(flags),
  );
  under(group, 'show <id>', 'show one account').action((id: string, flags: OrderFlags) =>
    showAccountCommand(id, flags),
  );
  under(group, 'change <id>', 'change name, plan or status of an account')
    .option('--name <name>', 'what it is called')
    .option('--plan <name>', 'its plan')
    .option('--status <status>', 'open or closed: keys of a closed one do not work')
    .action((id: string, flags: ChangeAccountFlags) => changeAccountCommand(id, flags));
  return group;
}

/** Movements of money, each a command: its name, why money moves, and what it does. */
const movements: readonly (readonly [string, MoneyOrder['reason'], string])[] = [
  ['top-up', 'top_up', 'put money in that came some other way than by a payment processor'],
  ['grant', 'grant', 'give promotional credit, which is spent first'],
  ['adjust-up', 'adjust_up', 'put money in to put something right'],
  ['adjust-down', 'adjust_down', 'take money out to put something right'],
  ['refund', 'refund', 'take out what went back to who paid it'],
  ['chargeback', 'chargeback', 'take out what a bank took back, below zero if need be'],
];

function wallets(under: Under): Command {
  const group = new Command('wallets').description('money of accounts');
  under(group, 'open <account>', 'open the wallet of an account').action(
    (account: string, flags: OrderFlags) => openWalletCommand(account, flags),
  );
  under(group, 'show <account>', 'show what a wallet has').action(
    (account: string, flags: OrderFlags) => showWalletCommand(account, flags),
  );
  for (const [name, reason, description] of movements) {
    const command = under(group, `${name} <account> <usd>`, description)
      .requiredOption('--reason <text>', 'why, for the books')
      .option('--ticket <text>', 'where that is written down')
      .option('--about <id>', 'the transfer that it is about')
      .option('--idempotency-key <key>', 'a name for this order: the same again moves nothing')
      .action((account: string, usd: string, flags: MoveMoneyFlags) =>
        moveMoneyCommand(reason, { account, usd }, flags),
      );
    if (reason === 'grant') {
      command.requiredOption('--expires-days <days>', 'days until it lapses', naturalNumber);
    }
  }
  under(group, 'freeze <account>', 'stop a wallet from paying')
    .requiredOption('--reason <text>', 'why')
    .action((account: string, flags: TurnWalletFlags) =>
      turnWalletCommand(account, 'frozen', flags),
    );
  under(group, 'unfreeze <account>', 'let a frozen wallet pay again')
    .requiredOption('--reason <text>', 'why')
    .action((account: string, flags: TurnWalletFlags) => turnWalletCommand(account, 'open', flags));
  under(group, 'transactions <account>', 'show what moved in a wallet, newest first')
    .option('--limit <number>', 'how many', naturalNumber, ROWS)
    .action((account: string, flags: TransactionFlags) => listTransactionsCommand(account, flags));
  return group;
}

function prices(under: Under): Command {
  const group = new Command('prices').description('what models cost');
  under(group, 'show', 'show what every model costs now')
    .option('--plan <name>', 'for accounts of a plan')
    .action((flags: OrderFlags & { readonly plan?: string }) => showPricingCommand(flags));
  under(group, 'list', 'show the prices that were set, closed ones too').action(
    (flags: OrderFlags) => listPricesCommand(flags),
  );
  under(group, 'add', 'set a price from a moment to come on')
    .requiredOption('--model <name>', 'the model')
    .requiredOption('--class <class>', 'input, output, cache_read, …')
    .requiredOption('--usd <amount>', 'USD a million')
    .requiredOption('--from <time>', 'from when on, like 2027-01-01T00:00:00Z')
    .requiredOption('--source <text>', 'where it comes from')
    .option('--to <time>', 'until when')
    .option('--tier <tokens>', 'for prompts of more tokens than this', naturalNumber, 0)
    .option('--plan <name>', 'for accounts of a plan')
    .action((flags: AddPriceFlags) => addPriceCommand(flags));
  under(group, 'import <file>', 'set the prices of a file, one a line').action(
    (path: string, flags: OrderFlags) => importPricesCommand(path, flags),
  );
  under(group, 'close <id>', 'end a price at a moment to come')
    .requiredOption('--at <time>', 'when, like 2027-01-01T00:00:00Z')
    .action((id: string, flags: OrderFlags & { readonly at: string }) =>
      closePriceCommand(id, flags),
    );
  return group;
}

function plans(under: Under): Command {
  const group = new Command('plans').description('what accounts may use');
  under(group, 'list', 'show all plans').action((flags: OrderFlags) => listPlansCommand(flags));
  return group;
}

function usage(under: Under): Command {
  const group = new Command('usage').description('what was used');
  under(group, 'count', 'count what was used in some days')
    .requiredOption('--from <date>', 'the first day, like 2026-11-01')
    .requiredOption('--to <date>', 'the last day')
    .option('--group-by <names>', 'some of day,model,key,account,upstream,form', 'day')
    .option('--tz <name>', 'the time zone of the days', 'UTC')
    .option('--account <id>', 'one account (default: all)')
    .action((flags: UsageFlags) => usageCommand(flags));
  return group;
}

function audit(under: Under): Command {
  const group = new Command('audit').description('who changed what');
  under(group, 'list', 'show who changed what, newest first')
    .option('--account <id>', 'one account (default: all)')
    .option('--action <name>', 'one action, like key.revoke, or all about one thing, like key')
    .option('--actor <name>', 'who did it, like operator:ada, or all of one kind, like operator')
    .option('--key <id>', 'by one key')
    .option('--limit <number>', 'how many', naturalNumber, ROWS)
    .action((flags: AuditFlags) => listAuditCommand(flags));
  under(group, 'verify', 'compute the chain of hashes again').action((flags: OrderFlags) =>
    verifyAuditCommand(flags),
  );
  return group;
}
