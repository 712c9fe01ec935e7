import type {
  DocumentBlock,
  ImageBlock,
  SearchResultBlock,
  TextBlock,
  ToolReferenceBlock,
} from './content-blocks.ts';
import type { Field, ObjectSchema, Schema } from './schema.ts';
import {
  anyObject,
  array,
  boolean,
  closed,
  integer,
  nullable,
  oneOf,
  optional,
  required,
  string,
  stringOr,
  withBeta,
} from './schema.ts';

/** Schemas of the blocks that bring material into a prompt; the API reference §3.1 and §3.4. */

const type: Field = required(string());

export const cacheControlSchema: Schema = nullable({
  kind: 'tagged',
  variants: {
    ephemeral: closed<{ type: string; ttl?: string; scope?: string }>({
      type,
      ttl: optional(oneOf('5m', '1h')),
      scope: withBeta(nullable(string()), 'prompt-caching-scope-2026-01-05'),
    }),
  },
});
const cacheControl = optional(cacheControlSchema);

const index = required(integer({ min: 0 }));
const text = required(string());
const maybeText = required(nullable(string()));
/** Answers say which file was cited, so what comes back may. */
const fileId = optional(nullable(string()));

const citation: Schema = {
  kind: 'tagged',
  variants: {
    char_location: closed<Record<`${'start' | 'end'}_char_index` | DocumentCitation, unknown>>({
      type,
      cited_text: text,
      document_index: index,
      document_title: maybeText,
      start_char_index: index,
      end_char_index: required(integer()),
      file_id: fileId,
    }),
    content_block_location: closed<
      Record<`${'start' | 'end'}_block_index` | DocumentCitation, unknown>
    >({
      type,
      cited_text: text,
      document_index: index,
      document_title: maybeText,
      start_block_index: index,
      end_block_index: required(integer()),
      file_id: fileId,
    }),
    page_location: closed<Record<`${'start' | 'end'}_page_number` | DocumentCitation, unknown>>({
      type,
      cited_text: text,
      document_index: index,
      document_title: maybeText,
      start_page_number: required(integer({ min: 1 })),
      end_page_number: required(integer()),
      file_id: fileId,
    }),
    search_result_location: closed<Record<SearchCitation, unknown>>({
      type,
      cited_text: text,
      search_result_index: index,
      source: text,
      title: maybeText,
      start_block_index: index,
      end_block_index: required(integer()),
    }),
    web_search_result_location: closed<Record<WebCitation, unknown>>({
      type,
      cited_text: text,
      encrypted_index: text,
      title: maybeText,
      url: text,
    }),
  },
};

type DocumentCitation = 'type' | 'cited_text' | 'document_index' | 'document_title' | 'file_id';
type SearchCitation =
  | 'type'
  | 'cited_text'
  | 'search_result_index'
  | 'source'
  | 'title'
  | 'start_block_index'
  | 'end_block_index';
type WebCitation = 'type' | 'cited_text' | 'encrypted_index' | 'title' | 'url';

export const textBlockSchema: ObjectSchema = closed<TextBlock>({
  type: required(oneOf('text')),
  text,
  citations: optional(nullable(array(citation))),
  cache_control: cacheControl,
});

/** Text blocks alone, what `system` is made of: no union, so no tag in an error's path. */
export const textBlocksSchema: Schema = array(textBlockSchema);

const base64Source = (...mediaTypes: readonly string[]): ObjectSchema =>
  closed<{ type: string; media_type: string; data: string }>({
    type,
    media_type: required(oneOf(...mediaTypes)),
    data: text,
  });
const urlSource = closed<{ type: string; url: string }>({ type, url: text });
const fileSource = closed<{ type: string; file_id: string }>({ type, file_id: text });

export const imageBlockSchema: ObjectSchema = closed<ImageBlock>({
  type,
  source: required({
    kind: 'tagged',
    variants: {
      base64: base64Source('image/jpeg', 'image/png', 'image/gif', 'image/webp'),
      file: fileSource,
      url: urlSource,
    },
  }),
  transformations: optional(
    nullable(
      closed<{ oversized_image?: string }>({
        oversized_image: optional(nullable(oneOf('downsize', 'error'))),
      }),
    ),
  ),
  cache_control: cacheControl,
});

const citationsSwitch = closed<{ enabled?: boolean }>({ enabled: optional(boolean) });

export const documentBlockSchema: ObjectSchema = closed<DocumentBlock>({
  type,
  source: required({
    kind: 'tagged',
    variants: {
      base64: base64Source('application/pdf'),
      content: closed<{ type: string; content: unknown }>({
        type,
        content: required(
          stringOr(
            array({ kind: 'tagged', variants: { image: imageBlockSchema, text: textBlockSchema } }),
          ),
        ),
      }),
      file: fileSource,
      text: base64Source('text/plain'),
      url: urlSource,
    },
  }),
  title: optional(nullable(string({ lengthMin: 1, lengthMax: 500 }))),
  context: optional(nullable(string({ lengthMin: 1 }))),
  citations: optional(nullable(citationsSwitch)),
  cache_control: cacheControl,
});

export const searchResultBlockSchema: ObjectSchema = closed<SearchResultBlock>({
  type,
  source: text,
  title: text,
  content: required(array(textBlockSchema, { lengthMin: 1 })),
  citations: optional(nullable(citationsSwitch)),
  cache_control: cacheControl,
});

export const toolReferenceBlockSchema: ObjectSchema = closed<ToolReferenceBlock>({
  type,
  tool_name: required(string({ pattern: /^[a-zA-Z0-9_-]{1,256}$/ })),
  cache_control: cacheControl,
});

/** `citations.enabled`, as tools that fetch documents have it too. */
export const citationsSwitchSchema: Schema = nullable(citationsSwitch);

/** A JSON object as the input of a call. */
export const callInput: Field = required(anyObject);
