import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry, AuditPage, AuditPlace } from '../ledger/audit-trail.ts';
import type { RequestRecord } from '../telemetry/request-log.ts';
import type { RequestListing } from '../telemetry/request-reads.ts';
import type { BackgroundReader } from './background-reader.ts';
import type { Store } from './open-store.ts';
import { openStore } from './open-store.ts';
import { SqliteAuditLog } from './sqlite-audit-log.ts';
import { requestRow } from './sqlite-request-log.ts';
import { SqliteRequestReads } from './sqlite-request-reads.ts';
import type { SqlValue } from './statements.ts';

let directory: string;
let store: Store;
let database: DatabaseSync;
/** Every question that was asked, for what becomes of it in the database. */
let asked: (readonly [string, readonly SqlValue[]])[] = [];

const listening: Pick<BackgroundReader, 'query'> = {
  query: (text, values, account) => {
    asked.push([text, values]);
    return store.background.query(text, values, account);
  },
};

/** What indexes and tables the first of the questions looks at. */
function plan(): string {
  const [text, values] = asked[0] ?? ['', []];
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values);
  return rows.map(({ detail }) => String(detail)).join('\n');
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'quatrain-filters-'));
  store = await openStore(directory, () => {});
  database = new DatabaseSync(join(directory, 'quatrain.db'), { readOnly: true });
  await writeRequests();
  for (const entry of entries) await store.auditLog.append(entry);
});
afterAll(async () => {
  database.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const plainRequest: RequestRecord = {
  requestId: 'plain',
  startedAtMs: 1000,
  keyId: 'key1',
  account: 'acme',
  dialect: 'messages',
  operation: 'messages.create',
  model: 'claude-sonnet-4-6',
  upstream: 'emulator',
  status: 200,
  errorCode: undefined,
  isStream: false,
  usage: {},
  usageIsFinal: true,
  requestBytes: 1,
  responseBytes: 1,
  firstByteMs: 1,
  totalMs: 10,
};
/** From the oldest to the newest. */
const requests: readonly Partial<RequestRecord>[] = [
  {},
  { requestId: 'chat', dialect: 'chat-completions', totalMs: 1500.5 },
  { requestId: 'streamed', isStream: true, totalMs: 1500 },
  { requestId: 'search', dialect: 'workers-ai', gatewayId: 'search' },
  { requestId: 'stream-of-search', gatewayId: 'search', isStream: true, account: 'other' },
  { requestId: 'default', dialect: 'workers-ai', gatewayId: 'default', totalMs: 9000 },
];

async function writeRequests(): Promise<void> {
  const rows = requests.map((request, at) =>
    requestRow({ ...plainRequest, startedAtMs: 1000 + at, ...request }),
  );
  await store.writer.write({ statement: 'insertRequest', rows });
}

const requestCases: readonly (readonly [Partial<RequestListing>, readonly string[]])[] = [
  [{ form: 'messages' }, ['stream-of-search', 'streamed', 'plain']],
  [{ form: 'chat-completions' }, ['chat']],
  [{ form: 'fax' }, []],
  [{ gatewayId: 'search' }, ['stream-of-search', 'search']],
  [{ gatewayId: 'none' }, []],
  [{ isStream: true }, ['stream-of-search', 'streamed']],
  [{ isStream: false }, ['default', 'search', 'chat', 'plain']],
  [{ totalMinMs: 1500 }, ['default', 'streamed', 'chat']],
  [{ totalMinMs: 1501 }, ['default']],
  [{ totalMinMs: 0, form: 'workers-ai', isStream: false }, ['default', 'search']],
  [{ gatewayId: 'search', account: 'other' }, ['stream-of-search']],
  [{ gatewayId: 'search', isStream: true, account: 'acme' }, []],
];

describe('requests', () => {
  test.each(requestCases)('narrowed by %j', async (narrowed, ids) => {
    asked = [];
    const reads = new SqliteRequestReads(listening, () => Promise.resolve());
    const { rows } = await reads.list({ ...narrowed, limit: 10 });
    expect(rows.map(({ requestId }) => requestId)).toEqual(ids);
    const index =
      narrowed.account === undefined
        ? /COVERING INDEX request_log_in_order/
        : /INDEX request_log_of_account \(account=\?\)/;
    expect(plan()).toMatch(index);
  });

  test('a row says which gateway it named, and nothing where it named none', async () => {
    const reads = new SqliteRequestReads(listening, () => Promise.resolve());
    expect((await reads.find('search'))?.gatewayId).toBe('search');
    expect((await reads.find('plain'))?.gatewayId).toBeUndefined();
  });
});

const entries: readonly AuditEntry[] = [
  { atMs: 1000, actor: 'command', action: 'key.create', account: 'acme', subject: 'k1' },
  { atMs: 2000, actor: 'operator:ada', action: 'key.revoke', account: 'acme', subject: 'k1' },
  {
    atMs: 3000,
    actor: 'admin:boss',
    keyId: 'boss',
    action: 'keyring.made-up',
    account: 'other',
    subject: 'wallet:other',
  },
  { atMs: 4000, actor: 'operator:adam', action: 'plan.create', subject: 'gold' },
  // The clock was set back before this one.
  { atMs: 1500, actor: 'operator:ada', action: 'plan.remove', subject: 'gold' },
];

const auditCases: readonly (readonly [Partial<AuditPage>, readonly bigint[]])[] = [
  [{}, [4n, 3n, 2n, 5n, 1n]],
  [{ action: 'key.revoke' }, [2n]],
  [{ action: 'key' }, [2n, 1n]],
  [{ action: 'revoke' }, []],
  [{ actor: 'operator:ada' }, [2n, 5n]],
  [{ actor: 'operator' }, [4n, 2n, 5n]],
  [{ actor: 'admin:boss' }, [3n]],
  [{ actor: 'oper' }, []],
  [{ keyId: 'boss' }, [3n]],
  [{ subject: 'gold' }, [4n, 5n]],
  [{ subject: 'k1', actor: 'command' }, [1n]],
  [{ fromMs: 1500 }, [4n, 3n, 2n, 5n]],
  [{ toMs: 1500 }, [1n]],
  [{ fromMs: 1500, toMs: 3000 }, [2n, 5n]],
  [{ account: 'acme' }, [2n, 1n]],
  [{ account: 'acme', action: 'key.create', toMs: 2000 }, [1n]],
];

describe('entries of the audit log', () => {
  const logOf = (lookMax?: number): SqliteAuditLog =>
    new SqliteAuditLog(listening, store.writer, () => store.auditLog.verify(), lookMax);

  test.each(auditCases)('narrowed by %j', async (narrowed, sequences) => {
    asked = [];
    const found = await logOf().list({ ...narrowed, limit: 10 });
    expect(found.records.map(({ sequence }) => sequence)).toEqual(sequences);
    expect(found.lookedTo).toBeUndefined();
    const index = narrowed.account === undefined ? 'audit_log_in_order' : 'audit_log_of_account';
    expect(plan()).toContain(`COVERING INDEX ${index}`);
  });

  test.each(auditCases)(
    'narrowed by %j, looked for two at a time: each is found once',
    async (narrowed, sequences) => {
      const found: bigint[] = [];
      let after: AuditPlace | undefined;
      do {
        const page = await logOf(2).list({ ...narrowed, after, limit: 3 });
        found.push(...page.records.map(({ sequence }) => sequence));
        after = page.lookedTo;
      } while (after !== undefined);
      expect(found).toEqual(sequences);
    },
  );

  test('name what to look for, each once', async () => {
    expect(await logOf().names()).toEqual({
      actions: ['key.create', 'key.revoke', 'keyring.made-up', 'plan.create', 'plan.remove'],
      actors: ['admin:boss', 'command', 'operator:ada', 'operator:adam'],
    });
  });

  test('are chained as ever', async () => {
    expect(await store.auditLog.verify()).toMatchObject({ entries: 5, problems: [] });
  });
});
