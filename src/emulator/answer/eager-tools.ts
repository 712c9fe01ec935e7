import { isCustomTool } from '../../messages/request.ts';
import type { CheckedRequest } from '../rules/rule.ts';

const FINE_GRAINED_BETA = 'fine-grained-tool-streaming-2025-05-14';

/** The tools whose arguments are streamed as they come, unchecked (API reference §2.3, §5.3). */
export function eagerTools(
  request: CheckedRequest,
  betas: ReadonlySet<string>,
): ReadonlySet<string> {
  const isForAll = betas.has(FINE_GRAINED_BETA);
  const names = (request.tools ?? []).flatMap((tool) => {
    if (!isCustomTool(tool)) return [];
    const { name, eager_input_streaming: isEager } = tool;
    return (isEager ?? isForAll) ? [name] : [];
  });
  return new Set(names);
}
