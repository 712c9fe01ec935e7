import Cloudflare from 'cloudflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogModel } from '../../src/catalog/describe-workers-ai-model.ts';
import type { SearchedModel } from '../../src/catalog/search-workers-ai-models.ts';
import type { RawAnswer } from '../support/post.ts';
import { sendRaw } from '../support/post.ts';
import { readSeedPage, schemasIn } from '../support/seed-pages.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** The catalog over the wire; Workers reference §7, cases R06, R09 to R12, B34, C03, C04. */

const account = '/client/v4/accounts/a/ai';
const sonnet46 = 'anthropic/claude-sonnet-4.6';

let gateway: TestGateway;
let client: Cloudflare;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = new Cloudflare({ apiToken: gateway.key, baseURL: `${gateway.url}/client/v4` });
});
afterAll(() => gateway.stop());

function get(
  path: string,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${gateway.key}` },
): Promise<RawAnswer> {
  return sendRaw(`${gateway.url}${path}`, { headers });
}

async function resultOf<Result>(path: string): Promise<Result> {
  const { status, headers, body } = await get(path);
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  const said = JSON.parse(body.toString()) as {
    readonly success: boolean;
    readonly result: Result;
  };
  expect(said.success).toBe(true);
  return said.result;
}

const page = readSeedPage('000');

describe('schemas', () => {
  test.skipIf(page === undefined)('W-R10 W-C03 Sonnet 4.6 has those of seed 000', async () => {
    const result = await resultOf(`${account}/models/schema?model=${sonnet46}`);
    expect(result).toEqual(schemasIn(page ?? ''));
  });

  test.skipIf(page === undefined)('W-R10 the same through the SDK', async () => {
    const schema = await client.ai.models.schema.get({ account_id: 'a', model: sonnet46 });
    expect(schema).toEqual(schemasIn(page ?? ''));
  });
});

describe('search', () => {
  test('W-R09 the second page of one', async () => {
    const { body } = await get(`${account}/models/search?per_page=1&page=2`);
    const said = JSON.parse(body.toString()) as {
      readonly result: readonly SearchedModel[];
      readonly result_info: { readonly page: number; readonly total_count: number };
    };
    expect(said.result).toHaveLength(1);
    expect(said.result_info.page).toBe(2);
    const all = await resultOf<readonly SearchedModel[]>(`${account}/models/search?per_page=100`);
    expect(said.result[0]).toEqual(all[1]);
    expect(said.result_info.total_count).toBe(all.length);
  });

  test('W-R09 the SDK walks through all pages', async () => {
    const names: string[] = [];
    for await (const model of client.ai.models.list({ account_id: 'a', per_page: 4 })) {
      names.push((model as SearchedModel).name);
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(sonnet46);
    expect(names).toContain('anthropic/claude-sonnet-4');
  });

  test('the SDK lists tasks and authors', async () => {
    const tasks = await client.ai.tasks.list({ account_id: 'a' });
    expect(tasks.result).toMatchObject([{ name: 'Text Generation' }]);
    const authors = await client.ai.authors.list({ account_id: 'a' });
    expect(authors.result).toEqual([{ id: 'anthropic', name: 'Anthropic' }]);
  });

  test('W-B34 as the binding asks', async () => {
    const path = '/ai-api/models/search?search=claude&per_page=3';
    const models = await resultOf<readonly SearchedModel[]>(path);
    expect(models).toHaveLength(3);
    for (const { properties } of models) {
      expect(properties).toContainEqual({ property_id: 'hosting', value: 'proxied' });
    }
  });
});

describe('records', () => {
  const encoded = encodeURIComponent(sonnet46);

  test('W-R11 one, with its examples', async () => {
    const record = await resultOf<CatalogModel>(`${account}/catalog/models/${encoded}`);
    expect(record).toMatchObject({ model_id: sonnet46, hosting: 'proxied' });
    expect(record.examples.length).toBeGreaterThanOrEqual(5);
  });

  test('W-R11 its schema', async () => {
    const record = await resultOf<CatalogModel>(`${account}/catalog/models/${encoded}`);
    const schema = await resultOf(`${account}/catalog/models/${encoded}/schema`);
    expect(schema).toEqual({ schema: record.schema });
  });

  test('W-R12 dashes for dots', async () => {
    const path = `${account}/catalog/models/anthropic%2Fclaude-sonnet-4-6`;
    expect((await resultOf<CatalogModel>(path)).model_id).toBe(sonnet46);
  });

  test('W-R11 all of them, each to be had by its id', async () => {
    const records = await resultOf<readonly CatalogModel[]>(
      `${account}/catalog/models?page=1&per_page=100`,
    );
    expect(records.length).toBeGreaterThan(5);
    for (const record of records) {
      const path = `${account}/catalog/models/${encodeURIComponent(record.model_id)}`;
      expect(await resultOf(path)).toEqual(record);
    }
  });

  test('W-C04 every example is answered', async () => {
    const records = await resultOf<readonly CatalogModel[]>(`${account}/catalog/models`);
    for (const { model_id, examples } of records) {
      for (const { name, input } of examples) {
        const answer = await sendRaw(`${gateway.url}${account}/v1/messages`, {
          headers: {
            authorization: `Bearer ${gateway.key}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify({ ...input, model: model_id }),
        });
        const said = answer.status === 200 ? '' : answer.body.toString();
        expect([model_id, name, answer.status, said]).toEqual([model_id, name, 200, '']);
      }
    }
  });
});

describe('who may ask', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['nobody', {}],
    ['somebody else', { authorization: 'Bearer wrong' }],
    ['somebody else, by the other header', { 'x-api-key': 'wrong' }],
  ])('W-R06 not %s', async (_name, headers) => {
    const { status, body } = await get(`${account}/models/search`, headers);
    expect(status).toBe(401);
    expect(JSON.parse(body.toString())).toMatchObject({
      result: null,
      success: false,
      errors: [{ code: 10_000 }],
    });
  });

  test.each(['x-api-key', 'cf-aig-authorization'])('who has the key in %s', async (header) => {
    const value = header === 'x-api-key' ? gateway.key : `Bearer ${gateway.key}`;
    expect((await get(`${account}/models/search`, { [header]: value })).status).toBe(200);
  });

  test('the binding is told in the words that it reads', async () => {
    const { status, body } = await get('/ai-api/models/search', {});
    expect(status).toBe(401);
    expect(JSON.parse(body.toString())).toMatchObject({
      internalCode: 2009,
      errors: [{ code: 2009 }],
    });
  });
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is no question', async (method) => {
  const { status, headers } = await sendRaw(`${gateway.url}${account}/models/search`, {
    method,
    headers: { authorization: `Bearer ${gateway.key}` },
  });
  expect([status, headers['allow']]).toEqual([405, 'GET']);
});

test('a model that there is not', async () => {
  const { status, body } = await get(`${account}/models/schema?model=anthropic/nope`);
  expect(status).toBe(404);
  expect(JSON.parse(body.toString())).toMatchObject({ success: false, errors: [{ code: 7003 }] });
});
