import type { Document, LineCounter } from 'yaml';
import { isMap, isNode, isScalar } from 'yaml';
import type { z } from 'zod';

/** What is wrong with the configuration, where, and what to do about it. */
export interface ConfigIssue {
  /** `quatrain.yaml:12`, or the variable's name. */
  readonly where: string;
  /** Dotted path of the option. */
  readonly path: string;
  readonly message: string;
}

/** Where something stands in a text, from 1. */
export interface TextPosition {
  readonly line: number;
  readonly col: number;
}

/** Where an option stands, in words for a person. */
export type Place = (path: readonly PropertyKey[]) => string;

/** What keeps a document from being read as options at all. */
export function syntaxIssues(document: Document, fileName: string): ConfigIssue[] {
  const issues = document.errors.map((error) => ({
    where: `${fileName}:${String(error.linePos?.[0].line ?? 1)}`,
    path: '',
    message: error.message.split('\n')[0] ?? 'not valid YAML',
  }));
  const isTree = document.contents === null || isMap(document.contents);
  if (issues.length > 0 || isTree) return issues;
  return [{ where: `${fileName}:1`, path: '', message: 'write options as `name: value`' }];
}

/** An issue of the schema, with its place. */
export function describeIssue(issue: z.core.$ZodIssue, place: Place): ConfigIssue {
  const isUnknown = issue.code === 'unrecognized_keys';
  const path = isUnknown ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const message = isUnknown ? 'no such option' : issue.message;
  return { where: place(path), path: path.join('.'), message };
}

/** One line an issue, for the terminal. */
export function issueText(issue: ConfigIssue): string {
  const path = issue.path === '' ? '' : ` ${issue.path}:`;
  return `${issue.where}:${path} ${issue.message}`;
}

/** The line of an option, or of the nearest thing around it that stands in the file. */
export function lineOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): number {
  return positionOf(document, lines, path).line;
}

/** The same with the column; both from 1. */
export function positionOf(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): TextPosition {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    if (isScalar(pair?.key) && pair.key.range) return lines.linePos(pair.key.range[0]);
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]);
  }
  return { line: 1, col: 1 };
}
