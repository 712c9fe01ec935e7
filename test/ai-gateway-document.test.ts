import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { GatewayOptions } from '../src/ai-gateway-form/gateway-call.ts';
import { headersWithoutEffect, optionRules } from '../src/ai-gateway-form/option-rules.ts';
import { encodeBindingError } from '../src/dialects/workers-ai/encode-binding-error.ts';
import { tooManyRequests } from '../src/gateway/admit-request.ts';
import { logDimensions } from '../src/policy/gateway-log.ts';
import { projectRoot } from './support/source-files.ts';

/** What docs/ai-gateway.md says of options and errors is made from the code. */

const path = join(projectRoot, 'docs/ai-gateway.md');

/** What each option does, in words. */
const effects: Readonly<Record<keyof GatewayOptions, string>> = {
  skipCache: '`true`: the cache has no part in it',
  cacheTtlSeconds: 'seconds, 60 to a month; 0: nothing is cached',
  cacheKey: 'a name for the answer, which turns the cache on; at most 1024 letters',
  metadata:
    'for the log: a flat object with texts of at most 1024 letters, of which five entries are kept',
  collectLog: 'whether it is logged',
  collectLogPayload: '`false`: the log has no bodies',
  eventId: 'comes back in the answer',
  requestTimeoutMs: 'milliseconds to the first byte of an answer; the last attempt may take longer',
  maxAttempts: '1 to 5, the first one counts too',
  retryDelayMs: 'milliseconds between attempts, at most 5000',
  backoff: 'how that grows: `constant`, `linear`, `exponential`',
  customCost:
    'what it costs, in USD: `{per_token_in, per_token_out, per_cache_read_token?, per_cache_write_token?}` or `{total_cost}`',
  providerKeyAlias: 'which stored key for the provider is used',
  needsProviderKey: '`true`: only with a key of the account’s own',
};

function optionTable(): string {
  const rows = (Object.keys(optionRules) as readonly (keyof GatewayOptions)[]).map((name) => {
    const { headers, path: place } = optionRules[name];
    const option = place === undefined ? '' : `\`${place.join('.')}\``;
    const spelled = headers.map((header) => `\`${header}\``).join(', formerly ');
    return `| ${option} | ${spelled} | ${effects[name]} |`;
  });
  return ['| option | header | |', '| --- | --- | --- |', ...rows].join('\n');
}

function headerList(): string {
  const names = headersWithoutEffect.map((header) => `\`${header}\``);
  return `${names.slice(0, 4).join(', ')},\n${names.slice(4).join(', ')}.`;
}

/** On the binding's routes, for a gateway that lets ten requests through in a minute. */
function refusedBody(): string {
  const rule = { limit: 10, intervalSeconds: 60, technique: 'sliding' } as const;
  const { body } = encodeBindingError(tooManyRequests('shop', rule, 42_000));
  const { internalCode, httpCode, name, description } = JSON.parse(
    Buffer.from(body).toString(),
  ) as Readonly<Record<string, unknown>>;
  const shown = { internalCode, httpCode, name, description };
  return `\`\`\`json\n${JSON.stringify(shown, undefined, 2)}\n\`\`\``;
}

const made: Readonly<Record<string, string>> = {
  options: optionTable(),
  'headers without effect': headerList(),
  'one request too many': refusedBody(),
};

function withMade(text: string): string {
  return Object.entries(made).reduce((written, [name, part]) => {
    const [begin, end] = [`<!-- made from the code: ${name} -->`, `<!-- end: ${name} -->`];
    const [from, to] = [written.indexOf(begin), written.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the document has no place for ${name}`);
    return `${written.slice(0, from + begin.length)}\n${part}\n${written.slice(to)}`;
  }, text);
}

describe('docs/ai-gateway.md', () => {
  test('its tables are those of the code (UPDATE=1 writes them)', () => {
    const text = readFileSync(path, 'utf8');
    if (process.env['UPDATE'] === '1') writeFileSync(path, withMade(text));
    expect(readFileSync(path, 'utf8')).toBe(withMade(text));
  });

  test.each(logDimensions)('names %s, by which logs are counted together', (dimension) => {
    expect(readFileSync(path, 'utf8')).toContain(`\`${dimension}\``);
  });

  test('no line of its prose is longer than 120 characters', () => {
    const long = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.length > 120 && !/^\||^ {2}"description"/.test(line));
    expect(long).toEqual([]);
  });
});
