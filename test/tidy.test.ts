import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeOf, projectRoot, sourceFiles } from './support/source-files.ts';

/**
 * The house rules that a machine can hold (docs/ARCHITECTURE.md, docs/STYLE.md). Each test is a
 * rule; its name says what is wrong when it fails.
 */

/** A folder may import from lower floors only, and folders on one floor do not see each other. */
const floors: Readonly<Record<string, number>> = {
  std: 0,
  messages: 1,
  telemetry: 1,
  config: 1,
  // Stands on `messages`, and below all who speak the form (decision 0019).
  'chat-form': 1.5,
  // Stands on `messages`, and below all who read or follow what a request says of its gateway (decision 0020).
  'ai-gateway-form': 1.5,
  dialects: 2,
  upstreams: 2,
  catalog: 2,
  access: 2,
  limits: 2,
  ledger: 2,
  cache: 2,
  policy: 2,
  cassettes: 2,
  emulator: 2,
  metering: 3,
  // Between metering, which knows no accounts, and the ledger, which knows no tokens (decision 0021).
  billing: 3.5,
  routing: 3,
  store: 3,
  // What people read: above what it is about, below who answers with it (decision 0027).
  pages: 2.5,
  gateway: 4,
  http: 5,
  admin: 5,
  batches: 5,
  files: 5,
  'ai-gateway': 5,
  cli: 6,
  '': 6,
};

/** Who may touch the world: everything else gets it passed in. */
const adapters: Readonly<Record<string, readonly string[]>> = {
  clock: ['src/std/clock.ts'],
  randomness: ['src/std/random.ts', 'src/store/open-store.ts'],
  network: [
    'src/http/',
    'src/upstreams/http1/',
    'src/cli/',
    'src/main.ts',
    'src/running-gateway.ts',
  ],
  disk: ['src/store/', 'src/cli/'],
  // Runs where Miniflare does. All else there runs in browsers and Workers too.
  published: ['clients/workers-ai/miniflare-plugin.ts'],
};

const bannedCalls: readonly (readonly [string, RegExp])[] = [
  [
    'clock',
    /\bDate\.now\(|\bnew Date\(\)|\bperformance\.|\bprocess\.hrtime|\bset(?:Timeout|Interval|Immediate)\(/,
  ],
  ['randomness', /\bMath\.random\(|\brandom(?:Bytes|UUID|Int|FillSync|Fill)\(|\bgetRandomValues\(/],
  ['network', /\bfetch\(|\bnew WebSocket\(|\bnew EventSource\(/],
];

const bannedImports: readonly (readonly [string, RegExp])[] = [
  ['network', /^(?:node:(?:net|http|https|http2|tls|dgram|dns))$/],
  ['disk', /^node:(?:fs|fs\/promises|sqlite)$/],
];

/** A library is used behind few folders, so that it can be changed there. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  // Shapes that the house defines itself and publishes: its configuration, its admin API.
  zod: ['src/config/', 'src/admin/'],
  yaml: ['src/config/'],
  commander: [
    'src/cli/program.ts',
    'src/cli/money-commands.ts',
    'src/cli/gateway-commands.ts',
    'src/cli/natural-number.ts',
  ],
  'prom-client': ['src/telemetry/metrics.ts', 'src/telemetry/prometheus/'],
  '@opentelemetry/api': ['src/telemetry/otlp/'],
  '@opentelemetry/exporter-metrics-otlp-http': ['src/telemetry/otlp/'],
  '@opentelemetry/exporter-trace-otlp-http': ['src/telemetry/otlp/'],
  '@opentelemetry/resources': ['src/telemetry/otlp/'],
  '@opentelemetry/sdk-metrics': ['src/telemetry/otlp/'],
  '@opentelemetry/sdk-trace': ['src/telemetry/otlp/'],
  '@fastify/busboy': ['src/files/read-upload.ts'],
  aws4fetch: ['src/upstreams/bedrock/'],
  jose: ['src/upstreams/vertex/'],
};

/** Vendors whose names belong in their own folder; wiring and configuration name what they wire. */
const vendors =
  /\b(?:bedrock|vertex|azure|openai|cloudflare|ollama|vllm|sglang|litellm|portkey|aws|gcp)\b/i;
const vendorHomes =
  /^src\/(?:upstreams|dialects)\/[a-z-]+\/|^src\/(?:config|catalog)\/|^src\/wire-[a-z-]+\.ts$/;

/** What the console knows of the admin API, and the playground of the models' list. */
const contractFile = /^src\/(?:admin\/contract(?:-[a-z]+)*|pages\/models-json)\.ts$/;

const entryPoints = [
  'src/cli/quatrain.ts',
  'src/start-emulator.ts',
  'src/store/writer-thread.ts',
  'src/store/reader-thread.ts',
  'src/admin/answer-thread.ts',
  'src/store/cassette-thread.ts',
];
/** Part of the house that only tests and simulations enter. */
const enteredByTests = ['src/std/manual-clock.ts'];

const all = sourceFiles('src');
const clients = sourceFiles('clients');
const browser = sourceFiles('console/src');
const production = all.filter(({ path }) => !path.endsWith('.test.ts'));

function folderOf(path: string): string {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
}

function isAdapter(kind: string, path: string): boolean {
  return adapters[kind]?.some((home) => path.startsWith(home)) ?? false;
}

describe('tidy', () => {
  test('every folder has a floor', () => {
    const unknown = all.map(({ path }) => folderOf(path)).filter((folder) => !(folder in floors));
    expect(unknown).toEqual([]);
  });

  test('imports go to lower floors only', () => {
    const upward = all.flatMap(({ path, imports }) =>
      imports
        .filter(({ file }) => file?.startsWith('src/'))
        .filter(({ file = '' }) => {
          const from = folderOf(path);
          const to = folderOf(file);
          return from !== to && (floors[to] ?? 9) >= (floors[from] ?? 0) && floors[from] !== 6;
        })
        .map(({ file }) => `${path} → ${file}`),
    );
    expect(upward).toEqual([]);
  });

  test('what is published for other programs takes types at most from the house', () => {
    const strays = clients
      .filter(({ path }) => !path.endsWith('.test.ts'))
      .flatMap(({ path, imports, text }) =>
        imports
          .filter(({ specifier, file }) =>
            file === undefined
              ? !adapters['published']?.includes(path)
              : !file.startsWith('clients/') &&
                !new RegExp(`import type [^;]*'${specifier}'`).test(text),
          )
          .map(({ specifier }) => `${path} → ${specifier}`),
      );
    expect(strays).toEqual([]);
  });

  test('what runs in browsers takes types of the admin contract at most from the house', () => {
    const strays = browser.flatMap(({ path, imports, text }) =>
      imports
        .filter(({ file }) => file !== undefined && !file.startsWith('console/'))
        .filter(
          ({ file = '', specifier }) =>
            !contractFile.test(file) ||
            !new RegExp(`import type [^;]*'${specifier.replaceAll('.', String.raw`\.`)}'`).test(
              text,
            ),
        )
        .map(({ specifier }) => `${path} → ${specifier}`),
    );
    expect(strays).toEqual([]);
  });

  test('a library is imported in its home only, and has one', () => {
    const strays = production.flatMap(({ path, imports }) =>
      imports
        .filter(({ file, specifier }) => file === undefined && !specifier.startsWith('node:'))
        .filter(
          ({ specifier }) =>
            packageHomes[specifier]?.some((home) => path.startsWith(home)) !== true,
        )
        .map(({ specifier }) => `${path} → ${specifier}`),
    );
    expect(strays).toEqual([]);
  });

  test.each(bannedCalls)('%s is reached through its port only', (kind, pattern) => {
    const offenders = production
      .filter(({ path, text }) => pattern.test(codeOf(text)) && !isAdapter(kind, path))
      .map(({ path }) => path);
    expect(offenders).toEqual([]);
  });

  test.each(bannedImports)('modules for %s are imported by adapters only', (kind, pattern) => {
    const offenders = production.flatMap(({ path, imports, text }) =>
      imports
        .filter(({ specifier }) => pattern.test(specifier) && !isAdapter(kind, path))
        .filter(({ specifier }) => !new RegExp(`import type [^;]*'${specifier}'`).test(text))
        .map(({ specifier }) => `${path} → ${specifier}`),
    );
    expect(offenders).toEqual([]);
  });

  test('nothing runs code or processes from data', () => {
    const pattern = /\beval\(|\bnew Function\(|node:child_process|node:vm\b/;
    const offenders = production.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
    // A program with fixed arguments and a number of our own, decision 0028.
    expect(offenders).toEqual(['src/store/step-back.ts']);
  });

  test('vendor names stay in their folders', () => {
    const offenders = production
      .filter(({ path, text }) => !vendorHomes.test(path) && vendors.test(codeOf(text)))
      .map(({ path }) => path);
    expect(offenders).toEqual([]);
  });

  test('no vendor is asked for by name outside its folder', () => {
    const pattern = /(?:[!=]==\s*'anthropic'|case 'anthropic')/;
    const offenders = production
      .filter(({ path, text }) => !vendorHomes.test(path) && pattern.test(text))
      .map(({ path }) => path);
    expect(offenders).toEqual([]);
  });

  test('files are named after what they export, in kebab-case', () => {
    const banned = /^(?:utils?|helpers?|common|misc|manager|base|shared|index)$/;
    const offenders = [...all, ...clients, ...browser]
      .map(({ path }) => ({ path, name: basename(path).replace(/(?:\.test)?\.tsx?$/, '') }))
      .filter(({ name }) => banned.test(name) || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
      .map(({ path }) => path);
    expect(offenders).toEqual([]);
  });

  test('no file is longer than 400 lines', () => {
    const long = [...all, ...clients, ...browser, ...sourceFiles('test'), ...sourceFiles('bench')]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });

  test('the longest files do not grow in number', () => {
    const nearLimit = production.filter(({ text }) => text.split('\n').length > 300);
    expect(nearLimit.map(({ path }) => path).length).toBeLessThanOrEqual(3);
  });

  test('every file is reached from an entry point', () => {
    const byPath = new Map(production.map((file) => [file.path, file]));
    const reached = new Set<string>();
    const queue = [...entryPoints];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      for (const { file } of byPath.get(path)?.imports ?? [])
        if (file !== undefined) queue.push(file);
    }
    const dead = production.map(({ path }) => path).filter((path) => !reached.has(path));
    expect(dead).toEqual(enteredByTests);
  });

  test('nothing unfinished is left behind', () => {
    const pattern = /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-ignore|@ts-nocheck/;
    const offenders = [...all, ...clients, ...browser, ...sourceFiles('bench')]
      .filter(({ text }) => pattern.test(text))
      .map(({ path }) => path);
    expect(offenders).toEqual([]);
  });

  test('a disable comment carries its reason', () => {
    const sources = [
      ...all,
      ...clients,
      ...browser,
      ...sourceFiles('test'),
      ...sourceFiles('bench'),
    ];
    const offenders = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/^.*(?:oxlint|eslint)-disable.*$/gm)]
        .filter(([line]) => !/-- \S+ \S+/.test(line))
        .map(([line]) => `${path}: ${line.trim()}`),
    );
    expect(offenders).toEqual([]);
  });

  test('each runtime dependency has a decision record', () => {
    const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const records = readdirSync(join(projectRoot, 'docs/decisions'))
      .map((name) => readFileSync(join(projectRoot, 'docs/decisions', name), 'utf8'))
      .join('\n');
    const missing = Object.keys(manifest.dependencies).filter(
      (name) => !records.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });

  test('runtime packages stay few, and none runs a script at install', () => {
    const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<
        Record<
          string,
          {
            readonly dev?: boolean;
            readonly hasInstallScript?: boolean;
            readonly resolved?: string;
            /** A folder of this repository. */
            readonly link?: boolean;
          }
        >
      >;
    };
    const packages = Object.entries(lock.packages).filter(([name]) => name !== '');
    const runtime = packages.filter(
      ([name, { dev, link }]) => dev !== true && link !== true && name.includes('node_modules/'),
    );
    expect(runtime.length).toBeLessThanOrEqual(25);
    expect(runtime.filter(([, entry]) => entry.hasInstallScript === true)).toEqual([]);
    const fetched = packages.filter(([, entry]) => entry.resolved !== undefined && !entry.link);
    expect(fetched).toEqual([]);
  });
});
