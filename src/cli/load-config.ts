import { existsSync, readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { ParsedConfig } from '../config/parse-config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { issueText } from '../config/yaml-issues.ts';
import type { SecretSources } from '../config/resolve-secret.ts';
import { StartProblem } from '../start-problem.ts';
import { fileReason } from './file-reason.ts';

const DEFAULT_FILE = 'quatrain.yaml';

/** Options of the command line that stand for options of the file. */
export interface ConfigFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly adminPort?: number;
  readonly data?: string;
}

/** The file to read: named, or `quatrain.yaml` here if there is one. */
export function configFile(flags: ConfigFlags): string | undefined {
  const named = flags.config ?? process.env['QUATRAIN_CONFIG'];
  return named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
}

/** Reads the configuration, or fails with every issue, one a line. */
export function loadConfig(flags: ConfigFlags): Config {
  const file = configFile(flags);
  const parsed = readConfigText(file === undefined ? undefined : readConfig(file), flags);
  if (parsed.kind === 'config') return parsed.config;
  const lines = parsed.issues.map((issue) => `  ${issueText(issue)}`);
  throw new StartProblem(`the configuration is not valid:\n${lines.join('\n')}`);
}

/** What a text means in the place of the file, with the variables and flags of this process. */
export function readConfigText(text: string | undefined, flags: ConfigFlags): ParsedConfig {
  const name = configFile(flags) ?? DEFAULT_FILE;
  return parseConfig({
    ...(text === undefined ? {} : { file: { name, text } }),
    env: process.env,
    flags: flagOptions(flags),
  });
}

/** Secrets from the environment and from files. */
export const secretSources: SecretSources = {
  env: process.env,
  readFile(path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      // Missing and unreadable look the same to whoever asked: the message says what to do.
      return undefined;
    }
  },
};

function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartProblem(`${file} cannot be read: ${fileReason(error)}`, { cause: error });
  }
}

function flagOptions(flags: ConfigFlags): Readonly<Record<string, string | number>> {
  return {
    ...(flags.host === undefined ? {} : { 'listen.host': flags.host }),
    ...(flags.port === undefined ? {} : { 'listen.port': flags.port }),
    ...(flags.adminPort === undefined ? {} : { 'admin.port': flags.adminPort }),
    ...(flags.data === undefined ? {} : { data_dir: flags.data }),
  };
}
