import { afterEach, describe, expect, test } from 'vitest';
import { errorOf, messageStart, wholeStream } from '../support/event-stream.ts';
import { sendRaw } from '../support/post.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';
import { fails, inTurn, streams } from '../support/start-billed-gateway.ts';
import type { RoutedGateway, RoutedOptions } from '../support/start-routed-gateway.ts';
import { says, startRoutedGateway, textOfAnswer } from '../support/start-routed-gateway.ts';

/** Routes through a whole gateway: which upstream and credential answers, and who does when one fails. */

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0)) await stop();
});

async function start(options: RoutedOptions = {}): Promise<RoutedGateway> {
  const routed = await startRoutedGateway(options);
  cleanUp.push(() => routed.stop());
  return routed;
}

const route = (more: string): string => `routes: [{ name: main, ${more} }]\n`;
const aThenB = route('targets: [{ upstream: a }], fallbacks: [{ upstream: b }]');
const silent: Script = () => {};
const conversation = (name: string, ...more: readonly string[]): object => ({
  messages: [name, ...more].map((content, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content,
  })),
});
/** The credentials that came, one a request. */
const keysAt = ({ received }: ScriptedUpstream): readonly (string | undefined)[] =>
  received.map(({ headers }) => headers['x-api-key'] as string | undefined);

describe('when a target fails', () => {
  test.each<[string, Script]>([
    ['503', fails(503)],
    ['529', fails(529)],
    ['429 with a long pause', fails(429, { 'retry-after': '300' })],
    ['401', fails(401)],
    ['403', fails(403)],
    ['a connection that is reset', (_request, response) => response.socket?.resetAndDestroy()],
  ])('%s: the fallback answers at once', async (_name, a) => {
    const routed = await start({ a, yaml: aThenB });
    const answer = await routed.post();
    expect([answer.status, textOfAnswer(answer)]).toEqual([200, 'b']);
    expect([routed.a.received.length, routed.b.received.length]).toEqual([1, 1]);
  });

  test.each<[string, string]>([
    ['says an error', messageStart + errorOf('overloaded_error', 'Overloaded')],
    ['ends', messageStart],
  ])(
    'a stream that %s before content: the caller sees the fallback’s only',
    async (_name, early) => {
      const whole = wholeStream.replace('msg_1', 'msg_b');
      const routed = await start({ a: streams(early), b: streams(whole), yaml: aThenB });
      const answer = await routed.post({ stream: true });
      expect([answer.status, answer.body.toString()]).toEqual([200, whole]);
    },
  );

  test('no content within first_byte_ms is a failure', async () => {
    const targets = 'targets: [{ upstream: a, first_byte_ms: 50 }], fallbacks: [{ upstream: b }]';
    const routed = await start({ a: silent, yaml: route(targets) });
    expect(textOfAnswer(await routed.post({ stream: true }))).toBe('b');
  });

  test('a request that is wrong is wrong everywhere', async () => {
    const routed = await start({ a: fails(400), yaml: aThenB });
    expect((await routed.post()).status).toBe(400);
    expect(routed.b.received.length).toBe(0);
  });

  test('where all fail, the caller gets a failure after three attempts', async () => {
    const routed = await start({ a: fails(503), b: fails(503), yaml: aThenB });
    const answer = await routed.post();
    expect([answer.status, answer.headers['x-should-retry']]).toEqual([503, 'true']);
    expect(routed.a.received.length + routed.b.received.length).toBe(3);
  });

  test('one attempt is one', async () => {
    const routed = await start({
      a: fails(503),
      yaml: route('targets: [{ upstream: a }], fallbacks: [{ upstream: b }], attempts_max: 1'),
    });
    expect((await routed.post()).status).toBe(503);
    expect(routed.b.received.length).toBe(0);
  });

  test('after five failures it is left alone, and is used again once it is back', async () => {
    const optionsOfA = ['auth: none', 'probe: { every_ms: 100 }'];
    const routed = await start({ a: fails(503), optionsOfA, yaml: aThenB });
    for (let at = 0; at < 8; at += 1) expect(textOfAnswer(await routed.post())).toBe('b');
    const posts = (): number => routed.a.received.filter(({ method }) => method === 'POST').length;
    expect(posts()).toBe(5);
    routed.a.script = says('a');
    await expect
      .poll(async () => textOfAnswer(await routed.post()), { timeout: 10_000, interval: 50 })
      .toBe('a');
    expect(posts()).toBe(6);
  });
});

describe('what a target gets', () => {
  test('the body as it came, but for another name of the model, which is told', async () => {
    const model = 'claude-internal';
    const routed = await start({
      yaml: route(`targets: [{ upstream: b, model: ${model} }]`),
    });
    const answer = await routed.post();
    expect(answer.headers['x-quatrain-edits']).toBe('model-renamed');
    expect(routed.b.received[0]?.body.toString()).toBe(
      `{"model":"${model}","max_tokens":16,"messages":[{"role":"user","content":"Hi"}]}`,
    );
  });

  test('where money is charged, another model of the registry is passed over', async () => {
    const targets =
      'targets: [{ upstream: a }], fallbacks: [{ upstream: b, model: claude-haiku-4-5 }]';
    const free = await start({ a: fails(503), yaml: route(targets) });
    expect(textOfAnswer(await free.post())).toBe('b');
    const paid = await start({
      a: fails(503),
      yaml: `plan: prepaid\n${route(`${targets}, attempts_max: 1`)}`,
    });
    expect((await paid.post()).status).toBe(503);
    expect(paid.b.received.length).toBe(0);
  });
});

describe('who shares the requests', () => {
  test('weights are honoured', async () => {
    const targets = 'targets: [{ upstream: a, weight: 3 }, { upstream: b, weight: 1 }]';
    const routed = await start({ yaml: route(`${targets}, affinity: none`) });
    const asks = Array.from({ length: 400 }, () => routed.post());
    await Promise.all(asks);
    // Of 400 with a chance of a quarter: six standard deviations to either side.
    expect(routed.b.received.length).toBeGreaterThan(48);
    expect(routed.b.received.length).toBeLessThan(152);
  });

  const tools = [{ name: 't', input_schema: {} }];
  const team = (name: string): Readonly<Record<string, string>> => ({ 'x-team': name });
  test.each<[string, string, object, string]>([
    ['a header', 'headers: { x-team: blue }', { headers: team('blue') }, 'b'],
    ['another value', 'headers: { x-team: blue }', { headers: team('red') }, 'a'],
    ['a large body', 'body_bytes_min: 1000', { more: { system: 'x'.repeat(1000) } }, 'b'],
    ['a small one', 'body_bytes_min: 1000', {}, 'a'],
    ['a feature', 'features: [tools]', { more: { tools } }, 'b'],
    ['none', 'features: [tools]', {}, 'a'],
    ['a key', 'keys: [development]', {}, 'b'],
    ['another key', 'keys: [other]', {}, 'a'],
  ])('a condition: %s', async (_name, when, asking, name) => {
    const yaml = route(`when: { ${when} }, targets: [{ upstream: b }]`);
    const routed = await start({ yaml });
    const { more, headers } = asking as Readonly<Record<string, Record<string, string>>>;
    expect(textOfAnswer(await routed.post(more, headers))).toBe(name);
  });

  test('models by any of their names, and by patterns', async () => {
    const yaml = `routes:
  - { name: sonnet, models: [anthropic/claude-sonnet-4.6], targets: [{ upstream: b }] }
  - { name: own, models: ['own-*'], targets: [{ upstream: b }] }
`;
    const routed = await start({ yaml });
    const asked = ['claude-sonnet-4-6', 'own-one', 'claude-opus-4-6', 'disown-one'];
    const answers = [];
    for (const model of asked) answers.push(textOfAnswer(await routed.post({ model })));
    expect(answers).toEqual(['b', 'b', 'a', 'a']);
  });

  test('lists of models are the default upstream’s, and counts of tokens go by the route', async () => {
    const routed = await start({ yaml: route('targets: [{ upstream: b }]') });
    const { url, headers } = routed.gateway;
    await sendRaw(`${url}/v1/models`, { headers });
    await sendRaw(`${url}/v1/messages/count_tokens`, {
      headers,
      body: '{"model":"claude-sonnet-4-6","messages":[]}',
    });
    expect([routed.a, routed.b].map(({ received }) => received.map((one) => one.url))).toEqual([
      ['/v1/models'],
      ['/v1/messages/count_tokens'],
    ]);
  });
});

describe('several credentials', () => {
  const optionsOfA = ['api_keys: [env:KEY_A, env:KEY_B, env:KEY_C]'];

  test('conversations spread over them, and each goes back to its own', async () => {
    const routed = await start({ optionsOfA });
    const names = Array.from({ length: 30 }, (_, at) => `conversation ${String(at)}`);
    for (const name of names) await routed.post(conversation(name));
    const first = keysAt(routed.a);
    expect(new Set(first)).toEqual(new Set(['first-key', 'second-key', 'third-key']));
    for (const name of names) await routed.post(conversation(name, 'Yes?', 'Go on.'));
    expect(keysAt(routed.a).slice(30)).toEqual(first);
  });

  const byKey =
    (bad: string, script: Script): Script =>
    (request, ...rest) => {
      (request.headers['x-api-key'] === bad ? script : says('a'))(request, ...rest);
    };

  test.each<[string, Script]>([
    ['401', fails(401)],
    ['402', fails(402)],
    ['429', fails(429, { 'retry-after': '60' })],
  ])('one that gets %s is passed over unseen, and then left alone', async (_name, script) => {
    const routed = await start({ optionsOfA, a: byKey('second-key', script) });
    for (let at = 0; at < 20; at += 1) {
      const answer = await routed.post(conversation(`conversation ${String(at)}`));
      expect([answer.status, textOfAnswer(answer)]).toEqual([200, 'a']);
    }
    expect(keysAt(routed.a).filter((key) => key === 'second-key').length).toBe(1);
  });

  test('a conversation stays where it went, also when its own credential is back', async () => {
    const routed = await start({ optionsOfA });
    await routed.post(conversation('one'));
    const [home = ''] = keysAt(routed.a);
    routed.a.script = byKey(home, fails(429, { 'retry-after': '1' }));
    await routed.post(conversation('one', 'Yes?', 'Go on.'));
    const guestAt = keysAt(routed.a).at(-1);
    expect(guestAt).not.toBe(home);
    routed.a.script = says('a');
    const { health } = routed.gateway.gateway.parts.walk;
    const isBack = (): boolean =>
      health?.snapshot().every(({ pauseLeftMs }) => pauseLeftMs === 0) === true;
    await expect.poll(isBack, { timeout: 10_000, interval: 20 }).toBe(true);
    await routed.post(conversation('one', 'Yes?', 'Go on.', 'Well', 'And?'));
    expect(keysAt(routed.a).at(-1)).toBe(guestAt);
  });

  test('where none is taken, that is not shown to the caller as a fault of its own', async () => {
    const routed = await start({ optionsOfA, a: fails(401) });
    const answer = await routed.post();
    expect([answer.status, answer.headers['x-should-retry']]).toEqual([502, 'false']);
    expect(new Set(keysAt(routed.a)).size).toBe(3);
    expect(routed.gateway.logLines.join('')).toContain('upstream_refuses_account');
  });

  test('a reload keeps what is known of upstreams that did not change', async () => {
    const routed = await start({ optionsOfA, a: byKey('first-key', fails(401)) });
    for (let at = 0; at < 20; at += 1) await routed.post(conversation(String(at)));
    const { gateway } = routed.gateway;
    gateway.reload({ ...gateway.config, log_level: 'warn' });
    for (let at = 0; at < 20; at += 1) await routed.post(conversation(String(at)));
    expect(keysAt(routed.a).filter((key) => key === 'first-key').length).toBe(1);
  });
});

test('an answer that takes longer than it may in all is cut with an error event', async () => {
  const begins: Script = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(wholeStream.slice(0, wholeStream.indexOf('event: message_delta')));
  };
  const optionsOfA = ['auth: none', 'timeouts: { total_ms: 200 }'];
  const routed = await start({ a: inTurn(begins), optionsOfA });
  const answer = await routed.post({ stream: true });
  expect(answer.status).toBe(200);
  expect(answer.body.toString()).toMatch(/event: error\ndata: .*timeout_error/);
  expect(answer.body.toString()).not.toContain('message_stop');
});
