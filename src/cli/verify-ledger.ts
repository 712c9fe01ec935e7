import { resolve as resolvePath } from 'node:path';
import type { AuditCheck } from '../ledger/audit-trail.ts';
import type { LedgerAudit } from '../ledger/ledger-store.ts';
import { systemClock } from '../std/clock.ts';
import type { Store } from '../store/open-store.ts';
import { openStore } from '../store/open-store.ts';
import type { ConfigFlags } from './load-config.ts';
import { loadConfig } from './load-config.ts';
import { Progress } from './progress.ts';
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
    const reading = new Progress({
      label: 'books',
      out: process.stderr,
      clock: systemClock,
      isSilent: flags.json === true,
    });
    const [ledger, auditLog] = await verifyAll(store, reading).finally(() => {
      reading.end();
    });
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

/** Both, with a bar for each in turn. */
async function verifyAll(
  { ledger, auditLog }: Pick<Store, 'ledger' | 'auditLog'>,
  reading: Progress,
): Promise<readonly [LedgerAudit, AuditCheck]> {
  const shown = (label: string) => (rows: number, total: number) => {
    reading.at(rows, { total, label });
  };
  return [await ledger.verify(shown('books')), await auditLog.verify(shown('audit log'))];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}
