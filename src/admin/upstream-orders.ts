import type { UpstreamConfig } from '../config/config.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import type { ProbeQuestion } from '../routing/probe-question.ts';
import { probeUpstream } from '../routing/probe-upstream.ts';
import { healthPrefixOf, placeOf } from '../routing/route-plan.ts';
import { CancellationSource } from '../std/cancellation.ts';
import type { UpstreamFigures } from '../telemetry/upstream-window.ts';
import type { Done } from './audit-note.ts';
import type {
  CredentialProbeAnswer,
  ProbeAnswer,
  TargetAnswer,
  UpstreamFiguresAnswer,
  UpstreamStateAnswer,
} from './contract-operations.ts';
import { maybeTimeText, timeText } from './field-schemas.ts';
import type { OperationParts } from './operation-parts.ts';
import { targetStateOf } from './target-states.ts';

/** An upstream that does not answer by then does not work. */
const PROBE_MS_MAX = 10_000;

/** Every upstream that there is, in the order of the configuration. */
export function listUpstreams(parts: OperationParts): readonly UpstreamStateAnswer[] {
  return [...parts.walk.settings().upstreams.byName.keys()].map((name) => encode(name, parts));
}

/** Keeps new requests from an upstream, or lets them there again. */
export function orderDrain(
  parts: OperationParts,
  name: string,
  order: 'drain' | 'resume',
): Done<UpstreamStateAnswer> | Refusal {
  const { health, log } = parts.walk;
  const known = find(parts, name);
  if (isRefusal(known)) return known;
  if (health === undefined) return refusal('not_found', 'Nobody keeps how upstreams fare here.');
  const isNews = order === 'drain' ? health.drains.drain(name) : health.drains.resume(name);
  if (isNews) log.info(`upstream_${order}`, { upstream: name });
  const after = { is_drained: order === 'drain' };
  const before = { is_drained: isNews ? !after.is_drained : after.is_drained };
  const note = { action: `upstream.${order}`, subject: name, before, after };
  return { kind: 'done', answer: encode(name, parts), note };
}

/** Asks an upstream, with each of its credentials, something that costs nothing. */
export async function orderProbe(
  parts: OperationParts,
  name: string,
): Promise<Done<ProbeAnswer> | Refusal> {
  const known = find(parts, name);
  if (isRefusal(known)) return known;
  const question = parts.questionFor(name);
  if (question === undefined) {
    const text = `There is nothing that can be asked of "${name}" for nothing: its next request tells how it fares.`;
    return refusal('conflict', text, { reason: 'nothing_free_to_ask', isRetryable: false });
  }
  const credentials = await Promise.all(
    known.pool.map((upstream) => probe(upstream, question, parts)),
  );
  const failed = credentials.filter(({ ok }) => !ok);
  const answer: ProbeAnswer = {
    upstream: name,
    ok: failed.length === 0,
    ms: Math.max(0, ...credentials.map(({ ms }) => ms)),
    detail: (failed[0] ?? credentials[0])?.detail ?? '',
    credentials,
  };
  const { ok, detail } = answer;
  return {
    kind: 'done',
    answer,
    note: { action: 'upstream.probe', subject: name, after: { ok, detail } },
  };
}

async function probe(
  upstream: Upstream,
  question: ProbeQuestion,
  { walk: { clock, health } }: OperationParts,
): Promise<CredentialProbeAnswer> {
  const cancellation = new CancellationSource();
  const startedMs = clock.monotonicMs();
  let isLate = false;
  const limit = clock.after(PROBE_MS_MAX, () => {
    isLate = true;
    cancellation.cancel();
  });
  const { isWell, status, detail } = await probeUpstream(upstream, cancellation, question);
  limit.cancel();
  const ok = isWell && !isLate;
  if (ok && health !== undefined) {
    // As after any probe: the next request proves it.
    const prefix = healthPrefixOf(upstream);
    const broken = health.breakers.openNames.filter((key) => key.startsWith(prefix));
    for (const healthKey of broken) health.breakers.letThrough(healthKey);
  }
  return {
    credential: upstream.credential ?? 0,
    ok,
    ms: Math.round(clock.monotonicMs() - startedMs),
    http_status: status ?? null,
    detail: isLate ? `It did not answer within ${String(PROBE_MS_MAX)} milliseconds.` : detail,
  };
}

interface KnownUpstream {
  readonly kind: 'upstream';
  readonly pool: readonly Upstream[];
}

function find({ walk }: OperationParts, name: string): KnownUpstream | Refusal {
  const { byName, pools } = walk.settings().upstreams;
  const only = byName.get(name);
  if (only !== undefined) return { kind: 'upstream', pool: pools?.get(name) ?? [only] };
  const text = `There is no upstream "${name}".`;
  return refusal('not_found', text, { reason: 'upstream_not_found' });
}

function encode(name: string, parts: OperationParts): UpstreamStateAnswer {
  const { walk, window } = parts;
  const { byName, pools, defaultName } = walk.settings().upstreams;
  const { [name]: configured } = parts.configured();
  const drainedSinceMs = walk.health?.drains.sinceMs(name);
  const targets = targetsOf(name, parts);
  return {
    name,
    driver: configured?.kind ?? name,
    origin: configured === undefined ? null : originOf(configured),
    is_default: name === defaultName,
    models: configured === undefined ? null : modelsOf(configured),
    credentials: hasCredential(configured) ? (pools?.get(name)?.length ?? 1) : 0,
    is_drained: byName.has(name) && drainedSinceMs !== undefined,
    drained_at: maybeTimeText(drainedSinceMs),
    live: targets.reduce((sum, { live }) => sum + live, 0),
    targets,
    last_5_minutes: encodeFigures(window.read(name, 5)),
    last_hour: encodeFigures(window.read(name, 60)),
  };
}

function targetsOf(name: string, { walk: { health } }: OperationParts): readonly TargetAnswer[] {
  if (health === undefined) return [];
  const { breakers, pauses, loads } = health;
  const known = new Set([...breakers.names, ...pauses.keys, ...loads.keys]);
  return [...known].flatMap((healthKey) => {
    const { upstream, credential, model = null } = placeOf(healthKey);
    if (upstream !== name) return [];
    const { state, openForMs = null, pauseLeftMs = null, live } = targetStateOf(health, healthKey);
    return { credential, model, state, open_for_ms: openForMs, pause_left_ms: pauseLeftMs, live };
  });
}

function encodeFigures(figures: UpstreamFigures): UpstreamFiguresAnswer {
  const { totalMs, firstContentMs, lastError } = figures;
  return {
    requests: figures.attempts,
    failed: figures.failed,
    total_ms: { p50: totalMs.p50 ?? null, p95: totalMs.p95 ?? null },
    first_content_ms: { p50: firstContentMs.p50 ?? null, p95: firstContentMs.p95 ?? null },
    last_error:
      lastError === undefined
        ? null
        : {
            at: timeText(lastError.atMs),
            code: lastError.code ?? null,
            http_status: lastError.status ?? null,
          },
    last_used_at: maybeTimeText(figures.lastUsedAtMs),
  };
}

/** Never more of an address than where it is: what is behind may be somebody's secret. */
function originOf(upstream: UpstreamConfig): string | null {
  const url = 'base_url' in upstream ? upstream.base_url : undefined;
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : null;
}

function modelsOf(upstream: UpstreamConfig): readonly string[] | null {
  if ('models' in upstream) return Object.keys(upstream.models);
  return 'deployments' in upstream ? Object.keys(upstream.deployments) : null;
}

function hasCredential(upstream: UpstreamConfig | undefined): boolean {
  if (upstream === undefined || upstream.kind === 'replay') return false;
  return !('auth' in upstream) || upstream.auth !== 'none';
}
