import type { Effort, ModelTraits } from '../messages/model-traits.ts';
import type { FormNames, Model } from './model.ts';
import type { PriceRow } from './price.ts';
import { priceRow } from './price.ts';

/** Traits of the `launch` profile: what the seeds and the API said when each model came out. */

const MEBIBYTE = 1024 * 1024;
const efforts46: readonly Effort[] = ['low', 'medium', 'high'];
const effortsAll: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** What models of a generation share; which limits they draw from each says for itself. */
type Generation = Omit<ModelTraits, 'rateLimitClass'>;

/** What the Claude 4 generation up to Sonnet 4.5 has in common. */
export const generation4: Generation = {
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  reservesOutputInContext: true,
  cacheTokensMin: 1024,
  thinking: {
    enabled: true,
    adaptive: false,
    disabled: true,
    unset: 'off',
    display: 'summarized',
    keepsEarlierTurns: false,
    adaptiveWithForcedTool: false,
    // Reports from the time of launch: a conversation that changes its model is refused for its
    // signatures. The August 2026 documentation says otherwise; that is the later profile's.
    ofOtherModels: 'refused',
  },
  effortLevels: [],
  acceptsPrefill: true,
  acceptsBothSamplers: false,
  acceptsSamplers: true,
  acceptsOutputFormat: false,
  acceptsZeroMaxTokens: false,
  acceptsFastSpeed: false,
  acceptsFallbacks: false,
  acceptsSystemTurns: false,
  acceptsCodeExecution: true,
  acceptsCompaction: false,
  reportsInferenceGeo: false,
  tokenizer: { vocabulary: 'generation-3', opensWord: true, frameTokens: 7, turnTokens: 3 },
  thinkingPromptTokens: { enabled: 29, adaptive: 17 },
  toolsPromptTokens: { free: 314, forced: 316 },
  images: {
    perRequestMax: 100,
    bytesMax: 5 * MEBIBYTE,
    longEdgePixelsMax: 1568,
    patchesMax: 1568,
  },
  pdfPagesMax: 100,
  checksImageType: true,
};

/** From 4.5 on: structured outputs, and a prompt that leaves too little room is no error. */
const generation45: Generation = {
  ...generation4,
  reservesOutputInContext: false,
  toolsPromptTokens: { free: 497, forced: 589 },
  acceptsOutputFormat: true,
};

/** From 4.6 on: no prefill, adaptive thinking that stays in the prompt, effort. */
const generation46: Generation = {
  ...generation45,
  longContextTokens: 1_000_000,
  thinking: { ...generation45.thinking, adaptive: true, keepsEarlierTurns: true },
  acceptsPrefill: false,
  effortLevels: efforts46,
  acceptsCompaction: true,
  reportsInferenceGeo: true,
};

/** From 4.7 on: adaptive thinking only, samplers fixed, larger windows, pictures seen larger. */
const generation5: Generation = {
  ...generation46,
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  thinking: { ...generation46.thinking, enabled: false, adaptiveWithForcedTool: true },
  effortLevels: effortsAll,
  acceptsSamplers: false,
  acceptsZeroMaxTokens: true,
  acceptsFallbacks: true,
  acceptsSystemTurns: true,
  tokenizer: { vocabulary: 'generation-5', opensWord: false, frameTokens: 6, turnTokens: 2 },
  thinkingPromptTokens: { enabled: 0, adaptive: 0 },
  toolsPromptTokens: { free: 356, forced: 475 },
  images: {
    perRequestMax: 600,
    bytesMax: 10 * MEBIBYTE,
    longEdgePixelsMax: 2576,
    patchesMax: 4784,
  },
  pdfPagesMax: 600,
};

const sonnetPrices = (effectiveFrom: string): readonly PriceRow[] => [
  priceRow(effectiveFrom, {
    input: 3000n,
    output: 15_000n,
    longInput: 6000n,
    longOutput: 22_500n,
  }),
];
const opusPrices = (effectiveFrom: string): readonly PriceRow[] => [
  priceRow(effectiveFrom, { input: 5000n, output: 25_000n }),
];
const opus4Prices = (effectiveFrom: string): readonly PriceRow[] => [
  priceRow(effectiveFrom, { input: 15_000n, output: 75_000n }),
];

/** `anthropic/` before the public name is how the other forms spell most models. */
const named = (name: string, ...chatAlso: readonly string[]): FormNames => ({
  chatCompletions: [`anthropic/${name}`, ...chatAlso],
  workersAi: [`anthropic/${name}`],
});

/** The registry's models, newest first. */
export const models: readonly Model[] = [
  {
    ...generation5,
    id: 'claude-opus-5',
    rateLimitClass: 'opus-5',
    displayName: 'Claude Opus 5',
    createdAt: '2026-07-24T00:00:00Z',
    aliases: [],
    formNames: named('claude-opus-5'),
    cacheTokensMin: 512,
    thinking: { ...generation5.thinking, display: 'omitted' },
    acceptsFastSpeed: true,
    prices: opusPrices('2026-07-24T00:00:00Z'),
  },
  {
    ...generation5,
    id: 'claude-sonnet-5',
    rateLimitClass: 'sonnet-5',
    displayName: 'Claude Sonnet 5',
    createdAt: '2026-06-29T00:00:00Z',
    aliases: [],
    formNames: named('claude-sonnet-5'),
    thinking: { ...generation5.thinking, unset: 'adaptive', display: 'omitted' },
    prices: [priceRow('2026-06-29T00:00:00Z', { input: 2000n, output: 10_000n })],
  },
  {
    ...generation5,
    id: 'claude-fable-5',
    rateLimitClass: 'fable-5',
    displayName: 'Claude Fable 5',
    createdAt: '2026-06-07T00:00:00Z',
    aliases: [],
    formNames: named('claude-fable-5'),
    cacheTokensMin: 512,
    thinking: { ...generation5.thinking, disabled: false, unset: 'adaptive', display: 'omitted' },
    prices: [priceRow('2026-06-07T00:00:00Z', { input: 10_000n, output: 50_000n })],
  },
  {
    ...generation5,
    id: 'claude-opus-4-8',
    rateLimitClass: 'opus-4',
    displayName: 'Claude Opus 4.8',
    createdAt: '2026-05-28T00:00:00Z',
    aliases: [],
    formNames: named('claude-opus-4.8'),
    acceptsFastSpeed: true,
    prices: opusPrices('2026-05-28T00:00:00Z'),
  },
  {
    ...generation5,
    id: 'claude-opus-4-7',
    rateLimitClass: 'opus-4',
    displayName: 'Claude Opus 4.7',
    createdAt: '2026-04-14T00:00:00Z',
    aliases: [],
    formNames: named('claude-opus-4.7'),
    acceptsSystemTurns: false,
    cacheTokensMin: 2048,
    tokenizer: { vocabulary: 'generation-5', opensWord: true, frameTokens: 11, turnTokens: 4 },
    acceptsFastSpeed: true,
    prices: opusPrices('2026-04-14T00:00:00Z'),
  },
  {
    ...generation46,
    id: 'claude-sonnet-4-6',
    rateLimitClass: 'sonnet-4',
    displayName: 'Claude Sonnet 4.6',
    createdAt: '2026-02-17T00:00:00Z',
    aliases: [],
    // Seed 002 names both, seeds 000 the first.
    formNames: named('claude-sonnet-4.6', 'anthropic/claude-sonnet-4-6-20260218'),
    prices: sonnetPrices('2026-02-17T00:00:00Z'),
  },
  {
    ...generation46,
    id: 'claude-opus-4-6',
    rateLimitClass: 'opus-4',
    displayName: 'Claude Opus 4.6',
    createdAt: '2026-02-04T00:00:00Z',
    aliases: [],
    formNames: named('claude-opus-4.6'),
    maxOutputTokens: 128_000,
    cacheTokensMin: 4096,
    effortLevels: ['low', 'medium', 'high', 'max'],
    acceptsFastSpeed: true,
    prices: [
      priceRow('2026-02-04T00:00:00Z', {
        input: 5000n,
        output: 25_000n,
        longInput: 10_000n,
        longOutput: 37_500n,
      }),
    ],
  },
  {
    ...generation45,
    id: 'claude-opus-4-5-20251101',
    rateLimitClass: 'opus-4',
    displayName: 'Claude Opus 4.5',
    createdAt: '2025-11-24T00:00:00Z',
    aliases: ['claude-opus-4-5'],
    formNames: named('claude-opus-4.5'),
    cacheTokensMin: 4096,
    thinking: { ...generation45.thinking, keepsEarlierTurns: true },
    effortLevels: efforts46,
    prices: opusPrices('2025-11-24T00:00:00Z'),
  },
  {
    ...generation45,
    id: 'claude-haiku-4-5-20251001',
    rateLimitClass: 'haiku-4.5',
    displayName: 'Claude Haiku 4.5',
    createdAt: '2025-10-15T00:00:00Z',
    aliases: ['claude-haiku-4-5'],
    formNames: named('claude-haiku-4.5'),
    cacheTokensMin: 4096,
    acceptsCodeExecution: false,
    prices: [priceRow('2025-10-15T00:00:00Z', { input: 1000n, output: 5000n })],
  },
  {
    ...generation45,
    id: 'claude-sonnet-4-5-20250929',
    rateLimitClass: 'sonnet-4',
    displayName: 'Claude Sonnet 4.5',
    createdAt: '2025-09-29T00:00:00Z',
    aliases: ['claude-sonnet-4-5'],
    formNames: named('claude-sonnet-4.5'),
    longContextTokens: 1_000_000,
    prices: sonnetPrices('2025-09-29T00:00:00Z'),
  },
  {
    ...generation4,
    id: 'claude-opus-4-1-20250805',
    rateLimitClass: 'opus-4',
    displayName: 'Claude Opus 4.1',
    createdAt: '2025-08-05T00:00:00Z',
    aliases: ['claude-opus-4-1'],
    formNames: named('claude-opus-4.1'),
    maxOutputTokens: 32_000,
    acceptsOutputFormat: true,
    acceptsCodeExecution: false,
    prices: opus4Prices('2025-08-05T00:00:00Z'),
  },
  {
    ...generation4,
    id: 'claude-opus-4-20250514',
    rateLimitClass: 'opus-4',
    displayName: 'Claude Opus 4',
    createdAt: '2025-05-22T00:00:00Z',
    aliases: ['claude-opus-4-0', 'claude-4-opus-20250514'],
    formNames: named('claude-opus-4'),
    maxOutputTokens: 32_000,
    acceptsCodeExecution: false,
    prices: opus4Prices('2025-05-22T00:00:00Z'),
  },
  {
    ...generation4,
    id: 'claude-sonnet-4-20250514',
    rateLimitClass: 'sonnet-4',
    displayName: 'Claude Sonnet 4',
    createdAt: '2025-05-22T00:00:00Z',
    aliases: ['claude-sonnet-4-0', 'claude-4-sonnet-20250514'],
    formNames: named('claude-sonnet-4'),
    longContextTokens: 1_000_000,
    acceptsCodeExecution: false,
    prices: sonnetPrices('2025-05-22T00:00:00Z'),
  },
];
