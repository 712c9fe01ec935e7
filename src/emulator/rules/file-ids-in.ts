import type { RequestBlock } from '../../messages/content-blocks.ts';
import { blocksOf } from '../../messages/request.ts';
import { isJsonObject } from '../../std/json.ts';
import type { CheckedRequest } from './rule.ts';

/** Every file that a request refers to, in its order (API reference §3.1). */
export function fileIdsIn({ messages }: CheckedRequest): readonly string[] {
  return messages.flatMap((message) => blocksOf(message).flatMap((block) => idsOf(block)));
}

function idsOf(block: RequestBlock): readonly string[] {
  switch (block.type) {
    case 'container_upload':
      return [block.file_id];
    case 'image':
    case 'document':
      return sourceIds(block.source);
    case 'tool_result': {
      const { content = '' } = block;
      return typeof content === 'string' || content === null
        ? []
        : content.flatMap((part) => idsOf(part as RequestBlock));
    }
    default:
      return [];
  }
}

function sourceIds(source: { readonly type: string }): readonly string[] {
  if (source.type === 'file' && 'file_id' in source) return [String(source.file_id)];
  if (source.type !== 'content' || !('content' in source)) return [];
  const { content } = source;
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: unknown) =>
    isJsonObject(part) && isJsonObject(part['source']) ? sourceIds(part['source'] as never) : [],
  );
}
