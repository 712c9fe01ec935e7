import { isScalar, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Config } from './config.ts';
import { configSchema } from './config-schema.ts';
import { crossCheck } from './cross-check.ts';
import { parseYaml } from './parse-yaml.ts';
import type { ConfigIssue } from './yaml-issues.ts';
import { describeIssue, lineOf, syntaxIssues } from './yaml-issues.ts';

export type ParsedConfig =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'issues'; readonly issues: readonly ConfigIssue[] };

export interface ConfigSources {
  /** The file's name as the user knows it, and its text; absent where there is no file. */
  readonly file?: { readonly name: string; readonly text: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options given on the command line, by dotted path: they win over everything. */
  readonly flags: Readonly<Record<string, string | number>>;
}

const ENV_PREFIX = 'QUATRAIN_';
const FLAG_ORIGIN = 'command line';
/** Variables that are not options of the file. */
const otherVariables = new Set(['CONFIG', 'API_KEY', 'URL', 'DEV_KEY', 'ADMIN_URL', 'ADMIN_KEY']);

/** What an orchestrator sets for a service called `quatrain`; nothing a person wrote. */
const serviceLink = /^(?:SERVICE_(?:HOST|PORT)|PORT)(?:_|$)/;

type Tree = { [key: string]: unknown };

/**
 * Reads the configuration: defaults, then the file, then `QUATRAIN_*`, then flags. A variable is
 * named after the option's path: `QUATRAIN_LISTEN__PORT` is `listen.port`.
 */
export function parseConfig(sources: ConfigSources): ParsedConfig {
  const { document, lines, value } = parseYaml(sources.file?.text ?? '');
  const fileName = sources.file?.name ?? 'quatrain.yaml';
  const broken = syntaxIssues(document, fileName);
  if (broken.length > 0) return { kind: 'issues', issues: broken };

  const tree = (value ?? {}) as Tree;
  const origins = overlay(tree, sources);
  const place = (path: readonly PropertyKey[]): string =>
    origins.get(path.join('.')) ?? `${fileName}:${String(lineOf(document, lines, path))}`;

  const checked = checkTree(tree, origins, sources.env);
  if (checked.success) {
    const issues = crossCheck(checked.data, place);
    return issues.length > 0
      ? { kind: 'issues', issues }
      : { kind: 'config', config: checked.data };
  }
  return {
    kind: 'issues',
    issues: checked.error.issues.map((issue) => describeIssue(issue, place)),
  };
}

/**
 * A variable's text that reads as a number is one, except where the option wants text: there the
 * number is taken back and the text stands.
 */
function checkTree(
  tree: Tree,
  origins: ReadonlyMap<string, string>,
  env: ConfigSources['env'],
): z.ZodSafeParseResult<Config> {
  const first = configSchema.safeParse(tree);
  for (const issue of first.error?.issues ?? []) {
    const origin = origins.get(issue.path.join('.'));
    const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
    if (origin !== undefined && origin !== FLAG_ORIGIN && wantsText)
      setAt(tree, issue.path.map(String), env[origin]);
  }
  return first.success ? first : configSchema.safeParse(tree);
}

/** Lays variables and flags over the file's tree; returns where each option came from that is not of the file. */
function overlay(tree: Tree, { env, flags }: ConfigSources): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !isOption(name)) continue;
    const path = name.slice(ENV_PREFIX.length).toLowerCase().split('__');
    setAt(tree, path, scalar(value));
    origins.set(path.join('.'), name);
  }
  for (const [path, value] of Object.entries(flags)) {
    setAt(tree, path.split('.'), value);
    origins.set(path, FLAG_ORIGIN);
  }
  return origins;
}

function isOption(name: string): boolean {
  if (!name.startsWith(ENV_PREFIX)) return false;
  const rest = name.slice(ENV_PREFIX.length);
  return !otherVariables.has(rest) && !serviceLink.test(rest);
}

function setAt(tree: Tree, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const child = tree[first];
  const isTree = typeof child === 'object' && child !== null && !Array.isArray(child);
  const next: Tree = isTree ? (child as Tree) : {};
  tree[first] = next;
  setAt(next, rest, value);
}

/** A variable's text as YAML reads a scalar: `8080` is a number, `true` a boolean. */
function scalar(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isScalar(document.contents)) return text;
  return document.contents.value;
}
