import type { Config } from './config/config.ts';
import type { ParsedConfig } from './config/parse-config.ts';
import { StartProblem } from './start-problem.ts';
import { createLog } from './telemetry/log.ts';
import type { UpstreamWiring } from './wire-upstreams.ts';
import { wireUpstreams } from './wire-upstreams.ts';

/**
 * Whether a process could go by a configuration: all that a start does with it short of opening
 * anything. The upstreams that are made for it are asked nothing, and closed again.
 */
export async function checkConfiguration(
  parsed: ParsedConfig,
  { clock, secrets }: Pick<UpstreamWiring, 'clock' | 'secrets'>,
): Promise<ParsedConfig> {
  if (parsed.kind === 'issues') return parsed;
  const problem = await wiringProblem(parsed.config, { clock, secrets });
  if (problem === undefined) return parsed;
  const [, path = '', rest] =
    /^((?:upstreams|routes|default_upstream|emulator)[\w.-]*): (.+)$/s.exec(problem) ?? [];
  return { kind: 'issues', issues: [{ where: '', path, message: rest ?? problem }] };
}

async function wiringProblem(
  config: Config,
  { clock, secrets }: Pick<UpstreamWiring, 'clock' | 'secrets'>,
): Promise<string | undefined> {
  const log = createLog({ clock, level: () => 'error', write: () => {} });
  try {
    const { all } = wireUpstreams(config, { clock, log, secrets });
    await Promise.all(all.map((upstream) => upstream.close()));
    return undefined;
  } catch (error) {
    if (error instanceof StartProblem) return error.message;
    throw error;
  }
}
