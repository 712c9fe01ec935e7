import type {
  ChatFilePart,
  ChatImagePart,
  ChatPart,
  ChatTextPart,
} from '../../chat-form/chat-request.ts';
import { dataUrl } from '../../chat-form/media-urls.ts';
import type { EngineQuirks } from '../../config/engine-quirks.ts';
import type {
  CacheControl,
  DocumentBlock,
  ImageBlock,
  SearchResultBlock,
  TextBlock,
} from '../../messages/content-blocks.ts';
import { assert } from '../../std/assert.ts';

/** Blocks that a user's message may be made of, as parts; chat reference §2.4. */
export type PartBlock = TextBlock | ImageBlock | DocumentBlock | SearchResultBlock;

type Marked = { readonly cache_control?: CacheControl };

/** Some engines want a name for every file. */
const UNNAMED_PDF = 'document.pdf';
const UNNAMED_TEXT = 'document.txt';

export function encodePart(block: PartBlock, quirks: EngineQuirks): readonly ChatPart[] {
  switch (block.type) {
    case 'text':
      return [{ type: 'text', text: block.text, ...markOf(block, quirks) }];
    case 'image':
      return [encodeImage(block, quirks)];
    case 'search_result':
      return [encodeSearchResult(block, quirks)];
    case 'document':
      return encodeDocument(block, quirks);
  }
}

/**
 * Parts as the content of a message: one text alone is a string. Where an engine would make a
 * message of each part, texts that stand together become one.
 */
export function contentOf<Part extends ChatPart>(
  parts: readonly Part[],
  { text_parts }: EngineQuirks,
  seam = '\n',
): string | readonly (Part | ChatTextPart)[] {
  const kept = text_parts === 'joined' ? joinTexts(parts, seam) : parts;
  const [first] = kept;
  if (first === undefined) return '';
  const isPlain = kept.length === 1 && first.type === 'text' && first.cache_control === undefined;
  return isPlain ? first.text : kept;
}

/** The cache mark of a block, where the engine takes one. */
export function markOf(
  { cache_control: mark }: { readonly cache_control?: CacheControl | null },
  { takes_cache_control: isTaken }: EngineQuirks,
): Marked {
  return isTaken && mark !== undefined && mark !== null ? { cache_control: mark } : {};
}

function joinTexts<Part extends ChatPart>(
  parts: readonly Part[],
  seam: string,
): readonly (Part | ChatTextPart)[] {
  const joined: (Part | ChatTextPart)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type !== 'text' || last?.type !== 'text') joined.push(part);
    else joined.splice(-1, 1, { ...last, ...part, text: `${last.text}${seam}${part.text}` });
  }
  return joined;
}

function encodeImage(block: ImageBlock, quirks: EngineQuirks): ChatImagePart {
  const { source } = block;
  assert(source.type !== 'file', 'a picture that is a file was refused before');
  const url = source.type === 'url' ? source.url : dataUrl(source.media_type, source.data);
  return { type: 'image_url', image_url: { url }, ...markOf(block, quirks) };
}

function encodeSearchResult(block: SearchResultBlock, quirks: EngineQuirks): ChatTextPart {
  const texts = block.content.map(({ text }) => text);
  const text = [block.title, block.source, '', ...texts].join('\n');
  return { type: 'text', text, ...markOf(block, quirks) };
}

function encodeDocument(block: DocumentBlock, quirks: EngineQuirks): readonly ChatPart[] {
  const { source } = block;
  const mark = markOf(block, quirks);
  switch (source.type) {
    case 'base64':
      return [
        ...contextOf(block),
        filePart(dataUrl(source.media_type, source.data), block.title ?? UNNAMED_PDF, mark),
      ];
    case 'text': {
      if (quirks.files !== 'all') return [{ ...written(block, source.data), ...mark }];
      const base64 = Buffer.from(source.data, 'utf8').toString('base64');
      return [
        ...contextOf(block),
        filePart(dataUrl('text/plain', base64), block.title ?? UNNAMED_TEXT, mark),
      ];
    }
    case 'content': {
      const { content } = source;
      if (typeof content === 'string') return [{ ...written(block, content), ...mark }];
      return [written(block, ''), ...content.flatMap((part) => encodePart(part, quirks))];
    }
    case 'url':
    case 'file':
      assert(false, `a document by ${source.type} was refused before`);
  }
}

function filePart(file_data: string, filename: string, mark: Marked): ChatFilePart {
  return { type: 'file', file: { file_data, filename }, ...mark };
}

/** What is said about a document stands before it: files have a name and nothing more. */
function contextOf({ context }: DocumentBlock): readonly ChatTextPart[] {
  return context === undefined || context === null || context === ''
    ? []
    : [{ type: 'text', text: context }];
}

function written({ title, context }: DocumentBlock, text: string): ChatTextPart {
  const lines = [title, context, text].filter(
    (line) => line !== undefined && line !== null && line !== '',
  );
  return { type: 'text', text: lines.join('\n') };
}
