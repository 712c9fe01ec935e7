import type { RequestBlock, ToolReferenceBlock } from '../../messages/content-blocks.ts';

/** A block of a turn, or one that stands inside of another. */
export type AnyBlock = RequestBlock | ToolReferenceBlock;

/** A block inside of another one. */
export interface NestedBlock {
  readonly block: AnyBlock;
  /** From the outer block: `content.0`, `source.content.1`. */
  readonly path: string;
}

/** The blocks inside of a block, innermost first, in the order of the prompt (API reference §3.1). */
export function nestedBlocks(block: AnyBlock): readonly NestedBlock[] {
  return innerBlocks(block).flatMap((inner) => [
    ...nestedBlocks(inner.block).map((deeper) => ({
      block: deeper.block,
      path: `${inner.path}.${deeper.path}`,
    })),
    inner,
  ]);
}

function innerBlocks(block: AnyBlock): readonly NestedBlock[] {
  switch (block.type) {
    case 'tool_result':
    case 'search_result':
    case 'mcp_tool_result':
      return listed(block.content, 'content');
    case 'document': {
      const { source } = block;
      return source.type === 'content' ? listed(source.content, 'source.content') : [];
    }
    default:
      return [];
  }
}

function listed(
  content: string | readonly AnyBlock[] | null | undefined,
  path: string,
): readonly NestedBlock[] {
  if (typeof content === 'string' || content === null || content === undefined) return [];
  return content.map((block, at) => ({ block, path: `${path}.${String(at)}` }));
}
