import { describe, expect, test } from 'vitest';
import { describeMarketplaceModel } from './describe-marketplace-model.ts';
import type { CatalogEntry } from './describe-workers-ai-model.ts';
import { describeWorkersAiModel, workersAiCatalog } from './describe-workers-ai-model.ts';
import { plans } from './plans.ts';
import { resolveModel } from './resolve-model.ts';
import type { CatalogSearch } from './search-workers-ai-models.ts';
import {
  catalogTasks,
  describeSearched,
  listedEntries,
  searchEntries,
} from './search-workers-ai-models.ts';
import type { WorkersAiPresentation } from './workers-ai-presentations.ts';
import { workersAiPresentations } from './workers-ai-presentations.ts';

const atMs = Date.parse('2026-11-01T00:00:00Z');
const terms = { plan: plans.standard, atMs };
const catalog = workersAiCatalog('launch', terms);

function entryOf(name: string): CatalogEntry {
  const entry = catalog.find(({ record }) => record.model_id === name);
  if (entry === undefined) throw new Error(`no entry ${name}`);
  return entry;
}

describe('W-C07 what is listed', () => {
  /** Haiku 4.5, listed otherwise. */
  function entryWith(more: Partial<WorkersAiPresentation>): CatalogEntry {
    const model = resolveModel('claude-haiku-4-5');
    const presentation = model === undefined ? undefined : workersAiPresentations[model.id];
    if (model === undefined || presentation === undefined) throw new Error('no such model');
    return { model, record: describeWorkersAiModel(model, { ...presentation, ...more }, terms) };
  }

  test.each<[string, Partial<WorkersAiPresentation>, boolean, boolean]>([
    ['as it is', {}, true, true],
    ['private', { isPrivate: true }, false, false],
    ['with an end that is to come', { plannedDeprecationDate: '2026-11-02' }, true, true],
    ['with an end today', { plannedDeprecationDate: '2026-11-01' }, false, true],
    [
      'with an end less than three months ago',
      { plannedDeprecationDate: '2026-08-02' },
      false,
      true,
    ],
    ['with an end three months ago', { plannedDeprecationDate: '2026-08-01' }, false, false],
    [
      'private, with an end',
      { isPrivate: true, plannedDeprecationDate: '2026-10-31' },
      false,
      false,
    ],
  ])('a model %s', (_name, more, isListed, isListedWithDeprecated) => {
    const entries = [entryWith(more)];
    const listed = (includesDeprecated: boolean): boolean =>
      listedEntries(entries, { includesDeprecated, atMs }).length > 0;
    expect([listed(false), listed(true)]).toEqual([isListed, isListedWithDeprecated]);
  });

  test('a search says when a model ends', () => {
    const { properties } = describeSearched(entryWith({ plannedDeprecationDate: '2026-12-01' }));
    expect(properties).toContainEqual({
      property_id: 'planned_deprecation_date',
      value: '2026-12-01',
    });
  });

  test('a model that the API does not serve any more has ended', () => {
    const { model, record } = entryWith({});
    const retired = { ...model, retiredAt: '2026-10-01T00:00:00Z' };
    const presentation = workersAiPresentations[model.id];
    if (presentation === undefined) throw new Error('no such presentation');
    const entry = { model: retired, record: describeWorkersAiModel(retired, presentation, terms) };
    expect(record.metadata).not.toHaveProperty('planned_deprecation_date');
    expect(entry.record.metadata).toMatchObject({ planned_deprecation_date: '2026-10-01' });
    expect(listedEntries([entry], { includesDeprecated: false, atMs })).toEqual([]);
  });
});

describe('a search', () => {
  const all = catalog.map(({ record }) => record.model_id);
  const sonnet46 = ['anthropic/claude-sonnet-4.6'];

  test.each<[Partial<CatalogSearch>, readonly string[]]>([
    [{}, all],
    [{ author: 'Anthropic' }, all],
    [{ author: 'anthropic' }, all],
    [{ author: 'openai' }, []],
    [{ task: 'Text Generation' }, all],
    [{ task: 'text-generation' }, all],
    [{ task: catalogTasks[0]?.id ?? '' }, all],
    [{ task: 'Text Embeddings' }, []],
    [{ source: 3 }, all],
    [{ source: 1 }, []],
    [{ search: 'claude-sonnet-4.6' }, sonnet46],
    [{ search: 'CLAUDE-SONNET-4-6' }, sonnet46],
    [{ search: 'Claude Sonnet 4.6' }, sonnet46],
    [{ search: 'improved instruction following' }, sonnet46],
    [
      { search: 'haiku', author: 'anthropic', task: 'text generation' },
      ['anthropic/claude-haiku-4.5'],
    ],
    [{ search: 'haiku', source: 1 }, []],
    [{ search: 'gpt' }, []],
  ])('%j', (asked, found) => {
    const entries = searchEntries(catalog, { includesDeprecated: false, ...asked });
    expect(entries.map(({ record }) => record.model_id)).toEqual(found);
  });

  test('shows a model as the binding types it', () => {
    const shown = describeSearched(entryOf('anthropic/claude-sonnet-4.6'));
    expect(shown).toMatchObject({
      id: 'anthropic/claude-sonnet-4.6',
      name: 'anthropic/claude-sonnet-4.6',
      source: 3,
      task: { name: 'Text Generation' },
      tags: ['LLM', 'Coding', 'Reasoning', 'Agentic'],
    });
    expect(Object.keys(shown.task).toSorted()).toEqual(['description', 'id', 'name']);
    expect(shown.properties.every(({ value }) => typeof value === 'string')).toBe(true);
    expect(shown.properties).toContainEqual({ property_id: 'context_window', value: '200000' });
  });
});

describe('for marketplaces', () => {
  test('Sonnet 4.6', () => {
    expect(describeMarketplaceModel(entryOf('anthropic/claude-sonnet-4.6'), atMs)).toMatchObject({
      name: 'Anthropic: Claude Sonnet 4.6',
      created: 1_771_286_400,
      context_length: 200_000,
      max_output_length: 64_000,
      pricing: {
        prompt: '0.000003000',
        completion: '0.000015000',
        input_cache_read: '0.000000300',
        input_cache_write: '0.000003750',
        web_search: '0.010000000',
      },
      supported_sampling_parameters: ['temperature', 'top_p', 'top_k', 'stop'],
      supported_features: ['tools', 'structured_outputs', 'reasoning', 'web_search'],
      reasoning: { supported_efforts: ['low', 'medium', 'high'], mandatory: false },
    });
  });

  test('a model that fixes its samplers and always thinks', () => {
    expect(describeMarketplaceModel(entryOf('anthropic/claude-fable-5'), atMs)).toMatchObject({
      supported_sampling_parameters: ['stop'],
      reasoning: { mandatory: true },
    });
  });

  test('a model without efforts says none', () => {
    const { reasoning } = describeMarketplaceModel(entryOf('anthropic/claude-haiku-4.5'), atMs);
    expect(reasoning).toEqual({ mandatory: false });
  });

  test('a price that is not known yet is not said', () => {
    const { pricing } = describeMarketplaceModel(entryOf('anthropic/claude-opus-5'), 0);
    expect(pricing).toEqual({});
  });
});
