import type { Clock } from '../std/clock.ts';
import type { LogLevel } from '../std/log-level.ts';
import { logLevels } from '../std/log-level.ts';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** What happens in the process, a JSON object a line. Fields never carry bodies or credentials. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LogOptions {
  readonly clock: Clock;
  /** Asked at each line, so that a reload can change it. */
  readonly level: () => LogLevel;
  readonly write: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (logLevels.indexOf(level) < logLevels.indexOf(options.level())) return;
      const time = new Date(options.clock.wallMs()).toISOString();
      options.write(`${JSON.stringify({ time, level, event, ...fields })}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The same log with fields that each of its lines has. */
export function logWith(log: Log, fields: LogFields): Log {
  const at =
    (level: LogLevel) =>
    (event: string, more: LogFields = {}): void => {
      log[level](event, { ...more, ...fields });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
