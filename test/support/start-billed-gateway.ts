import { LedgerBilling } from '../../src/billing/ledger-billing.ts';
import type { HoldRecord, LedgerStore, WalletState } from '../../src/ledger/ledger-store.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { Script, ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from './scripted-upstream.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGateway } from './start-test-gateway.ts';

/** A gateway that sells from a wallet, in front of an upstream that does what the test says. */
export interface BilledGateway {
  readonly gateway: TestGateway;
  readonly upstream: ScriptedUpstream;
  readonly ledger: LedgerStore;
  /** A request to a model that has a price; in one piece, if it does not say otherwise. */
  post(more?: object, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  /** What the wallet has once nothing is held any more: posted and held, in nano-USD. */
  balance(): Promise<readonly [bigint, bigint]>;
  wallet(): Promise<WalletState>;
  /** What became of the money of a request. */
  hold(answer: RawAnswer): Promise<HoldRecord | undefined>;
  stop(): Promise<void>;
}

export interface BilledOptions {
  /** 1 USD where absent; the fixture of the wallet reference §13. */
  readonly postedNanoUsd?: bigint;
  readonly yaml?: string;
}

const ACCOUNT = 'development';
const SETTLE_MS = 5000;
const LOOK_MS = 10;

/** A request of the reference's size. */
export const asked: Readonly<Record<string, unknown>> = {
  model: 'claude-sonnet-4-6',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Hi' }],
};

/** Starts one; money that is held comes back before the test looks at it. */
export async function startBilledGateway(
  script: Script,
  { postedNanoUsd = 1_000_000_000n, yaml = '' }: BilledOptions = {},
): Promise<BilledGateway> {
  const upstream = await startScriptedUpstream(script);
  const gateway = await startTestGateway(`plan: prepaid\n${upstreamYaml(upstream.url)}${yaml}`);
  const { billing } = gateway.gateway.parts.walk;
  if (!(billing instanceof LedgerBilling)) throw new Error('the gateway keeps no books');
  const { ledger } = billing.desk;
  await ledger.openWallet(ACCOUNT, Date.now());
  if (postedNanoUsd > 0n) await topUp(ledger, postedNanoUsd);
  const wallet = async (): Promise<WalletState> => {
    const state = await ledger.wallet(ACCOUNT);
    if (state === undefined) throw new Error('there is no wallet');
    return state;
  };
  return {
    gateway,
    upstream,
    ledger,
    wallet,
    post: (more = {}, headers = {}) =>
      sendRaw(`${gateway.url}/v1/messages`, {
        headers: { ...gateway.headers, ...headers },
        body: JSON.stringify({ ...asked, ...more }),
      }),
    async balance() {
      await gateway.gateway.parts.walk.settling?.idle();
      const untilMs = Date.now() + SETTLE_MS;
      for (;;) {
        const { postedNanoUsd: posted, heldNanoUsd: held } = await wallet();
        if (held === 0n || Date.now() > untilMs) return [posted, held];
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
    hold: (answer) => ledger.hold(String(answer.headers['x-quatrain-request-id'])),
    async stop() {
      await gateway.stop();
      await upstream.stop();
    },
  };
}

async function topUp(ledger: LedgerStore, amountNanoUsd: bigint): Promise<void> {
  await ledger.transfer({
    transferId: 'test top-up',
    reason: 'top_up',
    account: ACCOUNT,
    amountNanoUsd,
    note: 'for the test',
    actor: 'test',
    atMs: Date.now(),
  });
}

/** Answers in one piece with a message of this usage. */
export function answersWith(
  usage: object | undefined,
  more: object = {},
  headers: Readonly<Record<string, string>> = {},
): Script {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(
      JSON.stringify({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-4-6',
        content: [{ type: 'text', text: 'Hello there.' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        ...(usage === undefined ? {} : { usage }),
        ...more,
      }),
    );
  };
}

/** Answers with a stream that says this and is over. */
export function streams(text: string): Script {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(text);
  };
}

/** Answers with a status and an error as the API writes it. */
export function fails(status: number, headers: Readonly<Record<string, string>> = {}): Script {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    const error = { type: 'api_error', message: 'It failed.' };
    response.end(JSON.stringify({ type: 'error', error, request_id: 'req_up' }));
  };
}

/** One script after the other; the last one stays. */
export function inTurn(...scripts: readonly Script[]): Script {
  let turn = 0;
  return (...asking) => {
    const script = scripts[Math.min(turn, scripts.length - 1)];
    turn += 1;
    script?.(...asking);
  };
}
