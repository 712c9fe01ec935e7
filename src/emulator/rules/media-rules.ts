import type {
  DocumentBlock,
  ImageBlock,
  RequestBlock,
  ToolResultPart,
} from '../../messages/content-blocks.ts';
import { pathTag } from '../../messages/content-schema.ts';
import type { MessageParam } from '../../messages/request.ts';
import { imageSize } from '../tokens/image-size.ts';
import type { Pixels } from '../tokens/image-tokens.ts';
import { fitImage } from '../tokens/image-tokens.ts';
import { pdfPages } from '../tokens/pdf-pages.ts';
import type { ModelFacts } from '../model-facts.ts';
import type { Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

const IMAGE_EDGE_PIXELS_MAX = 8000;
/** From more than so many images on, each must be smaller. */
const MANY_IMAGES = 20;
const MANY_IMAGES_EDGE_PIXELS_MAX = 2000;

/** What pictures and documents must fulfil (API reference §4.6). Files and URLs are not looked into. */
export const mediaRules: readonly Rule[] = [
  ({ request: { messages }, facts }) => {
    const media = [...everyMedium(messages)];
    return media.length === 0 ? undefined : mediaIssue(media, facts);
  },
];

/** A picture or a document, and how an error names its place. */
interface Medium {
  readonly block: ImageBlock | DocumentBlock;
  readonly path: string;
}

function* everyMedium(messages: readonly MessageParam[]): Generator<Medium> {
  for (const [at, { content }] of messages.entries()) {
    if (typeof content !== 'string') yield* mediaIn(content, `messages.${String(at)}.content`);
  }
}

function* mediaIn(
  blocks: readonly (RequestBlock | ToolResultPart)[],
  within: string,
): Generator<Medium> {
  for (const [index, block] of blocks.entries()) {
    const path = `${within}.${String(index)}`;
    if (block.type === 'image' || block.type === 'document') yield { block, path };
    if (block.type === 'tool_result' && Array.isArray(block.content)) {
      yield* mediaIn(block.content, `${path}.tool_result.content`);
    }
    if (block.type !== 'document' || block.source.type !== 'content') continue;
    const { content } = block.source;
    if (typeof content !== 'string')
      yield* mediaIn(content, `${path}.document.source.content.content`);
  }
}

function mediaIssue(media: readonly Medium[], facts: ModelFacts): string | undefined {
  const { perRequestMax } = facts.images;
  const images = media.filter(({ block }) => block.type === 'image').length;
  const documents = media.length - images;
  if (media.length > perRequestMax) {
    return ruleTexts.mediaTooMany(images, documents, perRequestMax);
  }
  let pages = 0;
  for (const medium of media) {
    const { block } = medium;
    if (block.source.type !== 'base64') continue;
    const path = sourcePath(medium);
    const issue = base64Issue(path, block.type === 'image' ? 'image' : 'PDF', block.source.data);
    if (issue !== undefined) return issue;
    if (block.type === 'image') {
      const refused = imageIssue(medium, { facts, images });
      if (refused !== undefined) return refused;
      continue;
    }
    const found = pdfPages(block.source.data);
    if (found === undefined) return ruleTexts.pdfInvalid(path);
    if (found > facts.pdfPagesMax) return ruleTexts.pdfPagesTooMany(path, facts.pdfPagesMax);
    pages += found;
  }
  return pages > 0 && pages + images > perRequestMax
    ? ruleTexts.mediaTooMuch(pages, images, perRequestMax)
    : undefined;
}

function sourcePath({ block, path }: Medium): string {
  const tag = pathTag(block.type, block as unknown as Readonly<Record<string, unknown>>);
  return `${path}.${tag}.source.base64`;
}

function base64Issue(path: string, what: string, data: string): string | undefined {
  if (data === '') return ruleTexts.base64Empty(path, what);
  const isBase64 = data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
  return isBase64 ? undefined : ruleTexts.base64Invalid(path);
}

interface Among {
  readonly facts: ModelFacts;
  /** How many images the request has. */
  readonly images: number;
}

function imageIssue(medium: Medium, { facts, images }: Among): string | undefined {
  const { block } = medium;
  if (block.type !== 'image' || block.source.type !== 'base64') return undefined;
  const { data, media_type: mediaType } = block.source;
  const path = sourcePath(medium);
  const { bytesMax } = facts.images;
  // What counts is the text that was sent, not the picture in it.
  if (data.length > bytesMax) return ruleTexts.imageTooLarge(path, data.length, bytesMax);
  const size = imageSize(data);
  if (size === undefined || size.width === 0 || size.height === 0) return ruleTexts.imageUnreadable;
  const isMislabelled = mediaType !== `image/${size.format}`;
  if (isMislabelled && facts.checksImageType) return ruleTexts.imageTypeWrong(path, mediaType);
  const tooLong = edgeIssue(path, size, images);
  if (tooLong !== undefined) return tooLong;
  if (block.transformations?.['oversized_image'] !== 'error') return undefined;
  const fitted = fitImage(size, facts.images);
  return fitted.width === size.width && fitted.height === size.height
    ? undefined
    : ruleTexts.imageOversized(medium.path, pixels(size), pixels(fitted));
}

function edgeIssue(path: string, { width, height }: Pixels, images: number): string | undefined {
  const edge = Math.max(width, height);
  if (edge > IMAGE_EDGE_PIXELS_MAX) return ruleTexts.imageEdgeTooLong(path, IMAGE_EDGE_PIXELS_MAX);
  return images > MANY_IMAGES && edge > MANY_IMAGES_EDGE_PIXELS_MAX
    ? ruleTexts.imageEdgeTooLongAmongMany(path, MANY_IMAGES_EDGE_PIXELS_MAX)
    : undefined;
}

function pixels({ width, height }: Pixels): string {
  return `${String(width)}x${String(height)}`;
}
