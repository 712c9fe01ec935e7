export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** How much the process says about itself. */
export type LogLevel = (typeof logLevels)[number];
