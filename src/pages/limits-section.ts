import type { Model } from '../catalog/model.ts';
import { countText } from './count-text.ts';
import { features } from './model-features.ts';
import type { PageSection } from './model-page.ts';

const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** What bounds a request has; seed 004, "Limits". */
export function limitsSection(
  model: Model,
  { outputTokensMax, bodyBytesMax }: { outputTokensMax: number; bodyBytesMax: number },
): PageSection {
  const { longContextTokens = 0, contextTokens, images, pdfPagesMax, effortLevels } = model;
  const yesNo = (has: boolean): string => (has ? 'Yes' : 'No');
  return {
    id: 'limits',
    title: 'Limits',
    blocks: [
      {
        kind: 'table',
        head: ['Limit', 'Value'],
        rows: [
          ['Context window', `${countText(contextTokens)} tokens`],
          ...(longContextTokens > contextTokens
            ? [
                [
                  'Context window in beta',
                  `${countText(longContextTokens)} tokens, with the beta \`context-1m-2025-08-07\``,
                ],
              ]
            : []),
          ['Max output', `${countText(outputTokensMax)} tokens`],
          ['Request body', `${countText(bodyBytesMax / BYTES_PER_MEBIBYTE)} MiB`],
          ['Images in a request', countText(images.perRequestMax)],
          ['Size of an image', `${countText(images.bytesMax / BYTES_PER_MEBIBYTE)} MiB`],
          ['Pages of a PDF', countText(pdfPagesMax)],
          ['Shortest prompt that is cached', `${countText(model.cacheTokensMin)} tokens`],
          ['Supports tool use', 'Yes (parallel)'],
          ['Supports vision', yesNo(features.vision.has(model))],
          ['Supports streaming', yesNo(features.streaming.has(model))],
          ['Supports prompt caching', yesNo(features['prompt-caching'].has(model))],
          ['Supports thinking', yesNo(features.thinking.has(model))],
          ['Supports structured outputs', yesNo(features['structured-outputs'].has(model))],
          ['Effort levels', effortLevels.length === 0 ? 'None' : effortLevels.join(', ')],
        ],
      },
    ],
  };
}
