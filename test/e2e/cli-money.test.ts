import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finished } from '../support/cli.ts';
import { runCommand, startServe, temporaryDirectory } from '../support/cli.ts';

/** Accounts and money at the command line, on the store of a gateway that runs. */

const directory = temporaryDirectory();
const serving = ['--port', '0', '--admin-port', '0'];
let gateway: Awaited<ReturnType<typeof startServe>>;

beforeAll(async () => {
  gateway = await startServe(directory.path, serving);
});

afterAll(async () => {
  await gateway.kill();
  directory.remove();
});

const run = (...args: readonly string[]): Promise<Finished> => runCommand(directory.path, args);

async function json<Answer>(...args: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Answer;
}

test('an account gets a wallet and money, and a key of it spends that', async () => {
  await json('accounts', 'create', '--name', 'Acme', '--id', 'acme', '--plan', 'prepaid');
  await json('wallets', 'open', 'acme');
  const topUp = [
    'wallets',
    'top-up',
    'acme',
    '25',
    '--reason',
    'transfer',
    '--idempotency-key',
    'a',
  ];
  const first = await json<{ id: string; amount_nano: string }>(...topUp);
  expect(first).toMatchObject({ amount_nano: '25000000000', reason: 'top_up' });
  expect(await json(...topUp)).toEqual(first);
  expect(await json('wallets', 'show', 'acme')).toMatchObject({ posted_nano: '25000000000' });
  const { key } = await json<{ key: string }>('keys', 'create', '--account', 'acme');
  const answer = await fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({
      model: 'claude-sonnet-4-6',
      max_tokens: 64,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  });
  expect(answer.status).toBe(200);
  const charged = BigInt(answer.headers.get('x-credits-charged') ?? '0');
  expect(charged).toBeGreaterThan(0n);
  expect(await json('wallets', 'show', 'acme')).toMatchObject({
    posted_nano: String(25_000_000_000n - charged),
    held_nano: '0',
  });
  expect(await json('wallets', 'transactions', 'acme')).toMatchObject([
    { type: 'usage', direction: 'out', amount_nano: String(charged) },
    { type: 'top_up', direction: 'in' },
  ]);
});

test('what cannot be done says why, and nothing of it is done', async () => {
  const refund = ['wallets', 'refund', 'acme', '30', '--reason', 'too much'];
  const short = await run(...refund);
  expect([short.code, short.stderr]).toEqual([1, expect.stringContaining('less than that')]);
  const odd = await run('wallets', 'top-up', 'acme', '1,50', '--reason', 'comma');
  expect([odd.code, odd.stderr]).toEqual([1, expect.stringContaining('1,50 is no amount')]);
  const late = await run(
    'prices',
    'add',
    '--model',
    'claude-sonnet-4-6',
    '--class',
    'input',
    '--usd',
    '1',
    '--from',
    '2020-01-01T00:00:00Z',
    '--source',
    'past',
  );
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('effective_from')]);
  const nobody = await run('wallets', 'open', 'nobody');
  expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('no account "nobody"')]);
});

test('prices, plans, use and the audit log are shown', async () => {
  const added = await json<{ id: string }>(
    'prices',
    'add',
    '--model',
    'claude-sonnet-4-6',
    '--class',
    'input',
    '--usd',
    '2.5',
    '--from',
    '2090-01-01T00:00:00Z',
    '--source',
    'contract',
  );
  expect(await json('prices', 'list')).toMatchObject([
    { id: added.id, nano_per_mtok: '2500000000' },
  ]);
  await json('prices', 'close', added.id, '--at', '2091-01-01T00:00:00Z');
  expect(await json('plans', 'list')).toMatchObject([{ name: 'standard' }, { name: 'prepaid' }]);
  const today = new Date().toISOString().slice(0, 10);
  const usage = ['usage', 'count', '--from', today, '--to', today, '--group-by', 'account,model'];
  expect(await json(...usage, '--account', 'acme')).toMatchObject({
    data: [{ by: { account: 'acme', model: 'claude-sonnet-4-6' }, requests: 1 }],
  });
  const audit = await json<readonly { action: string; actor: string }[]>('audit', 'list');
  expect(audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['account.create', 'wallet.open', 'wallet.top_up', 'price.close']),
  );
  expect(audit.every(({ actor }) => /command|cli/.test(actor))).toBe(true);
  const opened = ['audit', 'list', '--action', 'wallet.open', '--actor', 'command'];
  expect(await json(...opened)).toMatchObject([{ action: 'wallet.open' }]);
  expect(await json('audit', 'list', '--action', 'wallet', '--key', 'nobody')).toEqual([]);
  expect(await json('audit', 'verify')).toMatchObject({ problems: [] });
});
