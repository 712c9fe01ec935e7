import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectEnvelope } from '../support/expect-envelope.ts';
import { filesOnDisk } from '../support/files-on-disk.ts';
import { sendRaw } from '../support/post.ts';
import { readRequestLog } from '../support/read-request-log.ts';
import { makeSecondKey } from '../support/second-key.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Files that the gateway keeps, over real sockets, the emulator behind it. */

const beta = { 'anthropic-beta': 'files-api-2025-04-14' };

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly has_more?: boolean;
  readonly first_id?: string | null;
  readonly last_id?: string | null;
  readonly next_page?: string | null;
}

function clientOf(gateway: TestGateway, apiKey: string = gateway.key): Anthropic {
  return new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 });
}

async function page(gateway: TestGateway, query: string, isBeta = false): Promise<Page> {
  const headers = isBeta ? { ...gateway.headers, ...beta } : gateway.headers;
  const answer = await sendRaw(`${gateway.url}/v1/files${query}`, { headers });
  expect([answer.status, answer.body.toString().slice(0, 200)]).toEqual([200, expect.anything()]);
  return JSON.parse(answer.body.toString()) as Page;
}

describe('files with the SDK', () => {
  let gateway: TestGateway;
  let client: Anthropic;
  beforeAll(async () => {
    gateway = await startTestGateway();
    client = clientOf(gateway);
  });
  afterAll(() => gateway.stop());

  test.each(['current', 'beta'] as const)('the whole life of a file (%s)', async (form) => {
    const files = form === 'beta' ? client.beta.files : client.files;
    const uploaded = await files.upload({
      file: await toFile(Buffer.from('%PDF-1.3 …'), 'report.pdf', { type: 'application/pdf' }),
    });
    expect(uploaded).toEqual({
      type: 'file',
      id: expect.stringMatching(/^file_01[0-9A-Za-z]{22}$/) as string,
      size_bytes: 12,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
      filename: 'report.pdf',
      mime_type: 'application/pdf',
      downloadable: false,
    });
    expect(await files.retrieveMetadata(uploaded.id)).toEqual(uploaded);
    const listed = [];
    for await (const file of files.list()) listed.push(file);
    expect(listed).toEqual([uploaded]);
    expect(await files.delete(uploaded.id)).toEqual({ id: uploaded.id, type: 'file_deleted' });
    await expect(files.retrieveMetadata(uploaded.id)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining(`File \`${uploaded.id}\` not found.`) as string,
    });
    expect(filesOnDisk(gateway)).toEqual([]);
  });

  test('#156 what was uploaded cannot be downloaded', async () => {
    const { id } = await client.files.upload({ file: await toFile(Buffer.from('x'), 'x.txt') });
    const refused = client.files.download(id);
    await expect(refused).rejects.toBeInstanceOf(Anthropic.FileNotDownloadableError);
    await expect(refused).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining(`File '${id}' is not downloadable`) as string,
    });
    await client.files.delete(id);
  });

  test('a file may have an end', async () => {
    const file = await toFile(Buffer.from('x'), 'x.txt', { type: 'text/plain' });
    const made = await client.files.upload({ file, expires_in_seconds: 3600 });
    const lifeMs = Date.parse(String(made.expires_at)) - Date.parse(made.created_at);
    expect(lifeMs).toBe(3_600_000);
    await client.files.delete(made.id);
  });

  test('lists go on where the page before ended, in both forms', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const file = await toFile(Buffer.from(String(index)), `${String(index)}.txt`);
      ids.unshift((await client.files.upload({ file })).id);
    }
    const seen = [];
    for await (const { id } of client.files.list({ limit: 2 })) seen.push(id);
    expect(seen).toEqual(ids);

    const first = await page(gateway, '?limit=2', true);
    expect(first).toMatchObject({ has_more: true, first_id: ids[0], last_id: ids[1] });
    const next = await page(gateway, `?limit=2&after_id=${String(ids[1])}`, true);
    expect(next.data.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const back = await page(gateway, `?limit=2&before_id=${String(ids[3])}`, true);
    expect(back).toMatchObject({ has_more: true, first_id: ids[1], last_id: ids[2] });
    const start = await page(gateway, `?limit=2&before_id=${String(ids[2])}`, true);
    expect(start).toMatchObject({ has_more: false, first_id: ids[0], last_id: ids[1] });

    // The cursor of the current form outlives the file that it was made from.
    const whole = await page(gateway, '?limit=2');
    await client.files.delete(String(ids[1]));
    const rest = await page(gateway, `?page=${String(whole.next_page)}`);
    expect(rest.data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(rest.next_page).toBeNull();

    const named = await client.files.list({ ids: [String(ids[4]), 'file_none', String(ids[0])] });
    expect(named.data.map(({ id }) => id)).toEqual([ids[0], ids[4]]);
    for (const id of [ids[0], ids[2], ids[3], ids[4]]) await client.files.delete(String(id));
  });

  test.each([
    ['?limit=1001', /^limit: Input should be less than or equal to 1000$/],
    ['?limit=0', /^limit: Input should be greater than or equal to 1$/],
    ['?limit=two', /^limit: Input should be a valid integer/],
    ['?page=nonsense', /^page: /],
    ['?ids[]=a&limit=2', /^ids: /],
    [
      `?${Array.from({ length: 101 }, (_, index) => `ids=f${String(index)}`).join('&')}`,
      /^ids: .*100/,
    ],
  ])('the list refuses %s', async (query, message) => {
    const answer = await sendRaw(`${gateway.url}/v1/files${query}`, { headers: gateway.headers });
    expectEnvelope(answer, { status: 400, type: 'invalid_request_error', message });
  });

  test("another account's file is not there", async () => {
    const { id } = await client.files.upload({ file: await toFile(Buffer.from('x'), 'x.txt') });
    const other = clientOf(gateway, await makeSecondKey(gateway));
    for (const call of [
      () => other.files.retrieveMetadata(id),
      () => other.files.download(id),
      () => other.files.delete(id),
    ])
      await expect(call()).rejects.toMatchObject({ status: 404 });
    expect((await other.files.list()).data).toEqual([]);
    expect((await other.files.list({ ids: [id] })).data).toEqual([]);
    expect((await client.files.retrieveMetadata(id)).id).toBe(id);
    await client.files.delete(id);
  });

  test('the request log has the size of an upload', async () => {
    const file = await toFile(Buffer.alloc(5000), 'x.bin');
    const { data, response } = await client.files.upload({ file }).withResponse();
    await client.files.delete(data.id);
    const id = response.headers.get('x-quatrain-request-id');
    const size = (): unknown =>
      readRequestLog(gateway.dataDir).find((row) => row.request_id === id)?.request_bytes;
    await expect.poll(size).toBeGreaterThan(5000);
  });

  test('a request names its version', async () => {
    const { 'anthropic-version': _version, ...headers } = gateway.headers;
    expectEnvelope(await sendRaw(`${gateway.url}/v1/files`, { headers }), {
      status: 400,
      type: 'invalid_request_error',
      message: /^anthropic-version: header is required$/,
    });
  });
});
