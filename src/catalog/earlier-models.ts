import type { Model } from './model.ts';
import { generation4 } from './models.ts';
import { priceRow } from './price.ts';

/** What the Claude 3 generation has in common: no thinking, shorter answers, samplers at will. */
const generation3 = {
  ...generation4,
  maxOutputTokens: 8192,
  thinking: { ...generation4.thinking, enabled: false },
  acceptsBothSamplers: true,
  checksImageType: false,
  acceptsCodeExecution: false,
  aliases: [],
  formNames: { chatCompletions: [], workersAi: [] },
};

/**
 * Models that the API no longer lists. Programs and recordings of their time still name them, so
 * they are answered for as they were; no plan sells them.
 */
export const earlierModels: readonly Model[] = [
  {
    ...generation3,
    id: 'claude-3-7-sonnet-20250219',
    displayName: 'Claude Sonnet 3.7',
    createdAt: '2025-02-24T00:00:00Z',
    retiredAt: '2026-02-19T00:00:00Z',
    aliases: ['claude-3-7-sonnet-latest'],
    rateLimitClass: 'claude-sonnet-3.7',
    maxOutputTokens: 64_000,
    thinking: generation4.thinking,
    prices: [priceRow('2025-02-24T00:00:00Z', { input: 3000n, output: 15_000n })],
  },
  {
    ...generation3,
    id: 'claude-3-5-haiku-20241022',
    displayName: 'Claude Haiku 3.5',
    createdAt: '2024-10-22T00:00:00Z',
    retiredAt: '2026-02-19T00:00:00Z',
    aliases: ['claude-3-5-haiku-latest'],
    rateLimitClass: 'claude-haiku-3.5',
    cacheTokensMin: 2048,
    prices: [priceRow('2024-10-22T00:00:00Z', { input: 800n, output: 4000n })],
  },
  {
    ...generation3,
    id: 'claude-3-5-sonnet-20241022',
    displayName: 'Claude Sonnet 3.5',
    createdAt: '2024-10-22T00:00:00Z',
    retiredAt: '2025-10-28T00:00:00Z',
    aliases: ['claude-3-5-sonnet-latest'],
    rateLimitClass: 'claude-sonnet-3.5',
    prices: [priceRow('2024-10-22T00:00:00Z', { input: 3000n, output: 15_000n })],
  },
  {
    ...generation3,
    id: 'claude-3-5-sonnet-20240620',
    displayName: 'Claude Sonnet 3.5 (Old)',
    createdAt: '2024-06-20T00:00:00Z',
    retiredAt: '2025-10-28T00:00:00Z',
    rateLimitClass: 'claude-sonnet-3.5',
    prices: [priceRow('2024-06-20T00:00:00Z', { input: 3000n, output: 15_000n })],
  },
  {
    ...generation3,
    id: 'claude-3-haiku-20240307',
    displayName: 'Claude Haiku 3',
    createdAt: '2024-03-07T00:00:00Z',
    retiredAt: '2026-04-20T00:00:00Z',
    rateLimitClass: 'claude-haiku-3',
    maxOutputTokens: 4096,
    cacheTokensMin: 2048,
    prices: [priceRow('2024-03-07T00:00:00Z', { input: 250n, output: 1250n })],
  },
  {
    ...generation3,
    id: 'claude-3-opus-20240229',
    displayName: 'Claude Opus 3',
    createdAt: '2024-02-29T00:00:00Z',
    retiredAt: '2026-01-05T00:00:00Z',
    aliases: ['claude-3-opus-latest'],
    rateLimitClass: 'claude-opus-3',
    maxOutputTokens: 4096,
    prices: [priceRow('2024-02-29T00:00:00Z', { input: 15_000n, output: 75_000n })],
  },
];
