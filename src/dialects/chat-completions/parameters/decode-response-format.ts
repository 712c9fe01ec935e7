import type { TextBlock } from '../../../messages/content-blocks.ts';
import type { Refusal } from '../../../messages/errors.ts';
import type { OutputConfig } from '../../../messages/request.ts';
import type { JsonObject, JsonValue } from '../../../std/json.ts';
import { isJsonObject } from '../../../std/json.ts';
import type { KnownModel } from '../../dialect.ts';
import { refuseParameter } from '../refuse-parameter.ts';
import { sanitizeSchema } from './sanitize-schema.ts';

type JsonFormat = NonNullable<OutputConfig['format']>;

export interface DecodedFormat {
  readonly config: OutputConfig;
  /** What is added to the end of `system`. */
  readonly instruction: TextBlock | undefined;
  /** Whether a code fence around the answer is taken off. */
  readonly removesFence: boolean;
}

const JSON_INSTRUCTION =
  'Answer with one JSON object and nothing else: no text around it and no code fence.';
const SCHEMA_INSTRUCTION =
  'Answer with JSON that is valid against this JSON Schema and nothing else: no text around it and no code fence.';

/** `response_format`, `output_config` and `output_format` (chat reference §2.7). */
export function decodeResponseFormat(
  given: JsonObject,
  model: KnownModel | undefined,
): DecodedFormat | Refusal {
  const { response_format: format, output_config: config, output_format: older } = given;
  const own = isJsonObject(config) ? (config as OutputConfig) : {};
  const formats = [
    own.format ?? undefined,
    older,
    isJsonObject(format) && format['type'] !== 'text' ? format : undefined,
  ].filter((value) => value !== undefined);
  if (formats.length > 1) {
    const param = isJsonObject(format) ? 'response_format' : 'output_format';
    return refuseParameter(param, 'the form of the answer is given twice');
  }
  if (isJsonObject(older)) return unchanged({ ...own, format: older as unknown as JsonFormat });
  if (!isJsonObject(format)) return unchanged(own);
  switch (format['type']) {
    case 'json_object':
      return instructed(own, JSON_INSTRUCTION);
    case 'json_schema':
      return decodeSchemaFormat(format['json_schema'], own, model);
    default:
      return unchanged(own);
  }
}

function decodeSchemaFormat(
  said: JsonValue | undefined,
  own: OutputConfig,
  model: KnownModel | undefined,
): DecodedFormat | Refusal {
  const schema = isJsonObject(said) ? said['schema'] : undefined;
  if (!isJsonObject(schema)) {
    return refuseParameter('response_format', '`json_schema.schema` should be a JSON Schema');
  }
  const takesFormat = model?.traits.acceptsOutputFormat !== false;
  const sanitized = takesFormat ? sanitizeSchema(schema) : undefined;
  return sanitized === undefined
    ? instructed(own, `${SCHEMA_INSTRUCTION}\n\n${JSON.stringify(schema)}`)
    : unchanged({ ...own, format: { type: 'json_schema', schema: sanitized } });
}

function unchanged(config: OutputConfig): DecodedFormat {
  return { config, instruction: undefined, removesFence: false };
}

function instructed(config: OutputConfig, text: string): DecodedFormat {
  return { config, instruction: { type: 'text', text }, removesFence: true };
}
