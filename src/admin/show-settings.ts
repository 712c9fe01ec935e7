import { createHash } from 'node:crypto';
import { modelsOf } from '../catalog/profiles.ts';
import { featuresOf } from '../pages/model-features.ts';
import type { JsonObject } from '../std/json.ts';
import { version } from '../std/version.ts';
import type { AdminParts } from './admin-parts.ts';
import { configChanges } from './config-changes.ts';
import type {
  RegistryAnswer,
  RegistryModelAnswer,
  SettingsAnswer,
  SettingsCheckAnswer,
} from './contract-operations.ts';
import { timeText } from './field-schemas.ts';
import type { OperationParts } from './operation-parts.ts';
import { listedPrices } from './price-orders.ts';
import { redactConfig } from './redact-config.ts';

const VERSION_LETTERS = 16;
const AUTHOR = 'Anthropic';

/** The process, and the configuration that is in force. */
export function showSettings(parts: AdminParts, atMs: number): SettingsAnswer {
  const { operations } = parts;
  const { process, walk } = operations;
  const settings = walk.settings();
  return {
    version,
    node_version: process.nodeVersion,
    started_at: timeText(process.startedAtMs),
    uptime_ms: Math.max(0, atMs - process.startedAtMs),
    is_ready: process.isReady(),
    public_url: process.publicUrl(),
    data_dir: process.dataDir,
    profile: settings.profile,
    plan: settings.plan.name,
    default_upstream: settings.upstreams.defaultName,
    price_version: priceVersion(parts, atMs),
    store: { database_bytes: process.databaseBytes() },
    queues: queuesOf(operations),
    config: redactConfig(operations.config()),
    needs_restart: operations.fixedOptions(),
  };
}

function queuesOf({ figures }: OperationParts): SettingsAnswer['queues'] {
  const now = figures();
  return {
    requests_in_flight: now.requestsInFlight,
    unheard_answers: now.unheardAnswers,
    request_log_dropped: now.requestLogDropped,
    gateway_log_dropped: now.gatewayLogDropped,
    recordings_dropped: now.recordingsDropped,
    spans_dropped: now.spansDropped,
    retries_refused: now.retriesRefused,
  };
}

/** Of all prices of the configured plan together. */
function priceVersion(parts: AdminParts, atMs: number): string {
  const listed = listedPrices(parts, parts.settings().plan.name, atMs);
  const versions = listed.map(({ model, price_version }) => [model, price_version]);
  const digest = createHash('sha256').update(JSON.stringify(versions)).digest('hex');
  return `pt_${digest.slice(0, VERSION_LETTERS)}`;
}

/** What a configuration would change if it were the process's own. */
export async function checkSettings(
  { checkConfig, config, fixedOptions }: OperationParts,
  yaml: string,
): Promise<SettingsCheckAnswer> {
  const parsed = await checkConfig(yaml);
  if (parsed.kind === 'issues') {
    const problems = parsed.issues.map(({ path, where, message }) => ({ path, where, message }));
    return { ok: false, problems, changes: [] };
  }
  const from: JsonObject = redactConfig(config());
  const changes = configChanges(from, redactConfig(parsed.config), fixedOptions());
  return { ok: true, problems: [], changes };
}

/** The models of the registry, for whoever has one chosen. */
export function showRegistry(parts: AdminParts, atMs: number): RegistryAnswer {
  const { plan, profile } = parts.settings();
  const prices = new Map(
    listedPrices(parts, plan.name, atMs).map((price) => [price.model, price] as const),
  );
  return {
    as_of: timeText(atMs),
    data: modelsOf(profile).map((model): RegistryModelAnswer => {
      const { id, aliases, formNames, retiredAt = null, longContextTokens = null } = model;
      return {
        id,
        display_name: model.displayName,
        author: AUTHOR,
        created_at: model.createdAt,
        retired_at: retiredAt,
        names: {
          messages: [id, ...aliases],
          chat_completions: formNames.chatCompletions,
          workers_ai: formNames.workersAi,
        },
        context_tokens: model.contextTokens,
        long_context_tokens: longContextTokens,
        output_tokens_max: model.maxOutputTokens,
        features: featuresOf(model),
        price: prices.get(id) ?? null,
      };
    }),
  };
}
