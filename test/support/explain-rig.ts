import type { ExplainAnswer, ExplainForm, ExplainStage } from '../../src/admin/contract-explain.ts';
import type { AdministeredGateway } from './admin-client.ts';
import { administer, textIn } from './admin-client.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { RoutedGateway } from './start-routed-gateway.ts';
import { says, startRoutedGateway } from './start-routed-gateway.ts';

/** Settings of an AI gateway that does nothing of its own. */
export const plainGateway = {
  cache_invalidate_on_update: false,
  cache_ttl: null,
  collect_logs: false,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
} as const;

/** A gateway with routes, policies and keys, whose requests are explained before they are sent. */
export interface ExplainRig {
  readonly routed: RoutedGateway;
  readonly gateway: AdministeredGateway;
  makeKey(name: string, more: object): Promise<{ readonly id: string; readonly key: string }>;
  explained(situation: Situation): Promise<ExplainAnswer>;
  really(situation: Situation): Promise<RawAnswer>;
  /** The names of upstreams that were asked since `begin`. */
  lastAsked(): readonly string[];
  /** Both upstreams answer, and nobody was asked yet. */
  begin(): void;
}

/** A request, and what is to become of it. */
export interface Situation {
  readonly name: string;
  readonly key?: string;
  readonly form?: ExplainForm;
  readonly model?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly address?: string;
  /** What is done before. */
  readonly before?: (rig: ExplainRig) => Promise<unknown>;
  /** And after. */
  readonly after?: (rig: ExplainRig) => Promise<unknown>;
  readonly wanted: {
    readonly upstream?: 'a' | 'b';
    readonly route?: string;
    readonly stage?: ExplainStage;
    readonly status?: number;
    readonly policies?: readonly string[];
    readonly more?: object;
  };
}

const yaml = `
routes:
  - name: opus
    models: ["claude-opus-*"]
    targets: [{ upstream: b }]
  - name: red
    when: { headers: { x-team: red }, body_bytes_max: 5000 }
    targets: [{ upstream: b, first_byte_ms: 20000 }]
    fallbacks: [{ upstream: a }]
    attempts_max: 2
    total_ms: 25000
  - name: tools
    when: { features: [tools] }
    targets: [{ upstream: b, model: claude-haiku-4-5 }]
  - name: shared
    models: [claude-sonnet-4-5]
    targets: [{ upstream: a, weight: 1 }, { upstream: b, weight: 1 }]
policies:
  - name: names
    model_aliases: { fast: claude-haiku-4-5 }
  - name: no-opus-4-1
    models: { deny: ["claude-opus-4-1*"] }
  - name: short
    when: { models: ["*haiku*"] }
    parameters:
      defaults: { temperature: 0.5 }
      limits: { max_tokens_max: 4096 }
`;

const greeting = [{ role: 'user', content: 'Hi' }];

const paths: Readonly<Record<ExplainForm, string>> = {
  messages: '/v1/messages',
  'chat-completions': '/v1/chat/completions',
  'workers-ai': '/client/v4/accounts/team/ai/run',
};

/** What the caller would send. */
function askedOf({ form = 'messages', model = 'claude-sonnet-4-6', body }: Situation): object {
  const asked = { max_tokens: 16, messages: greeting, ...body };
  return form === 'workers-ai' ? asked : { ...asked, model };
}

/** Starts one, with a key for every situation; `more` goes behind its configuration. */
export async function startExplainRig(more = ''): Promise<ExplainRig> {
  const routed = await startRoutedGateway({ yaml: yaml + more });
  const gateway = await administer(routed.gateway);
  const keys = new Map<string, { readonly id: string; readonly key: string }>();
  const keyNamed = (name = 'open'): { readonly id: string; readonly key: string } => {
    const known = keys.get(name);
    if (known === undefined) throw new Error(`nobody made the key ${name}`);
    return known;
  };
  const rig: ExplainRig = {
    routed,
    gateway,
    async makeKey(name, more) {
      const order = { name, account: 'team', ...more };
      const made = await gateway.order('/admin/v1/keys', order);
      const key = { id: textIn(made, 'id'), key: textIn(made, 'key') };
      keys.set(name, key);
      return key;
    },
    async explained(situation) {
      const { form, headers, address, model = 'claude-sonnet-4-6' } = situation;
      const { id: key } = keyNamed(situation.key);
      const body = { key, model, headers, form, address, body: askedOf(situation) };
      const asked = await gateway.ask('POST', '/admin/v1/routes/explain', { body });
      if (asked.status !== 200) throw new Error(asked.text);
      return asked.json as unknown as ExplainAnswer;
    },
    really(situation) {
      const { form = 'messages', headers = {}, model = '' } = situation;
      return sendRaw(`${gateway.url}${paths[form]}${form === 'workers-ai' ? `/${model}` : ''}`, {
        headers: {
          authorization: `Bearer ${keyNamed(situation.key).key}`,
          'anthropic-version': '2023-06-01',
          'content-type': 'application/json',
          ...headers,
        },
        body: JSON.stringify(askedOf(situation)),
      });
    },
    lastAsked: () => [...routed.a.received.map(() => 'a'), ...routed.b.received.map(() => 'b')],
    begin() {
      routed.a.script = says('a');
      routed.b.script = says('b');
      routed.a.received.length = 0;
      routed.b.received.length = 0;
    },
  };
  await makeCallers(rig);
  return rig;
}

async function makeCallers(rig: ExplainRig): Promise<void> {
  const { gateway } = rig;
  await gateway.order('/admin/v1/accounts', { id: 'team', name: 'team' });
  for (const account of ['poor', 'rich']) {
    await gateway.order('/admin/v1/accounts', { id: account, name: account, plan: 'prepaid' });
    await gateway.order(`/admin/v1/wallets/${account}/open`);
  }
  await gateway.order('/admin/v1/wallets/rich/top-ups', {
    amount_nano: '5000000000',
    reason: 'bank transfer',
  });
  await rig.makeKey('open', {});
  await rig.makeKey('sonnet', { models: ['claude-sonnet-4-6'] });
  await rig.makeKey('unscoped', { scopes: ['models:read'] });
  await rig.makeKey('slow', { rate: { requests_per_minute: 1 } });
  await rig.makeKey('poor', { account: 'poor' });
  await rig.makeKey('rich', { account: 'rich', scopes: ['messages', 'wallet:read'] });
  await rig.makeKey('frugal', { budget: { limit_nano: '1000', period: 'day' } });
  await rig.makeKey('elsewhere', { allowed_cidrs: ['10.0.0.0/8'] });
}
