import { afterAll, beforeAll, expect, test } from 'vitest';
import { describePublicRoutes } from '../../src/describe-public-routes.ts';
import { referenceOperations } from '../../src/pages/reference-operations.ts';
import { sendRaw } from '../support/post.ts';
import type { TestGateway } from '../support/start-test-gateway.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';

/** Paths of the catalog at which there is nothing, and those that somebody would guess. */

const browser = 'text/html,application/xhtml+xml,*/*;q=0.8';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

test.each([
  ['/', browser, '/models/'],
  ['/llms.txt', undefined, '/models/llms.txt'],
  ['/models', browser, '/models/'],
])('%s leads to where the catalog is', async (path, accept, place) => {
  const headers = accept === undefined ? {} : { accept };
  const { status, headers: answered } = await sendRaw(`${gateway.url}${path}`, { headers });
  expect([status, answered['location']]).toEqual([308, place]);
});

test('who is no browser is told that nothing is at the root', async () => {
  const { status, headers } = await sendRaw(`${gateway.url}/`);
  expect([status, headers['content-type']]).toEqual([404, 'application/json']);
});

test('the console keeps the root of its own listener', async () => {
  const { status, headers } = await sendRaw(`${gateway.adminUrl}/`, {
    headers: { accept: browser },
  });
  expect([status, headers['location']]).toEqual([302, '/console/']);
});

test.each([
  ['/models/a/b/c/', browser, 'text/html; charset=utf-8'],
  ['/models/a/b/c', browser, 'text/html; charset=utf-8'],
  ['/models/a/b/index.md', undefined, 'text/markdown; charset=utf-8'],
  ['/models/a/b/', 'text/markdown', 'text/markdown; charset=utf-8'],
  ['/models/a/b/schema-input.json', undefined, 'application/json'],
  // Clients of Chat Completions ask for a model there.
  ['/models/a/b/c', undefined, 'application/json'],
])('%s with accept %s is a 404 in %s', async (path, accept, type) => {
  const headers = accept === undefined ? {} : { accept };
  const answer = await sendRaw(`${gateway.url}${path}`, { headers });
  expect([answer.status, answer.headers['content-type']]).toEqual([404, type]);
  expect(answer.headers['x-content-type-options']).toBe(
    type === 'application/json' && path.endsWith('c') ? undefined : 'nosniff',
  );
});

test('a program that asks for a schema gets an error as the Messages form has it', async () => {
  const { body, headers } = await sendRaw(`${gateway.url}/models/a/b/schema-output.json`);
  expect(JSON.parse(body.toString())).toEqual({
    type: 'error',
    error: expect.objectContaining({ type: 'not_found_error' }) as unknown,
    request_id: headers['request-id'],
  });
});

test('nothing that is asked for says anything on the page that does not find it', async () => {
  const asked = '/models/anthropic/`%3Cimg%20src=x%3E`[a](b)/index.md';
  const text = (await sendRaw(`${gateway.url}${asked}`)).body.toString();
  const [, line] = text.split('\n\n');
  expect(line?.match(/`/g)).toHaveLength(2);
  const page = await sendRaw(`${gateway.url}/models/a/"><img src=x>/`, {
    headers: { accept: browser },
  }).catch(() => undefined);
  expect(page?.body.toString() ?? '').not.toContain('<img');
});

const pages = referenceOperations(describePublicRoutes()).filter(
  ({ path, tag, method }) => tag === 'catalog' && method === 'GET' && path.includes('{'),
);

test.each(pages)('$path: the 404 comes as it is described', async ({ path, answers, errors }) => {
  const answer = await sendRaw(`${gateway.url}${path.replaceAll(/\{\w+\}/g, 'nothing')}`);
  expect(answer.status).toBe(404);
  // Where it has no words of its own, it is the envelope that all errors of the operation come in.
  const own = answers.find(({ status }) => status === '404')?.contents.map((one) => one.type);
  const [type] = String(answer.headers['content-type']).split(';');
  expect(own ?? ['application/json']).toContain(type);
  expect(errors).toBe('MessagesError');
});
