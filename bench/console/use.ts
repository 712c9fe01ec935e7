import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/**
 * Uses the console of a gateway as an operator does: goes to another page every so often, with all that
 * it asks, and has live figures polled meanwhile. Runs until it is ended; then says how long the answers
 * took.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    key: { type: 'string' },
    /** How long a page is looked at. */
    'page-ms': { type: 'string', default: '5000' },
  },
});
const { url, key } = values;
if (url === undefined || key === undefined) throw new Error('--url ADMIN-URL and --key are wanted');

const PAGE_MS = Number(values['page-ms']);
/** As the overview polls them. */
const LIVE_MS = 2000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Whole hours, as the overview asks for them. */
function overview(days: number, groupBy: string): string {
  const to = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
  const from = new Date(to - days * DAY_MS).toISOString();
  return `/admin/v1/overview?from=${from}&to=${new Date(to).toISOString()}&group_by=${groupBy}`;
}

const list = '/admin/v1/requests?limit=100';

/** What each page asks when somebody goes there. */
const pages: readonly (() => readonly string[])[] = [
  () => [
    '/admin/v1/live',
    overview(1, ''),
    overview(1, 'hour'),
    overview(1, 'model'),
    overview(1, 'error'),
    '/admin/v1/keys?limit=100',
  ],
  () => [list, overview(1, 'model,upstream,status,error')],
  () => ['/admin/v1/live', overview(7, ''), overview(7, 'day'), overview(7, 'key')],
  () => [`${list}&error=any`],
  () => ['/admin/v1/upstreams', '/admin/v1/routes'],
  () => [`${list}&model=claude-opus-4-8&upstream=vertex`],
  () => ['/admin/v1/accounts?limit=100', '/admin/v1/plans', '/admin/v1/registry'],
  () => ['/admin/v1/settings', '/admin/v1/audit-log?limit=100', '/admin/v1/live'],
];

const took: number[] = [];
async function ask(path: string): Promise<void> {
  const startMs = performance.now();
  const response = await fetch(`${url ?? ''}${path}`, { headers: { 'x-api-key': key ?? '' } });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${path}: ${String(response.status)}`);
  took.push(performance.now() - startMs);
}

/** As the data plane is measured warm, so is the console: code that ran a few times only is slow code. */
const WARM_ROUNDS = 25;
for (let round = 0; round < WARM_ROUNDS; round += 1) {
  for (const page of pages) await Promise.all(page().map((path) => ask(path)));
}
took.length = 0;
process.stdout.write('at work\n');

const end = new AbortController();
process.once('SIGTERM', () => {
  end.abort();
});
const poll = setInterval(() => {
  void ask('/admin/v1/live');
}, LIVE_MS);
for (let turn = 0; !end.signal.aborted; turn += 1) {
  const asked = pages[turn % pages.length]?.() ?? [];
  await Promise.all([
    sleep(PAGE_MS, undefined, { signal: end.signal }).catch(() => {}),
    ...asked.map((path) => ask(path)),
  ]);
}
clearInterval(poll);
const sorted = took.toSorted((one, other) => one - other);
const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0);
process.stdout.write(
  `console: ${String(sorted.length)} answers, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(0.9999)} ms\n`,
);
