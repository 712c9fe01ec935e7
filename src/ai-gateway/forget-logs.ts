import type { GatewayLogs, LoggedGateway } from '../policy/gateway-log.ts';

/** How many go at once. */
const STEP = 1000;

/** Removes every log of a gateway that is gone: one that is made under its name later has none of them. */
export async function forgetLogs(
  logs: GatewayLogs | undefined,
  gateway: LoggedGateway,
): Promise<void> {
  if (logs === undefined) return;
  const oldest = { orderBy: 'created_at', isDescending: false, offset: 0, limit: STEP } as const;
  while ((await logs.remove({ ...gateway, ...oldest, filters: [] })) >= STEP);
}
