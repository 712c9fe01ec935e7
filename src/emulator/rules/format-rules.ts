import type { RequestBlock } from '../../messages/content-blocks.ts';
import type { CustomTool } from '../../messages/request.ts';
import { blocksOf, isCustomTool } from '../../messages/request.ts';
import type { JsonObject } from '../../std/json.ts';
import { isJsonObject } from '../../std/json.ts';
import type { SubsetFinding } from '../json-schema/check-subset.ts';
import { checkSubset } from '../json-schema/check-subset.ts';
import type { CheckedRequest, Rule } from './rule.ts';
import { ruleTexts } from './rule-texts.ts';

/** Limits of one request over all its strict schemas (API reference §8). */
const STRICT_TOOLS_MAX = 20;
const OPTIONAL_PARAMETERS_MAX = 24;
const UNION_PARAMETERS_MAX = 16;

/** What structured outputs and strict tools must fulfil (API reference §8, §4.5). */
export const formatRules: readonly Rule[] = [
  ({ request }) => {
    const count = strictTools(request).length;
    return count > STRICT_TOOLS_MAX ? ruleTexts.strictTooMany(count, STRICT_TOOLS_MAX) : undefined;
  },
  ({ request }) => {
    const byCode = strictTools(request).find(({ tool }) =>
      (tool.allowed_callers ?? []).some((caller) => caller !== 'direct'),
    );
    return byCode === undefined ? undefined : ruleTexts.strictByCode(byCode.at);
  },
  schemaRule,
  ({ request }) =>
    formatOf(request) !== undefined && citesDocuments(request)
      ? ruleTexts.formatWithCitations
      : undefined,
  ({ request }) => {
    if (formatOf(request) === undefined) return undefined;
    const last = request.messages.at(-1);
    if (last?.role !== 'assistant') return undefined;
    return blocksOf(last).at(-1)?.type === 'text' ? ruleTexts.formatWithPrefill : undefined;
  },
];

/** The schema that an answer must satisfy; `output_format` is the older place for it (§2.1). */
export function formatOf(request: CheckedRequest): JsonObject | undefined {
  const { output_config, output_format } = request;
  const schema = output_config?.format?.schema ?? output_format?.['schema'];
  return isJsonObject(schema) ? schema : undefined;
}

function schemaRule({ request }: Parameters<Rule>[0]): string | undefined {
  const schemas = strictTools(request).map(({ tool, at }) => ({
    path: `tools.${String(at)}.custom`,
    schema: tool.input_schema,
  }));
  const format = formatOf(request);
  if (format !== undefined) schemas.push({ path: formatPath(request), schema: format });
  const findings: SubsetFinding[] = [];
  for (const { path, schema } of schemas) {
    const finding = checkSubset(schema);
    if (finding.issue === ruleTexts.schemaTooComplex) return finding.issue;
    if (finding.issue !== undefined) return `${path}: ${finding.issue}`;
    findings.push(finding);
  }
  return limitIssue(findings);
}

function limitIssue(findings: readonly SubsetFinding[]): string | undefined {
  let optional = 0;
  let unions = 0;
  for (const finding of findings) {
    optional += finding.optionalParameters;
    unions += finding.unionParameters;
  }
  if (optional > OPTIONAL_PARAMETERS_MAX) {
    return ruleTexts.schemaOptionalTooMany(optional, OPTIONAL_PARAMETERS_MAX);
  }
  return unions > UNION_PARAMETERS_MAX
    ? ruleTexts.schemaUnionsTooMany(unions, UNION_PARAMETERS_MAX)
    : undefined;
}

function strictTools(
  request: CheckedRequest,
): readonly { readonly tool: CustomTool; readonly at: number }[] {
  return (request.tools ?? []).flatMap((tool, at) =>
    isCustomTool(tool) && tool.strict === true ? [{ tool, at }] : [],
  );
}

/** The path that an issue is reported at: the place where the caller put the schema. */
function formatPath({ output_config }: CheckedRequest): string {
  const isNew = output_config?.format !== undefined && output_config.format !== null;
  return isNew ? 'output_config.format.schema' : 'output_format.schema';
}

function citesDocuments(request: CheckedRequest): boolean {
  return request.messages.some((message) => blocksOf(message).some((block) => isCited(block)));
}

function isCited(block: RequestBlock): boolean {
  if (block.type === 'document' || block.type === 'search_result') {
    return block.citations?.enabled === true;
  }
  if (block.type !== 'tool_result' || typeof block.content === 'string') return false;
  return (block.content ?? []).some(
    (part) =>
      (part.type === 'document' || part.type === 'search_result') &&
      part.citations?.enabled === true,
  );
}
