import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root. */
export const projectRoot: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export interface SourceFile {
  /** Below the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly SourceImport[];
}

export interface SourceImport {
  readonly specifier: string;
  /** The imported file below the root, for a relative specifier. */
  readonly file: string | undefined;
}

/** Every TypeScript file, markup in it or not, below a folder of the project, tests included. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .filter((entry) => !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
    .map((path) => path.split('\\').join('/'))
    .toSorted()
    .map((path) => readSource(path));
}

/** The text without comments and without what stands in strings, for rules about code alone. */
export function codeOf(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/(^|[^:'"`])\/\/.*$/gm, '$1')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(projectRoot, path), 'utf8');
  const specifiers = [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'/gm),
    ...text.matchAll(/^\s*import\s+'([^']+)'/gm),
    ...text.matchAll(/\bimport\('([^']+)'\)/g),
    ...text.matchAll(/new URL\(`([^`$]+)\$\{extension\}`/g),
  ].map((match) => match[1] ?? '');
  return {
    path,
    text,
    imports: specifiers.map((specifier) => ({ specifier, file: target(path, specifier) })),
  };
}

function target(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const file = join(dirname(from), specifier).split('\\').join('/');
  return /\.tsx?$/.test(file) ? file : `${file}.ts`;
}
