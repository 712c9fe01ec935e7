import { parseArgs } from 'node:util';
import { parseConfig } from '../../src/config/parse-config.ts';
import { startGateway } from '../../src/main.ts';

/**
 * Asks every admin GET that pages of the console use, on a made store,  and says how long each takes: p50, p95 and CPU time. Exits
 * with 1 where one is above the bound at p95.
 */

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    key: { type: 'string' },
    times: { type: 'string', default: '20' },
    bound: { type: 'string', default: '300' },
    only: { type: 'string', default: '' },
  },
});
if (values.dir === undefined || values.key === undefined) {
  throw new Error('--dir DIRECTORY and --key ADMIN-KEY are wanted');
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const now = Date.now();
const before = (ms: number): string => new Date(now - ms).toISOString();
const filters: Readonly<Record<string, string>> = {
  'a key': 'key=key0000003',
  'a key that asks seldom': 'key=key0000800',
  'a key that is not there': 'key=nobody1234',
  'an account': 'account=account-7',
  'a model': 'model=claude-opus-4-8',
  'a model that is not there': 'model=no-such-model',
  'an upstream': 'upstream=vertex',
  'an upstream that is not there': 'upstream=none',
  'a status': 'status=529',
  'a status that is not there': 'status=418',
  'any error': 'error=any',
  'an error': 'error=overloaded',
  'an error that is not there': 'error=unavailable',
  'a cost': 'cost_min_nano=49900000',
  'a cost that nothing has': 'cost_min_nano=99000000000',
  'a form': 'form=workers-ai',
  'a form that is not there': 'form=fax',
  'a gateway': 'gateway=search',
  'a gateway that is not there': 'gateway=none',
  streams: 'stream=true',
  'what took long': 'min_ms=20150',
  'what took longer than anything': 'min_ms=3600000',
  'an hour of last week': `from=${before(7 * DAY_MS)}&to=${before(7 * DAY_MS - HOUR_MS)}`,
};
const pairs: readonly (readonly [string, string])[] = [
  ['a key', 'any error'],
  ['a key', 'a model'],
  ['an account', 'any error'],
  ['an account', 'a model'],
  ['an account', 'an upstream'],
  ['a model', 'an upstream'],
  ['a model', 'any error'],
  ['a model', 'a status'],
  ['an upstream', 'a status'],
  ['an upstream', 'an error'],
  ['a key that asks seldom', 'a cost'],
  ['a form', 'a gateway'],
  ['an account', 'a gateway that is not there'],
  ['streams', 'what took longer than anything'],
  ['an account', 'a cost that nothing has'],
];

function targets(requestId: string, cursor: string): readonly (readonly [string, string])[] {
  const list = '/admin/v1/requests?limit=50';
  const narrowed = Object.entries(filters).map(
    ([name, filter]) => [`requests by ${name}`, `${list}&${filter}`] as const,
  );
  const both = pairs.map(
    ([one, other]) =>
      [
        `requests by ${one} and ${other}`,
        `${list}&${filters[one] ?? ''}&${filters[other] ?? ''}`,
      ] as const,
  );
  const overviews = [1, 7, 29].flatMap((days) =>
    ['', 'hour', 'day', 'model', 'account', 'key', 'upstream', 'status', 'error', 'hour,model'].map(
      (group) =>
        [
          `overview of ${String(days)} d by ${group === '' ? 'nothing' : group}`,
          `/admin/v1/overview?from=${before(days * DAY_MS)}&to=${new Date(now).toISOString()}${group === '' ? '' : `&group_by=${group}`}`,
        ] as const,
    ),
  );
  const plain = [
    'live',
    'keys',
    'accounts',
    'batches',
    'scenarios',
    'cassettes',
    'audit-log',
    'audit-log/names',
    'audit-log?action=key.revoke&actor=operator',
    'keys?kind=admin&status=active',
    'prices',
    'plans',
    'upstreams',
    'routes',
    'gateways',
    'policies',
    'settings',
    'registry',
  ].map((name) => [name, `/admin/v1/${name}`] as const);
  return [
    ['requests, newest first', list],
    ['requests, far back', `${list}&cursor=${cursor}`],
    ...narrowed,
    ...both,
    ['a request', `/admin/v1/requests/${requestId}`],
    ['an exchange', `/admin/v1/requests/${requestId}/exchange`],
    ...overviews,
    ...plain,
  ];
}

const parsed = parseConfig({
  file: { name: 'bench', text: 'log_level: error\nrequest_log: { retention_days: 365 }\n' },
  env: {},
  flags: { 'listen.port': 0, 'admin.port': 0, data_dir: values.dir },
});
if (parsed.kind === 'issues') throw new Error(JSON.stringify(parsed.issues));
const gateway = await startGateway({
  config: parsed.config,
  secrets: { env: {}, readFile: () => undefined },
  writeLog: (line) => process.stderr.write(line),
  onFatal: (reason) => {
    throw new Error(reason);
  },
});
const key = values.key;
let isSlow = false;
try {
  const asked = targets('req_made0000500000', `${String(now - 20 * DAY_MS)}.300000`).filter(
    ([name]) => name.includes(values.only),
  );
  for (const [name, target] of asked) isSlow = (await measure(name, target)) || isSlow;
} finally {
  await gateway.gateway.stop();
}
process.exitCode = isSlow ? 1 : 0;

async function measure(name: string, target: string): Promise<boolean> {
  const times: number[] = [];
  let bytes = 0;
  const { user, system } = process.cpuUsage();
  for (let time = 0; time < Number(values.times); time += 1) {
    const startedMs = performance.now();
    const answer = await fetch(`${gateway.adminUrl}${target}`, { headers: { 'x-api-key': key } });
    const text = await answer.text();
    times.push(performance.now() - startedMs);
    bytes = text.length;
    if (answer.status === 404) {
      process.stdout.write(`${name.padEnd(60)} not there\n`);
      return false;
    }
    if (answer.status !== 200) throw new Error(`${target}: ${String(answer.status)} ${text}`);
  }
  const used = process.cpuUsage({ user, system });
  // Of all threads: on a busy machine it says more than how long one waited.
  const cpuMs = (used.user + used.system) / 1000 / times.length;
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const isAbove = at(0.95) > Number(values.bound);
  const figures = [at(0.5), at(0.95), cpuMs].map((ms) => ms.toFixed(1).padStart(8)).join(' ');
  process.stdout.write(
    `${name.padEnd(60)} ${figures} ms ${String(bytes).padStart(9)} B${isAbove ? '  ABOVE' : ''}\n`,
  );
  return isAbove;
}
