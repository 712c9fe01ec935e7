import type { RequestBlock, TextBlock } from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import { isRefusal } from '../../../messages/errors.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import { readThinkingBlock, isSigned } from '../../../chat-form/reasoning-details.ts';
import { decodeFilePart, decodeImagePart } from './decode-media.ts';
import type { DecodedBlock, PlacedBlock } from './placed-block.ts';
import { cacheMarkerOf, checkCacheMarker, markLast } from './placed-block.ts';
import { refuseParameter } from '../refuse-parameter.ts';

/** Whose content a part stands in. */
export type ContentPlace = 'system' | 'user' | 'assistant' | 'tool';

type Blocks = readonly DecodedBlock[] | Refusal;

/** A type of content parts, and what becomes of it (chat reference §2.4). */
export interface PartRule {
  readonly posture: 'mapped' | 'refused';
  /** In one sentence. */
  readonly becomes: string;
  readonly places: readonly ContentPlace[];
  readonly read: (part: JsonObject, param: string) => Blocks;
}

const everywhere: readonly ContentPlace[] = ['system', 'user', 'assistant', 'tool'];

/** Parts of the Messages form itself that need no reading. */
type NativeType = Exclude<
  RequestBlock['type'] | 'tool_reference',
  'text' | 'thinking' | 'redacted_thinking' | 'tool_use' | 'tool_result'
>;

const nativePlaces: Readonly<Record<NativeType, readonly ContentPlace[]>> = {
  image: ['user', 'tool'],
  document: ['user', 'tool'],
  search_result: ['user', 'tool'],
  tool_reference: ['tool'],
  container_upload: ['user'],
  server_tool_use: ['assistant'],
  web_search_tool_result: ['assistant'],
  web_fetch_tool_result: ['assistant'],
  code_execution_tool_result: ['assistant'],
  bash_code_execution_tool_result: ['assistant'],
  text_editor_code_execution_tool_result: ['assistant'],
  tool_search_tool_result: ['assistant'],
  advisor_tool_result: ['assistant'],
  mcp_tool_use: ['assistant'],
  mcp_tool_result: ['assistant'],
  compaction: ['assistant'],
};

/** Every type of parts that is known, by its name on the wire. */
export const partRules: ReadonlyMap<string, PartRule> = new Map<string, PartRule>([
  [
    'text',
    {
      posture: 'mapped',
      becomes: 'A text block; blank ones are left out.',
      places: everywhere,
      read: readText,
    },
  ],
  [
    'refusal',
    {
      posture: 'mapped',
      becomes: 'A text block.',
      places: ['assistant'],
      read: readRefusal,
    },
  ],
  [
    'image_url',
    {
      posture: 'mapped',
      becomes:
        'An image block, from a `data:` URL with base64 (jpeg, png, gif, webp) or a web address; a PDF becomes a document.',
      places: ['user', 'tool'],
      read: decodeImagePart,
    },
  ],
  [
    'file',
    {
      posture: 'mapped',
      becomes:
        'A document block: a PDF, text, an uploaded file by its id, or a web address; pictures become image blocks.',
      places: ['user', 'tool'],
      read: decodeFilePart,
    },
  ],
  [
    'input_audio',
    {
      posture: 'refused',
      becomes: 'Models do not hear: 400 `unsupported_content_type`.',
      places: everywhere,
      read: (_part, param) =>
        refuseParameter(`${param}.type`, 'audio is not supported', 'unsupported_content_type'),
    },
  ],
  [
    'thinking',
    {
      posture: 'mapped',
      becomes: 'A thinking block where it is signed; unsigned ones are left out.',
      places: ['assistant'],
      read: readThinking,
    },
  ],
  [
    'redacted_thinking',
    {
      posture: 'mapped',
      becomes: 'The same block.',
      places: ['assistant'],
      read: readThinking,
    },
  ],
  [
    'tool_use',
    {
      posture: 'mapped',
      becomes: 'The same block, under the rules for `tool_calls`.',
      places: ['assistant'],
      read: readToolUse,
    },
  ],
  [
    'tool_result',
    {
      posture: 'mapped',
      becomes: 'The same block, under the rules for `tool` messages.',
      places: ['user'],
      read: readToolResult,
    },
  ],
  ...Object.entries(nativePlaces).map(([type, places]): [string, PartRule] => [
    type,
    { posture: 'mapped', becomes: 'The same block.', places, read: readNative },
  ]),
]);

/** A message's content, as a string or as parts. Nothing is left out for being blank yet. */
export function decodeContent(
  content: JsonValue,
  param: string,
  place: ContentPlace,
): readonly PlacedBlock[] | Refusal {
  if (typeof content === 'string') {
    return [{ block: { type: 'text', text: content }, param, isWhole: true }];
  }
  if (!Array.isArray(content)) {
    return refuseParameter(param, 'expected a string or an array of content parts');
  }
  const blocks: PlacedBlock[] = [];
  for (const [index, part] of (content as readonly JsonValue[]).entries()) {
    const read = decodePart(part, `${param}[${String(index)}]`, place);
    if (isRefusal(read)) return read;
    blocks.push(...read);
  }
  return blocks;
}

function decodePart(
  part: JsonValue,
  param: string,
  place: ContentPlace,
): readonly PlacedBlock[] | Refusal {
  if (!isJsonObject(part)) return refuseParameter(param, 'expected an object');
  const { type } = part;
  const rule = typeof type === 'string' ? partRules.get(type) : undefined;
  if (rule === undefined) {
    return refuseParameter(
      `${param}.type`,
      'expected the type of a content part that is supported',
    );
  }
  if (!rule.places.includes(place)) {
    return refuseParameter(
      `${param}.type`,
      `a part of this type cannot stand in the content of a message from the ${place}`,
    );
  }
  const read = checkCacheMarker(part, param) ?? rule.read(part, param);
  if (isRefusal(read)) return read;
  const placed = read.map((block) => ({ block, param: issueParam(block, param) }));
  return markLast(placed, cacheMarkerOf(part));
}

/** Complaints about a call or a result are about its id. */
function issueParam(block: DecodedBlock, param: string): string {
  if (block.type === 'tool_use') return `${param}.id`;
  return block.type === 'tool_result' ? `${param}.tool_use_id` : param;
}

/** Clients add fields of their own to texts that they send back; those of the form stay. */
function readText({ text, citations }: JsonObject, param: string): Blocks {
  if (typeof text !== 'string') return refuseParameter(`${param}.text`, 'expected a string');
  const cited = Array.isArray(citations) ? { citations: citations as TextBlock['citations'] } : {};
  return [{ type: 'text', text, ...cited } as TextBlock];
}

function readRefusal({ refusal: text }: JsonObject, param: string): Blocks {
  if (typeof text !== 'string') return refuseParameter(`${param}.refusal`, 'expected a string');
  return [{ type: 'text', text }];
}

/** Text without its signature is refused by whoever signs, so it cannot go back (chat reference §2.8). */
function readThinking(part: JsonObject): Blocks {
  const block = readThinkingBlock(part);
  return block === undefined || !isSigned(block) ? [] : [block];
}

function readToolUse(part: JsonObject, param: string): Blocks {
  const { id, name, input } = part;
  if (typeof id !== 'string') return refuseParameter(`${param}.id`, 'expected a string');
  if (typeof name !== 'string') return refuseParameter(`${param}.name`, 'expected a string');
  if (!isJsonObject(input)) return refuseParameter(`${param}.input`, 'expected an object');
  return readNative(part);
}

function readToolResult(part: JsonObject, param: string): Blocks {
  const { tool_use_id: id } = part;
  if (typeof id !== 'string') return refuseParameter(`${param}.tool_use_id`, 'expected a string');
  return readNative(part);
}

/** What is inside is for the upstream to judge, as it is in the Messages form. */
function readNative(part: JsonObject): Blocks {
  const { prompt_cache_breakpoint: breakpoint, ...rest } = part;
  return [(breakpoint === undefined ? part : rest) as unknown as DecodedBlock];
}
