import type { ModelFacts } from '../emulator/model-facts.ts';
import { imageSize } from '../emulator/tokens/image-size.ts';
import { fitImage, patchesOf } from '../emulator/tokens/image-tokens.ts';
import { pdfPages } from '../emulator/tokens/pdf-pages.ts';
import type { JsonObject, JsonValue } from '../std/json.ts';
import { isJsonObject } from '../std/json.ts';

/** Tokens of what is no text, and how many letters of the body stand for it. */
export interface MediaBound {
  readonly tokens: number;
  readonly letters: number;
}

/** Around a picture, among results too. */
const AROUND_TOKENS = 16;
/** The published rule: a token for so many pixels (wallet reference §4.2). */
const PIXELS_A_TOKEN = 750;
/** A page is a picture in the size that older models see, with its text beside it. */
const PAGE_TOKENS = 4700;
/** A PDF that says it has few pages and is large has more of them. */
const PAGE_LETTERS = 80_000;
/** A sentence that can be cited is numbered. */
const SENTENCE_TOKENS = 14;
const sentenceEnd = /[.!?。！？]/g;

const nothing: MediaBound = { tokens: 0, letters: 0 };

/**
 * The most that pictures and documents of a request can come to: by their size where they are here
 * to be measured, else what a model takes at most (wallet reference §4.2). It looks where such blocks
 * may stand and nowhere else: what tools are called with is text whatever it looks like.
 */
export function boundMedia(request: JsonObject, facts: ModelFacts): MediaBound {
  const turns = Array.isArray(request['messages']) ? request['messages'] : [];
  const contents = turns.map((turn: JsonValue) =>
    isJsonObject(turn) ? turn['content'] : undefined,
  );
  return sum([...contents, request['system']].map((content) => boundContent(content, facts)));
}

function boundContent(content: JsonValue | undefined, facts: ModelFacts): MediaBound {
  if (!Array.isArray(content)) return nothing;
  return sum((content as readonly JsonValue[]).map((block) => boundBlock(block, facts)));
}

function boundBlock(block: JsonValue, facts: ModelFacts): MediaBound {
  if (!isJsonObject(block)) return nothing;
  switch (block['type']) {
    case 'image':
      return boundImage(block['source'], facts);
    case 'document':
      return boundDocument(block, facts);
    case 'container_upload':
      return { tokens: facts.pdfPagesMax * PAGE_TOKENS, letters: 0 };
    // Results of tools, of the API's own too, hold blocks in turn.
    default:
      return boundContent(block['content'], facts);
  }
}

function boundImage(source: JsonValue | undefined, { images }: ModelFacts): MediaBound {
  const data = base64Of(source);
  const size = data === undefined ? undefined : imageSize(data);
  const letters = data?.length ?? 0;
  if (size === undefined) return { tokens: pictureTokens(images.patchesMax), letters };
  const { width, height } = fitImage(size, images);
  const byPixels = Math.ceil((width * height) / PIXELS_A_TOKEN);
  return { tokens: Math.max(byPixels, patchesOf({ width, height })) + AROUND_TOKENS, letters };
}

/** Patches of 28 by 28 pixels, counted by pixels, are a little more. */
function pictureTokens(patches: number): number {
  return Math.ceil((patches * 28 * 28) / PIXELS_A_TOKEN) + AROUND_TOKENS;
}

function boundDocument(block: JsonObject, facts: ModelFacts): MediaBound {
  const { source } = block;
  if (!isJsonObject(source)) return nothing;
  switch (source['type']) {
    case 'text':
      return { tokens: isCited(block) ? sentences(source['data']) : 0, letters: 0 };
    case 'content':
      return boundContent(source['content'], facts);
    case 'base64':
      return boundPdf(source, facts);
    default:
      return { tokens: facts.pdfPagesMax * PAGE_TOKENS, letters: 0 };
  }
}

function boundPdf(source: JsonObject, { pdfPagesMax }: ModelFacts): MediaBound {
  const data = base64Of(source) ?? '';
  const said = pdfPages(data) ?? pdfPagesMax;
  const pages = Math.max(said, Math.ceil(data.length / PAGE_LETTERS));
  return { tokens: Math.min(pages, pdfPagesMax) * PAGE_TOKENS, letters: data.length };
}

function isCited({ citations }: JsonObject): boolean {
  return isJsonObject(citations) && citations['enabled'] === true;
}

function sentences(text: JsonValue | undefined): number {
  if (typeof text !== 'string') return 0;
  return SENTENCE_TOKENS * ((text.match(sentenceEnd)?.length ?? 0) + 1);
}

function base64Of(source: JsonValue | undefined): string | undefined {
  if (!isJsonObject(source) || source['type'] !== 'base64') return undefined;
  const { data } = source;
  return typeof data === 'string' ? data : undefined;
}

function sum(bounds: readonly MediaBound[]): MediaBound {
  let tokens = 0;
  let letters = 0;
  for (const bound of bounds) {
    tokens += bound.tokens;
    letters += bound.letters;
  }
  return { tokens, letters };
}
