import type {
  DocumentBlock,
  DocumentSource,
  ImageBlock,
  ImageSource,
  RequestBlock,
  TextBlock,
  ToolResultBlock,
  ToolResultPart,
} from '../../messages/content-blocks.ts';
import { textOf } from '../../std/json.ts';
import type { EmulatorFile } from '../emulator-file.ts';
import { fileIdsIn } from './file-ids-in.ts';
import type { CheckedRequest } from './rule.ts';

/** What is read of files for one request: as much as a request of its own could hold (§1.4). */
const SEEN_BYTES_MAX = 32 * 1024 * 1024;

/**
 * The request as its reader sees it: files in place of their ids, so that one and the same image
 * counts and is checked alike whichever way it came (API reference §3.1). What does not fit its
 * block, or comes after the bound, stays an id.
 */
export function seeFiles(
  request: CheckedRequest,
  find: (id: string) => EmulatorFile | undefined,
): CheckedRequest {
  if (fileIdsIn(request).length === 0) return request;
  const seer = new FileSeer(find);
  const messages = request.messages.map((message) =>
    typeof message.content === 'string'
      ? message
      : { ...message, content: message.content.map((block) => seer.block(block)) },
  );
  return { ...request, messages };
}

class FileSeer {
  readonly #find: (id: string) => EmulatorFile | undefined;
  readonly #read = new Map<string, string>();
  #bytesLeft = SEEN_BYTES_MAX;

  constructor(find: (id: string) => EmulatorFile | undefined) {
    this.#find = find;
  }

  block(block: RequestBlock): RequestBlock {
    switch (block.type) {
      case 'image':
        return this.#image(block);
      case 'document':
        return this.#document(block);
      case 'tool_result':
        return this.#toolResult(block);
      default:
        return block;
    }
  }

  #image(block: ImageBlock): ImageBlock {
    return { ...block, source: this.#imageSource(block.source) };
  }

  #document(block: DocumentBlock): DocumentBlock {
    return { ...block, source: this.#documentSource(block.source) };
  }

  #toolResult(block: ToolResultBlock): ToolResultBlock {
    if (typeof block.content === 'string' || !Array.isArray(block.content)) return block;
    const parts = block.content as readonly ToolResultPart[];
    return { ...block, content: parts.map((part) => this.#part(part)) };
  }

  #part(part: ToolResultPart): ToolResultPart {
    if (part.type === 'image') return this.#image(part);
    return part.type === 'document' ? this.#document(part) : part;
  }

  #imageSource(source: ImageSource): ImageSource {
    if (source.type !== 'file') return source;
    const seen = this.#see(source.file_id, (type) => type.startsWith('image/'));
    return seen === undefined ? source : { type: 'base64', ...seen };
  }

  #documentSource(source: DocumentSource): DocumentSource {
    if (source.type === 'content' && typeof source.content !== 'string') {
      const content = source.content.map((part: TextBlock | ImageBlock) =>
        part.type === 'image' ? this.#image(part) : part,
      );
      return { ...source, content };
    }
    if (source.type !== 'file') return source;
    const isText = (type: string): boolean => type.startsWith('text/');
    const seen = this.#see(source.file_id, (type) => type === 'application/pdf' || isText(type));
    if (seen === undefined) return source;
    if (!isText(seen.media_type)) return { type: 'base64', ...seen };
    const data = textOf(Buffer.from(seen.data, 'base64'));
    return { type: 'text', media_type: 'text/plain', data };
  }

  /** A file named twice counts twice, and is read once. */
  #see(
    id: string,
    fits: (mimeType: string) => boolean,
  ): { readonly media_type: string; readonly data: string } | undefined {
    const file = this.#find(id);
    if (file === undefined || !fits(file.mimeType) || file.sizeBytes > this.#bytesLeft) {
      return undefined;
    }
    this.#bytesLeft -= file.sizeBytes;
    const data = this.#read.get(id) ?? file.readBase64();
    this.#read.set(id, data);
    return { media_type: file.mimeType, data };
  }
}
