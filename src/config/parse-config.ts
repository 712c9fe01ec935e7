import type { Document } from 'yaml';
import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Config } from './config.ts';
import { configSchema } from './config-schema.ts';

/** What is wrong with the configuration, where, and what to do about it. */
export interface ConfigIssue {
  /** `quatrain.yaml:12`, or the variable's name. */
  readonly where: string;
  /** Dotted path of the option. */
  readonly path: string;
  readonly message: string;
}

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
/** Variables that are not options of the file. */
const otherVariables = new Set(['CONFIG', 'API_KEY', 'URL', 'DEV_KEY']);

/** What an orchestrator sets for a service called `quatrain`; nothing a person wrote. */
const serviceLink = /^(?:SERVICE_(?:HOST|PORT)|PORT)(?:_|$)/;

type Tree = { [key: string]: unknown };

/**
 * Reads the configuration: defaults, then the file, then `QUATRAIN_*`, then flags. A variable is
 * named after the option's path: `QUATRAIN_LISTEN__PORT` is `listen.port`.
 */
export function parseConfig(sources: ConfigSources): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(sources.file?.text ?? '', { lineCounter: lines });
  const fileName = sources.file?.name ?? 'quatrain.yaml';
  const broken = syntaxIssues(document, fileName);
  if (broken.length > 0) return { kind: 'issues', issues: broken };

  const tree = (document.toJS() ?? {}) as Tree;
  const origins = overlay(tree, sources);
  const place = (path: readonly PropertyKey[]): string =>
    origins.get(path.join('.')) ?? `${fileName}:${String(lineOf(document, lines, path))}`;

  const checked = checkTree(tree, origins, sources.env);
  if (checked.success) return crossCheck(checked.data, place);
  return { kind: 'issues', issues: checked.error.issues.map((issue) => describe(issue, place)) };
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
    if (origin !== undefined && wantsText) setAt(tree, issue.path.map(String), env[origin]);
  }
  return first.success ? first : configSchema.safeParse(tree);
}

type Place = (path: readonly PropertyKey[]) => string;

function syntaxIssues(document: Document, fileName: string): ConfigIssue[] {
  const issues = document.errors.map((error) => ({
    where: `${fileName}:${String(error.linePos?.[0].line ?? 1)}`,
    path: '',
    message: error.message.split('\n')[0] ?? 'not valid YAML',
  }));
  const isTree = document.contents === null || isMap(document.contents);
  if (issues.length > 0 || isTree) return issues;
  return [{ where: `${fileName}:1`, path: '', message: 'write options as `name: value`' }];
}

/** Lays variables and flags over the file's tree; returns which variable each option came from. */
function overlay(tree: Tree, { env, flags }: ConfigSources): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !isOption(name)) continue;
    const path = name.slice(ENV_PREFIX.length).toLowerCase().split('__');
    setAt(tree, path, scalar(value));
    origins.set(path.join('.'), name);
  }
  for (const [path, value] of Object.entries(flags)) setAt(tree, path.split('.'), value);
  return origins;
}

function describe(issue: z.core.$ZodIssue, place: Place): ConfigIssue {
  const isUnknown = issue.code === 'unrecognized_keys';
  const path = isUnknown ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const message = isUnknown ? 'no such option' : issue.message;
  return { where: place(path), path: path.join('.'), message };
}

/** Rules over several options. */
function crossCheck(config: Config, place: Place): ParsedConfig {
  if (Object.hasOwn(config.upstreams, 'emulator')) {
    const path = ['upstreams', 'emulator'];
    const message = 'the built-in emulator has this name; choose another';
    return { kind: 'issues', issues: [{ where: place(path), path: path.join('.'), message }] };
  }
  const { default_upstream: name } = config;
  if (name === undefined || name === 'emulator' || Object.hasOwn(config.upstreams, name)) {
    return { kind: 'config', config };
  }
  const known = [...Object.keys(config.upstreams), 'emulator'].join(', ');
  const message = `no upstream is called "${name}"; there are: ${known}`;
  const path = ['default_upstream'];
  return { kind: 'issues', issues: [{ where: place(path), path: path.join('.'), message }] };
}

/** One line an issue, for the terminal. */
export function issueText(issue: ConfigIssue): string {
  const path = issue.path === '' ? '' : ` ${issue.path}:`;
  return `${issue.where}:${path} ${issue.message}`;
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

/** The line of an option, or of the nearest thing around it that stands in the file. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    if (isScalar(pair?.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    const node = document.getIn(path.slice(0, length), true);
    if (isScalar(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
