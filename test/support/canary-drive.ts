import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountApiRoutes, adminRoutes } from '../../src/admin/routes.ts';
import type { AdministeredGateway } from './admin-client.ts';
import { startAdministeredGateway, textIn } from './admin-client.ts';
import { Canaries } from './canaries.ts';
import { opening, textDelta } from './event-stream.ts';
import type { FormName } from './every-form.ts';
import { askIn, bodyIn, sendTo } from './every-form.ts';
import { makeGateway } from './gateway-host.ts';
import { filePart, formHeaders, formOf } from './multipart-form.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import { RawConnection, requestText } from './raw-connection.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import type { Answers } from './upstream-ways.ts';
import { answered, failing, upstreamWays } from './upstream-ways.ts';

export interface Reply {
  readonly status: number;
  /** Head and body. */
  readonly said: string;
}

const UPSTREAM = 'scripted';
const yamlOf = (url: string): string => `log_level: debug
upstreams:
  ${UPSTREAM}:
    kind: anthropic
    base_url: ${url}
    api_key: env:UP_KEY
    provider_keys: true
payments:
  stripe:
    webhook_secret: env:HOOK
recordings:
  - { key: development, cassette: canary }
`;

/** A gateway through which canaries are sent every way, and what it said. */
export class CanaryDrive {
  readonly secrets: Canaries = new Canaries();
  readonly texts: Canaries = new Canaries();
  readonly replies: Map<string, Reply> = new Map();
  readonly gateway: AdministeredGateway;
  readonly upstream: ScriptedUpstream;
  /** Keys by what they may do. */
  readonly #keys = new Map<string, string>();
  #answers: Answers = failing(500);
  #answerText = '';
  readonly #hook: string;

  private constructor(gateway: AdministeredGateway, upstream: ScriptedUpstream, hook: string) {
    this.gateway = gateway;
    this.upstream = upstream;
    this.#hook = hook;
    upstream.script = ({ body }, response) => {
      const stream = /"stream":\s*true/.test(body.toString());
      this.#answers(response, { stream, text: this.#answerText });
    };
  }

  static async start(more: string): Promise<CanaryDrive> {
    const upstream = await startScriptedUpstream((_request, response) => response.end());
    const secrets = new Canaries();
    const env = {
      UP_KEY: secrets.hatch('an upstream’s key', 'sk-ant-'),
      HOOK: secrets.hatch('hook', 'whsec_'),
    };
    const gateway = await startAdministeredGateway(`${yamlOf(upstream.url)}${more}`, env);
    const drive = new CanaryDrive(gateway, upstream, env.HOOK);
    drive.secrets.watch('an upstream’s key', env.UP_KEY);
    drive.secrets.watch('the webhook’s secret', env.HOOK);
    await drive.#makeKeys();
    return drive;
  }

  async #makeKeys(): Promise<void> {
    const { gateway, secrets } = this;
    const pepper = readFileSync(join(gateway.dataDir, 'pepper'), 'utf8').trim();
    secrets.watch('the pepper', pepper);
    secrets.watch('the development key', gateway.key);
    secrets.watch('an admin key', gateway.adminKey, gateway.adminKey.slice(19));
    for (const [id, plan] of Object.entries({
      metered: 'standard',
      paying: 'prepaid',
      poor: 'prepaid',
    })) {
      await gateway.order('/admin/v1/accounts', { id, name: id, plan });
      await gateway.order(`/admin/v1/wallets/${id}/open`);
    }
    const credit = { amount_nano: '1000000000000', reason: 'for the test' };
    await gateway.order('/admin/v1/wallets/paying/top-ups', credit);
    const budget = { limit_nano: '1000000000000', period: 'day' };
    const made: Readonly<Record<string, object>> = {
      metered: { account: 'metered', budget },
      paying: { account: 'paying' },
      poor: { account: 'poor' },
      scoped: { account: 'metered', scopes: ['usage:read'] },
      limited: { account: 'metered', rate: { requests_per_minute: 1 } },
      revoked: { account: 'metered' },
      management: { account: 'metered', kind: 'management' },
    };
    for (const [name, wanted] of Object.entries(made)) {
      const answer = await gateway.order('/admin/v1/keys', { name, ...wanted });
      this.#keys.set(
        name,
        secrets.watch(`the ${name} key`, textIn(answer, 'key'), textIn(answer, 'key').slice(19)),
      );
      if (name !== 'revoked') continue;
      const renewed = await gateway.order(`/admin/v1/keys/${textIn(answer, 'id')}/rotate`);
      secrets.watch('a rotated key', textIn(renewed, 'key'), textIn(renewed, 'key').slice(19));
      await gateway.order(`/admin/v1/keys/${textIn(answer, 'id')}/revoke`);
    }
    this.#keys.set('unknown', secrets.hatch('an unknown key'));
    this.#keys.set(
      'of another service',
      secrets.hatch('a key of another service', 'sk-ant-api03-'),
    );
  }

  #key(name: string): string {
    return this.#keys.get(name) ?? '';
  }

  /** Every form, every way that a request can end, each with texts of its own. */
  async everyWay(names: readonly FormName[]): Promise<void> {
    await this.#storeProviderKey();
    for (const name of names) {
      for (const stream of [false, true]) {
        for (const [way, answers] of Object.entries(upstreamWays)) {
          this.#answers = answers;
          await this.#ask(name, { way, stream, key: 'metered' });
        }
        await this.#endings(name, stream);
      }
    }
    await this.#payments();
    await this.#leaving();
  }

  /** Ways to end that need no upstream, or another account. */
  async #endings(name: FormName, stream: boolean): Promise<void> {
    this.#answers = answered;
    for (const key of ['paying', 'poor', 'scoped', 'limited', 'limited', 'revoked', 'unknown']) {
      await this.#ask(name, { way: `by the ${key} key`, stream, key });
    }
    const id = { 'idempotency-key': `once-${name}-${String(stream)}` };
    for (const time of ['first', 'again']) {
      await this.#ask(
        name,
        { way: `once, ${time}`, stream, key: 'paying', headers: id },
        'the same',
      );
    }
    await this.#ask(name, { way: 'another body', stream, key: 'paying', headers: id });
    const model = { model: 'no-such-model', max_tokens: -1 };
    await this.#ask(name, { way: 'invalid', stream, key: 'metered', more: model });
    const text = this.texts.hatch(`${name}, no JSON`);
    const body = bodyIn(name, { key: '', text, stream }).slice(0, -3);
    const answer = await sendTo(name, this.gateway.url, { key: this.#key('metered'), body });
    this.#note(`${name}, no JSON, ${String(stream)}`, answer);
  }

  async #ask(
    name: FormName,
    asked: {
      readonly way: string;
      readonly stream: boolean;
      readonly key: string;
      readonly more?: object;
      readonly headers?: Readonly<Record<string, string>>;
    },
    same?: string,
  ): Promise<void> {
    const { way, stream, key, more = {}, headers = {} } = asked;
    const place = `${name}, ${way}${stream ? ', as a stream' : ''}`;
    const known = same === undefined ? undefined : this.#same.get(`${name}${String(stream)}`);
    const text = known ?? this.texts.hatch(`what was asked: ${place}`);
    if (same !== undefined) this.#same.set(`${name}${String(stream)}`, text);
    this.#answerText = this.texts.hatch(`what was answered: ${place}`);
    const brought = {
      'x-secret': this.#key('of another service'),
      cookie: `sid=${this.#key('of another service')}`,
    };
    const metadata = { metadata: { user_id: text } };
    const isMessages = /messages|host/.test(name);
    const answer = await askIn(name, this.gateway.url, {
      key: this.#key(key),
      text,
      stream,
      more: { ...(isMessages ? metadata : {}), ...more },
      headers: { ...brought, ...headers },
    });
    this.#note(`${place} (${key})`, answer);
  }

  readonly #same = new Map<string, string>();

  #note(name: string, { status, headers, body }: RawAnswer): void {
    this.replies.set(name, { status, said: `${JSON.stringify(headers)}\n${body.toString()}` });
  }

  /** A key for a provider that is stored, and one that a request brings along. */
  async #storeProviderKey(): Promise<void> {
    const { url } = this.gateway;
    const key = this.#key('metered');
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    await makeGateway({ url, key }, { id: 'keyed' });
    const secret = this.secrets.hatch('a stored provider’s key', 'sk-ant-');
    const config = { provider_slug: 'anthropic', alias: 'default', secret, default_config: true };
    const place = '/client/v4/accounts/a/ai-gateway/gateways/keyed/provider_configs';
    this.#note(
      'a stored key',
      await sendRaw(`${url}${place}`, { headers, body: JSON.stringify(config) }),
    );
    const own = this.secrets.hatch('a brought provider’s key', 'sk-ant-');
    this.#answers = answered;
    for (const gateway of ['keyed', 'default']) {
      for (const brought of [{}, { 'x-api-key': own }, { authorization: `Bearer ${own}` }]) {
        const answer = await sendRaw(`${url}/v1/a/${gateway}/anthropic/v1/messages`, {
          headers: {
            'cf-aig-authorization': `Bearer ${key}`,
            'content-type': 'application/json',
            ...brought,
          },
          body: bodyIn('messages', {
            key: '',
            text: this.texts.hatch(`${gateway}${JSON.stringify(Object.keys(brought))}`),
          }),
        });
        this.#note(`${gateway}, with ${Object.keys(brought).join()}`, answer);
      }
    }
    const query = JSON.parse(bodyIn('messages', { key: '', text: 'Hi' })) as object;
    const steps = [
      { provider: 'anthropic', endpoint: 'v1/messages', headers: { 'x-api-key': own }, query },
    ];
    const asked = { key, body: JSON.stringify(steps) };
    this.#note('a key in a step', await sendTo('several steps', url, asked));
    const inQuery = `${url}/v1/messages?key=${this.#key('of another service')}`;
    this.#note('a key in a query', await sendRaw(inQuery, { headers, body: '{}' }));
    this.#note(
      'a key in a path',
      await sendRaw(`${url}/v1/${this.#key('of another service')}`, { headers }),
    );
  }

  async #payments(): Promise<void> {
    const { gateway } = this;
    const order = {
      key: this.#key('management'),
      body: { amount_nano: '25000000000' },
      headers: { 'idempotency-key': 'intent' },
    };
    const { json } = await gateway.ask('POST', '/v1/wallet/top-ups', order);
    const object = {
      id: 'cs_1',
      payment_intent: 'pi_1',
      payment_status: 'paid',
      amount_total: 2500,
      currency: 'usd',
      metadata: { intent: textIn(json, 'id') },
    };
    const body = JSON.stringify({
      id: 'evt_1',
      type: 'checkout.session.completed',
      data: { object },
    });
    const time = String(Math.floor(Date.now() / 1000));
    for (const secret of [this.#hook, 'another']) {
      const v1 = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
      const headers = { 'stripe-signature': `t=${time},v1=${v1}` };
      const answer = await gateway.ask('POST', '/v1/webhooks/stripe', { key: '', body, headers });
      this.replies.set(`a webhook by ${secret.slice(0, 5)}`, {
        status: answer.status,
        said: answer.text,
      });
    }
  }

  /** Callers that go in the midst of it, and one that asks for too much. */
  async #leaving(): Promise<void> {
    const { url } = this.gateway;
    this.#answers = (response, { text }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(opening + textDelta(text));
    };
    this.#answerText = this.texts.hatch('what was answered to who left');
    const headers = {
      'x-api-key': this.#key('paying'),
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    };
    const body = bodyIn('messages', {
      key: '',
      text: this.texts.hatch('what was asked by who left'),
      stream: true,
    });
    const caller = new RawConnection(url).send(requestText({ headers, body }));
    for (let looks = 0; looks < 500 && !caller.text.includes('text_delta'); looks += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    caller.close();
    const pad = `${this.texts.hatch('too much')}${'x'.repeat(33 * 1024 * 1024)}`;
    this.#note(
      'too much',
      await sendRaw(`${url}/v1/messages`, { headers, body: pad }).catch(() => none),
    );
    await this.gateway.gateway.parts.walk.settling?.idle();
  }

  /** Batches, files and cassettes have texts: that is what they are for. */
  async whatIsKeptOnPurpose(): Promise<void> {
    const { url, key } = this.gateway;
    const headers = { 'x-api-key': this.#key('metered'), 'anthropic-version': '2023-06-01' };
    const part = filePart(this.texts.hatch('a file'), { filename: 'a.txt', type: 'text/plain' });
    const upload = { headers: { ...headers, ...formHeaders }, body: formOf([part]) };
    this.#note('a file', await sendRaw(`${url}/v1/files`, upload));
    this.#answers = answered;
    const params = JSON.parse(
      bodyIn('messages', { key: '', text: this.texts.hatch('a batch') }),
    ) as object;
    const batch = JSON.stringify({ requests: [{ custom_id: 'one', params }] });
    const json = { ...headers, 'content-type': 'application/json' };
    this.#note(
      'a batch',
      await sendRaw(`${url}/v1/messages/batches`, { headers: json, body: batch }),
    );
    this.#note(
      'a recording',
      await askIn('messages', url, { key, text: this.texts.hatch('a recording') }),
    );
  }

  /** Metrics, and every answer to a question of both APIs. */
  async everythingAnswered(): Promise<ReadonlyMap<string, string>> {
    const { gateway } = this;
    const answers = new Map<string, string>();
    const metrics = await sendRaw(`${gateway.adminUrl}/metrics`);
    answers.set('metrics', metrics.body.toString());
    const asked = [...adminRoutes, ...accountApiRoutes].filter(({ method }) => method === 'GET');
    // Of one through a gateway that keeps logs, what was said is there: that is what they are for.
    const plain = [...this.replies].filter(([name]) => name.startsWith('messages,'));
    const request =
      plain.flatMap(
        ([, { said }]) => /"x-quatrain-request-id":"(req_\w+)"/.exec(said)?.[1] ?? [],
      )[0] ?? '';
    const places: Readonly<Record<string, readonly string[]>> = {
      account: ['metered', 'paying', 'poor'],
      month: ['2026-11'],
      file: ['csv', 'json'],
      request: [request],
    };
    for (const { path } of asked) {
      for (const target of targetsOf(path, places)) {
        const query = queryOf(path);
        const own = path.startsWith('/admin/') ? {} : { key: this.#key('management') };
        const answer = await gateway.ask('GET', `${target}${query}`, own);
        answers.set(`${target}${query}`, `${JSON.stringify(answer.headers)}${answer.text}`);
      }
    }
    for (const account of ['metered', 'paying']) {
      for (const file of ['csv', 'json']) {
        const target = `/admin/v1/exports/transactions/${file}?account=${account}`;
        answers.set(target, (await gateway.ask('GET', target)).text);
      }
    }
    return answers;
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.upstream.stop();
  }
}

const none: RawAnswer = { status: 0, headers: {}, body: Buffer.alloc(0) };

/** A path with what may stand in each of its places. */
function targetsOf(
  path: string,
  places: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const found = /\{(\w+)\}/.exec(path);
  if (found === null) return [path];
  const [place, name = ''] = found;
  const values = places[name] ?? ['nobody1'];
  return values.flatMap((value) => targetsOf(path.replace(place, value), places));
}

function queryOf(path: string): string {
  if (path.includes('exports/transactions')) return '?account=paying';
  const isOverTime = path.endsWith('/usage') || path.includes('exports/usage');
  return isOverTime ? '?from=2026-01-01&to=2027-01-01' : '';
}
