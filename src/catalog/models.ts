import type { Model } from './model.ts';

/** What the Claude 4 generation up to Sonnet 4.5 has in common. */
const generation4 = {
  aliases: [],
  contextTokens: 200_000,
  maxOutputTokens: 64_000,
  thinking: { enabled: true, adaptive: false },
  acceptsPrefill: true,
  acceptsBothSamplers: false,
  acceptsSamplers: true,
  acceptsEffort: false,
  acceptsOutputFormat: true,
  reportsInferenceGeo: false,
} as const;

/** From 4.6 on: no prefill, adaptive thinking, effort. */
const generation46 = {
  ...generation4,
  thinking: { enabled: true, adaptive: true },
  acceptsPrefill: false,
  acceptsEffort: true,
  reportsInferenceGeo: true,
} as const;

/** From 4.7 on: adaptive thinking only, samplers fixed, larger windows. */
const generation5 = {
  ...generation46,
  contextTokens: 1_000_000,
  maxOutputTokens: 128_000,
  thinking: { enabled: false, adaptive: true },
  acceptsSamplers: false,
} as const;

/** The registry's models, newest first. */
export const models: readonly Model[] = [
  {
    ...generation5,
    id: 'claude-opus-5',
    displayName: 'Claude Opus 5',
    createdAt: '2026-07-21T00:00:00Z',
  },
  {
    ...generation5,
    id: 'claude-sonnet-5',
    displayName: 'Claude Sonnet 5',
    createdAt: '2026-06-15T00:00:00Z',
  },
  {
    ...generation5,
    id: 'claude-opus-4-8',
    displayName: 'Claude Opus 4.8',
    createdAt: '2026-05-28T00:00:00Z',
  },
  {
    ...generation5,
    id: 'claude-opus-4-7',
    displayName: 'Claude Opus 4.7',
    createdAt: '2026-04-16T00:00:00Z',
  },
  {
    ...generation46,
    id: 'claude-sonnet-4-6',
    displayName: 'Claude Sonnet 4.6',
    createdAt: '2026-02-17T00:00:00Z',
  },
  {
    ...generation46,
    id: 'claude-opus-4-6',
    displayName: 'Claude Opus 4.6',
    createdAt: '2026-02-04T00:00:00Z',
    maxOutputTokens: 128_000,
  },
  {
    ...generation4,
    id: 'claude-opus-4-5-20251101',
    displayName: 'Claude Opus 4.5',
    createdAt: '2025-11-24T00:00:00Z',
    aliases: ['claude-opus-4-5'],
    acceptsEffort: true,
  },
  {
    ...generation4,
    id: 'claude-haiku-4-5-20251001',
    displayName: 'Claude Haiku 4.5',
    createdAt: '2025-10-15T00:00:00Z',
    aliases: ['claude-haiku-4-5'],
  },
  {
    ...generation4,
    id: 'claude-sonnet-4-5-20250929',
    displayName: 'Claude Sonnet 4.5',
    createdAt: '2025-09-29T00:00:00Z',
    aliases: ['claude-sonnet-4-5'],
  },
  {
    ...generation4,
    id: 'claude-opus-4-1-20250805',
    displayName: 'Claude Opus 4.1',
    createdAt: '2025-08-05T00:00:00Z',
    aliases: ['claude-opus-4-1'],
    maxOutputTokens: 32_000,
    acceptsOutputFormat: false,
  },
  {
    ...generation4,
    id: 'claude-opus-4-20250514',
    displayName: 'Claude Opus 4',
    createdAt: '2025-05-22T00:00:00Z',
    aliases: ['claude-opus-4-0', 'claude-4-opus-20250514'],
    maxOutputTokens: 32_000,
    acceptsOutputFormat: false,
  },
  {
    ...generation4,
    id: 'claude-sonnet-4-20250514',
    displayName: 'Claude Sonnet 4',
    createdAt: '2025-05-22T00:00:00Z',
    aliases: ['claude-sonnet-4-0', 'claude-4-sonnet-20250514'],
    acceptsOutputFormat: false,
  },
];
