import { resolve as resolvePath } from 'node:path';
import { openStore } from '../store/open-store.ts';
import type { ConfigFlags } from './load-config.ts';
import { loadConfig } from './load-config.ts';
import { complain, say } from './terminal.ts';

/**
 * Proves the books and the audit log: recomputes what is stored from what happened, as it is
 * committed when the command begins. A gateway may run meanwhile. Ends with 1 where they are unsound.
 */
export async function verifyLedgerCommand(
  flags: ConfigFlags & { readonly json?: boolean },
): Promise<void> {
  const store = await openStore(resolvePath(loadConfig(flags).data_dir), complain);
  try {
    const [ledger, auditLog] = [await store.ledger.verify(), await store.auditLog.verify()];
    const problems = [...ledger.problems, ...auditLog.problems.map((text) => `audit log: ${text}`)];
    if (flags.json === true)
      say(JSON.stringify({ isSound: problems.length === 0, ledger, auditLog }));
    else {
      say(
        `ledger     ${counted(ledger.transfers, 'transfer')} between ${counted(ledger.accounts, 'account')}, ${counted(ledger.openHolds, 'open hold')}`,
      );
      say(`           ends with ${ledger.head}`);
      say(`audit log  ${counted(auditLog.entries, 'entry', 'entries')}`);
      say(`           ends with ${auditLog.head}`);
      if (problems.length === 0) say('All of it adds up.');
    }
    for (const problem of problems) complain(problem);
  } finally {
    await store.close();
  }
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}
