import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Finished, RunningCommand } from '../support/cli.ts';
import { freePort, runCommand, startServe, temporaryDirectory } from '../support/cli.ts';
import { becomesSo } from '../support/own-time.ts';
import { startScriptedUpstream, upstreamYaml } from '../support/scripted-upstream.ts';

/** The built command, as a person uses it. */

const hello = {
  model: 'claude-sonnet-4-6',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Hi' }],
};

function ask(url: string, key: string, more: object = {}): Promise<Response> {
  return fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': key,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ ...hello, ...more }),
  });
}

const statusOf = async (url: string, key: string): Promise<number> => {
  const response = await ask(url, key);
  await response.arrayBuffer();
  return response.status;
};

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of cleanUp.splice(0).toReversed()) await stop();
});

interface Place {
  readonly directory: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  serve(args: readonly string[]): Promise<RunningCommand & { readonly url: string }>;
}

/** A directory of its own for each test, and commands in it. */
function place(yaml?: string): Place {
  const { path: directory, remove } = temporaryDirectory();
  cleanUp.push(remove);
  if (yaml !== undefined) writeFileSync(join(directory, 'quatrain.yaml'), yaml);
  return {
    directory,
    run: (args, env) => runCommand(directory, args, env),
    serve: async (args) => {
      const started = await startServe(directory, args);
      cleanUp.push(() => started.kill());
      return started;
    },
  };
}

const anyPort = ['--port', '0', '--admin-port', '0'];

describe('the first start', () => {
  test('prints where it listens, a key once, and a curl that works; the next start prints none', async () => {
    const here = place();
    const first = await here.serve(anyPort);
    const { url, key = '' } = first;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(first.stdout).toContain('answers from   emulator');
    const curl = /curl -s (\S+) \\\n +-H "x-api-key: (\S+)" \\\n[\s\S]*?-d '(.*)'/.exec(
      first.stdout,
    );
    expect(curl?.slice(1, 3)).toEqual([`${url}/v1/messages`, key]);
    const printed = await ask(url, curl?.[2] ?? '', JSON.parse(curl?.[3] ?? '{}') as object);
    expect([printed.status, ((await printed.json()) as { type: string }).type]).toEqual([
      200,
      'message',
    ]);
    expect(statSync(join(here.directory, '.quatrain/pepper')).mode & 0o777).toBe(0o600);
    expect(statSync(join(here.directory, '.quatrain')).mode & 0o777).toBe(0o700);
    first.signal('SIGTERM');
    expect((await first.ended).code).toBe(0);

    const second = await here.serve(anyPort);
    expect(second.key).toBeUndefined();
    expect(second.stdout).not.toContain(key);
    expect(await statusOf(second.url, key)).toBe(200);
  });

  test('a start that fails has not used up the key: the next one prints it', async () => {
    const here = place();
    const busy = await startScriptedUpstream(() => {});
    cleanUp.push(() => busy.stop());
    const failed = await here.run(['serve', '--port', new URL(busy.url).port]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^quatrain: port \d+ on 127\.0\.0\.1 is taken; .*--port/m);
    const next = await here.serve(anyPort);
    expect(next.key).toMatch(/^qtn_dev_/);
  });

  test('a fixed key works, and no other is made', async () => {
    const here = place();
    const { url, key } = await here.serve([...anyPort, '--dev-key', 'my-key']);
    expect(key).toBeUndefined();
    expect(await statusOf(url, 'my-key')).toBe(200);
    expect(await statusOf(url, 'my-ke')).toBe(401);
  });
});

describe('with a running gateway', () => {
  const { path: directory, remove } = temporaryDirectory();
  let gateway: RunningCommand & { readonly url: string };
  beforeAll(async () => {
    gateway = await startServe(directory, [...anyPort]);
  });
  afterAll(async () => {
    await gateway.kill();
    remove();
  });
  const json = async (args: readonly string[]): Promise<unknown> =>
    JSON.parse((await runCommand(directory, [...args, '--json'])).stdout);

  test('a key that is made works at once; revoked, it is refused within 1.5 s', async () => {
    const made = (await json(['keys', 'create', '--name', 'mine'])) as { id: string; key: string };
    expect(made.key).toMatch(/^qtn_live_/);
    expect(await statusOf(gateway.url, made.key)).toBe(200);
    const listed = (await json(['keys', 'list'])) as { id: string; status: string; name: string }[];
    expect(listed).toContainEqual(
      expect.objectContaining({ id: made.id, name: 'mine', kind: 'inference', status: 'active' }),
    );
    expect(JSON.stringify(listed)).not.toContain(made.key.slice(20));
    expect(await json(['keys', 'revoke', made.id])).toMatchObject({
      id: made.id,
      status: 'revoked',
    });
    expect(await becomesSo(async () => (await statusOf(gateway.url, made.key)) === 401, 1500)).toBe(
      true,
    );
    expect(await json(['keys', 'list'])).toContainEqual(
      expect.objectContaining({ id: made.id, status: 'revoked' }),
    );
    const again = await runCommand(directory, ['keys', 'revoke', made.id]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('keys list')]);
  });

  test('keys for people: shown once, listed without their secret', async () => {
    const made = await runCommand(directory, ['keys', 'create', '--name', 'hers']);
    const key = /^qtn_live_\w{59}$/m.exec(made.stdout)?.[0] ?? '';
    expect(await statusOf(gateway.url, key)).toBe(200);
    const list = await runCommand(directory, ['keys', 'list']);
    expect(list.stdout).toMatch(/^\w{10} {2}inference {2}active +\S+Z {2}- +hers$/m);
    expect(list.stdout).not.toContain(key);
  });

  test('an admin key calls no model, and a key that has expired already is not made', async () => {
    const admin = (await json(['keys', 'create', '--admin'])) as { key: string };
    expect(await statusOf(gateway.url, admin.key)).toBe(401);
    const expired = await runCommand(directory, ['keys', 'create', '--expires-days', '0']);
    expect([expired.code, expired.stderr]).toEqual([1, expect.stringContaining('expires_at')]);
  });

  test('a key is made with all that it may do, gets another secret, and is stopped', async () => {
    const account = (await json(['accounts', 'create', '--name', 'Acme'])) as { id: string };
    const options = [
      ['--account', account.id],
      ['--scope', 'messages'],
      ['--scope', 'chat'],
      ['--model', 'claude-sonnet-4.6'],
      ['--cidr', '127.0.0.1'],
      ['--cidr', '::ffff:10.0.0.0/104'],
      ['--budget', '12.5'],
      ['--period', 'day'],
      ['--rpm', '5'],
      ['--concurrency', '2'],
    ];
    const made = (await json(['keys', 'create', ...options.flat()])) as { id: string; key: string };
    expect(await json(['keys', 'show', made.id])).toMatchObject({
      account: account.id,
      scopes: ['messages', 'chat'],
      models: ['claude-sonnet-4-6'],
      allowed_cidrs: ['127.0.0.1/32', '10.0.0.0/8'],
      budget: { limit_nano: '12500000000', period: 'day' },
      rate: { requests_per_minute: 5, concurrency: 2 },
      last4: made.key.slice(-4),
    });
    expect(await statusOf(gateway.url, made.key)).toBe(200);
    const renewed = (await json(['keys', 'rotate', made.id])) as { id: string; key: string };
    expect(renewed.id).toBe(made.id);
    expect(await statusOf(gateway.url, renewed.key)).toBe(200);
    expect(await statusOf(gateway.url, made.key)).toBe(200);
    await json(['keys', 'disable', made.id]);
    expect(
      await becomesSo(async () => (await statusOf(gateway.url, renewed.key)) === 401, 1500),
    ).toBe(true);
    expect(await json(['keys', 'enable', made.id])).toMatchObject({ status: 'active' });
    expect(await json(['keys', 'list', '--account', account.id])).toHaveLength(1);
  });

  test.each([
    ['--cidr', '10.0.0.0/33', 'allowed_cidrs'],
    ['--scope', 'everything', 'scopes'],
    ['--kind', 'root', 'inference, management, admin'],
    ['--budget', 'much', 'USD'],
    ['--account', 'nobody', 'nobody'],
  ])('keys create %s %s says what is wrong', async (option, value, text) => {
    const { code, stderr } = await runCommand(directory, ['keys', 'create', option, value]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(text)]);
  });

  test('chat prints an answer', async () => {
    const args = ['chat', 'Say something', '--url', gateway.url, '--key', gateway.key ?? ''];
    const { code, stdout, stderr } = await runCommand(directory, args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/emulat/i);
    expect(stderr).toMatch(/\(end_turn, \d+ tokens in, \d+ out, /);
  });

  test.each<[string, string[], RegExp]>([
    ['a wrong key', ['--key', 'nope'], /authentication_error: invalid x-api-key/],
    ['no key', [], /--key or QUATRAIN_API_KEY/],
    ['no gateway', ['--key', 'k', '--url', 'http://127.0.0.1:9'], /nothing answers at/],
  ])('chat with %s says so', async (_name, more, text) => {
    const { code, stderr } = await runCommand(directory, [
      'chat',
      'Hi',
      '--url',
      gateway.url,
      ...more,
    ]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(text)]);
  });

  test('doctor finds it sound', async () => {
    const { code, stdout } = await runCommand(directory, ['doctor']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^ok +store: .* is sound, \d+ keys$/m),
    ]);
    const findings = (await json(['doctor'])) as { check: string; ok: boolean }[];
    expect(findings.map(({ ok }) => ok)).not.toContain(false);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['node', 'configuration', 'store', 'upstreams', 'gateway']),
    );
  });
});

describe('doctor says what is wrong, and fails', () => {
  const bad = /^BAD +/m;

  test.each<[string, string, RegExp]>([
    [
      'a bad configuration',
      'listen: { port: many }',
      /configuration: .*quatrain\.yaml:1.*listen\.port/s,
    ],
    [
      'a missing credential',
      'upstreams: { real: { kind: anthropic, api_key: "env:NOPE" } }',
      /upstreams: .*NOPE/,
    ],
    [
      'an upstream that does not answer',
      upstreamYaml('http://127.0.0.1:9'),
      /upstream scripted: The upstream could not be reached/,
    ],
    ['a directory that cannot be', 'data_dir: /dev/null/here', /store: .*/],
  ])('%s', async (_name, yaml, text) => {
    const { code, stdout } = await place(yaml).run(['doctor']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(bad)]);
    expect(stdout).toMatch(text);
  });

  test.each([401, 500])('an upstream that answers %i', async (status) => {
    const upstream = await startScriptedUpstream((_r, response) =>
      response.writeHead(status).end(),
    );
    cleanUp.push(() => upstream.stop());
    const { code, stdout } = await place(upstreamYaml(upstream.url)).run(['doctor']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(bad)]);
    expect(stdout).toContain(String(status));
  });

  test('a store without its pepper', async () => {
    const here = place();
    await here.run(['keys', 'create']);
    writeFileSync(join(here.directory, '.quatrain/pepper'), 'short');
    const { code, stdout } = await here.run(['doctor']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^BAD +store: .*pepper/m)]);
  });
});

describe('what cannot start says why, in a sentence', () => {
  test.each<[string, string | undefined, string[], RegExp]>([
    [
      'a wrong option in the file, by its line',
      'listen:\n  port: 0\n  colour: red\n',
      ['serve'],
      /quatrain\.yaml:3: listen\.colour: no such option/,
    ],
    ['a file that is no YAML', 'a: [', ['serve'], /quatrain\.yaml:\d+:/],
    [
      'a file that is not there',
      undefined,
      ['serve', '--config', 'none.yaml'],
      /none\.yaml cannot be read/,
    ],
    ['an unknown option', undefined, ['serve', '--colour'], /unknown option '--colour'/],
    ['an unknown command', undefined, ['sing'], /./],
    ['a port that is none', undefined, ['serve', '--port', 'x'], /A whole number is wanted/],
    [
      'beyond loopback without an admin key',
      undefined,
      ['serve', '--host', '0.0.0.0', '--port', '0'],
      /0\.0\.0\.0 reaches beyond this machine.*quatrain keys create --admin/,
    ],
    [
      'beyond loopback with a fixed key',
      undefined,
      ['serve', '--host', '0.0.0.0', '--port', '0', '--dev-key', 'k'],
      /loopback only.*0\.0\.0\.0.*quatrain keys create/,
    ],
    [
      'the admin listener beyond loopback without an admin key',
      'admin: { host: 0.0.0.0, port: 0 }',
      ['serve', '--port', '0'],
      /quatrain keys create --admin/,
    ],
  ])('%s', async (_name, yaml, args, text) => {
    const { code, stdout, stderr } = await place(yaml).run(args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(text)]);
    expect(stdout).not.toContain('listening');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('beyond loopback with an admin key it starts, and metrics want that key', async () => {
    const here = place('admin: { host: 0.0.0.0, port: 0 }');
    const { stdout } = await here.run(['keys', 'create', '--admin', '--json']);
    const { key } = JSON.parse(stdout) as { key: string };
    const gateway = await here.serve(['--host', '0.0.0.0', '--port', '0']);
    expect(gateway.key).toBeUndefined();
    const at = gateway.url.replace('0.0.0.0', '127.0.0.1');
    const metrics = `${gateway.metricsUrl?.replace('0.0.0.0', '127.0.0.1') ?? ''}/metrics`;
    expect((await fetch(`${at}/readyz`)).status).toBe(200);
    expect((await fetch(metrics)).status).toBe(401);
    expect((await fetch(metrics, { headers: { 'x-api-key': key } })).status).toBe(200);
  });

  test('the default port taken by another says which', async () => {
    const port = await freePort();
    const here = place(`listen: { port: ${String(port)} }`);
    await here.serve([]);
    const { code, stderr } = await here.run(['serve']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${String(port)} on`)]);
  });
});

test('--version and --help', async () => {
  const here = place();
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  expect((await here.run(['--version'])).stdout.trim()).toBe(manifest.version);
  expect((await here.run(['--help'])).stdout).toContain('doctor');
});
