import type { GatewayAccess } from './ask-gateway.ts';
import { CommandProblem } from './command-problem.ts';
import type { ConfigFlags } from './load-config.ts';
import { loadConfig } from './load-config.ts';

/** Options of commands that ask the admin API of a gateway that runs. */
export interface AdminFlags extends ConfigFlags {
  readonly adminUrl?: string;
  readonly adminKey?: string;
}

/** Where the admin API is: as it was said, else where the configuration has it. */
export function adminAccess(flags: AdminFlags): GatewayAccess {
  const key = adminKeyOf(flags);
  if (key === undefined) {
    throw new CommandProblem(
      'give an admin key with --admin-key or QUATRAIN_ADMIN_KEY; "quatrain keys create --admin" makes one',
    );
  }
  return { url: adminUrlOf(flags), key };
}

/** The admin key that was given, if any was. */
export function adminKeyOf({ adminKey }: AdminFlags): string | undefined {
  const key = adminKey ?? process.env['QUATRAIN_ADMIN_KEY'];
  return key === '' ? undefined : key;
}

function adminUrlOf(flags: AdminFlags): string {
  const said = flags.adminUrl ?? process.env['QUATRAIN_ADMIN_URL'];
  if (said !== undefined && said !== '') return said;
  const { listen, admin } = loadConfig(flags);
  const port = admin.port ?? listen.port + 1;
  return `http://${reachable(admin.host)}:${String(port)}`;
}

/** An address that a listener takes for all of the machine's own is reached on one of them. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
