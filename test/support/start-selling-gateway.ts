import { LedgerBilling } from '../../src/billing/ledger-billing.ts';
import type { LedgerStore, WalletState } from '../../src/ledger/ledger-store.ts';
import type { Store } from '../../src/store/open-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { AdministeredGateway } from './admin-client.ts';
import { administer, textIn } from './admin-client.ts';
import { makeDataDir } from './make-data-dir.ts';
import type { RawAnswer } from './post.ts';
import { sendRaw } from './post.ts';
import type { Script, ScriptedUpstream } from './scripted-upstream.ts';
import { startScriptedUpstream, upstreamYaml } from './scripted-upstream.ts';
import { asked } from './start-billed-gateway.ts';
import type { TestGateway } from './start-test-gateway.ts';
import { startTestGatewayIn } from './start-test-gateway.ts';

/** A gateway whose operator sells to accounts, in front of an upstream that does what the test says. */
export interface SellingGateway {
  readonly gateway: AdministeredGateway;
  readonly upstream: ScriptedUpstream;
  readonly ledger: LedgerStore;
  /** Opens an account with a wallet and a key. */
  sellTo(account: string, terms?: SaleTerms): Promise<Customer>;
  stop(): Promise<void>;
}

export interface SaleTerms {
  /** 1 USD where absent; the fixture of the wallet reference §13. */
  readonly postedNanoUsd?: bigint;
  readonly plan?: string;
  /** What its key differs in from one that may do everything. */
  readonly key?: object;
}

/** An account that buys, with a key of it. */
export interface Customer {
  readonly account: string;
  readonly keyId: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  post(more?: object, headers?: Readonly<Record<string, string>>): Promise<RawAnswer>;
  wallet(): Promise<WalletState>;
  /** What the wallet has once nothing is held any more: posted and held. */
  balance(): Promise<readonly [bigint, bigint]>;
}

export interface SellingOptions {
  /** Added to what says which upstream there is. */
  readonly yaml?: string;
  /** In the place of what says so. */
  readonly upstreamYaml?: (url: string) => string;
  /** Writes to the store before the gateway starts. */
  readonly prepare?: (store: Store) => Promise<unknown>;
}

const SETTLE_MS = 8000;
const LOOK_MS = 10;

export async function startSellingGateway(
  script: Script,
  options: SellingOptions = {},
): Promise<SellingGateway> {
  const { yaml = '', upstreamYaml: configured = upstreamYaml, prepare } = options;
  const upstream = await startScriptedUpstream(script);
  const dataDir = makeDataDir();
  if (prepare !== undefined) {
    const store = await openStore(dataDir, fail);
    await prepare(store);
    await store.close();
  }
  const started = await startTestGatewayIn(dataDir, {
    yaml: `${configured(upstream.url)}${yaml}`,
  });
  const gateway = await administer(started);
  const ledger = ledgerOf(started);
  return {
    gateway,
    upstream,
    ledger,
    sellTo: async (account, terms = {}) => {
      const { postedNanoUsd = 1_000_000_000n, plan = 'prepaid', key = {} } = terms;
      await gateway.order('/admin/v1/accounts', { id: account, name: account, plan });
      await gateway.order(`/admin/v1/wallets/${account}/open`);
      if (postedNanoUsd > 0n) {
        const amount = { amount_nano: String(postedNanoUsd), reason: 'for the test' };
        await gateway.order(`/admin/v1/wallets/${account}/top-ups`, amount);
      }
      const made = await gateway.order('/admin/v1/keys', { name: account, account, ...key });
      return customerOf({
        gateway,
        ledger,
        account,
        made: [textIn(made, 'id'), textIn(made, 'key')],
      });
    },
    async stop() {
      await gateway.stop();
      await upstream.stop();
    },
  };
}

/** The books of a gateway that keeps some. */
export function ledgerOf({ gateway }: TestGateway): LedgerStore {
  const { billing } = gateway.parts.walk;
  if (!(billing instanceof LedgerBilling)) throw new Error('the gateway keeps no books');
  return billing.desk.ledger;
}

interface Sold extends Pick<SellingGateway, 'gateway' | 'ledger'> {
  readonly account: string;
  readonly made: readonly [id: string, key: string];
}

function customerOf({ gateway, ledger, account, made: [keyId, key] }: Sold): Customer {
  const headers = {
    'x-api-key': key,
    'anthropic-version': '2023-06-01',
    'content-type': 'application/json',
  };
  const wallet = async (): Promise<WalletState> =>
    (await ledger.wallet(account)) ?? fail(`${account} has no wallet`);
  return {
    account,
    keyId,
    key,
    headers,
    wallet,
    post: (more = {}, others = {}) =>
      sendRaw(`${gateway.url}/v1/messages`, {
        headers: { ...headers, ...others },
        body: JSON.stringify({ ...asked, ...more }),
      }),
    async balance() {
      await gateway.gateway.parts.walk.settling?.idle();
      for (const untilMs = Date.now() + SETTLE_MS; ;) {
        const { postedNanoUsd: posted, heldNanoUsd: held } = await wallet();
        if (held === 0n || Date.now() > untilMs) return [posted, held];
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    },
  };
}

function fail(reason: string): never {
  throw new Error(reason);
}
