import type { MarkdownToJSX } from 'markdown-to-jsx/react';
import { RuleType, parser } from 'markdown-to-jsx/react';

/** A piece of a text, as its Markdown says. */
export type MarkdownNode = MarkdownToJSX.ASTNode;

/** Longer texts are shown as they are: the page would stand still while they are read. */
const LETTERS_MAX = 200_000;
/** So many pieces are as many elements of the page. */
const NODES_MAX = 10_000;
/** Of quotes in lists in quotes; what is nested deeper is no answer to anybody. */
const DEPTH_MAX = 40;
/** A line that begins with so many marks of quotes and lists takes longer to read than it is worth. */
const nestedAtOnce = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)])){40}/m;

/** What is in the text has no pieces that are shown. */
const unseen: ReadonlySet<MarkdownNode['type']> = new Set([
  RuleType.ref,
  RuleType.refCollection,
  RuleType.footnote,
]);

/**
 * Reads a text as Markdown; undefined where it is too long, or too entangled, to be read as it comes,
 * or where nothing of it would be seen. Markup in it is text.
 */
export function readMarkdown(
  text: string,
  isArriving: boolean,
): readonly MarkdownNode[] | undefined {
  if (text.length > LETTERS_MAX || nestedAtOnce.test(text)) return undefined;
  const nodes = parser(text, {
    disableParsingRawHTML: true,
    disableFrontmatter: true,
    forceBlock: true,
    // A mark that is waiting for its other half is not shown until it is known to be none.
    optimizeForStreaming: isArriving,
  });
  const isSeen = isArriving || nodes.some(({ type }) => !unseen.has(type));
  return isSeen && isWithinBounds(nodes) ? nodes : undefined;
}

function isWithinBounds(nodes: readonly MarkdownNode[]): boolean {
  let level = nodes;
  let count = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    if (depth > DEPTH_MAX || count > NODES_MAX) return false;
    level = level.flatMap((node) => childrenOf(node));
  }
  return true;
}

function childrenOf(node: MarkdownNode): readonly MarkdownNode[] {
  if ('children' in node) return node.children ?? [];
  if ('items' in node) return node.items.flat();
  return 'cells' in node ? [...node.header.flat(), ...node.cells.flat(2)] : [];
}
