import { type Candidate, messagesHeaders, messagesPath } from './candidate.ts';

/** No gateway: the baseline of every "added" figure, and at saturation the ceiling of generator and upstream together. */
export const direct: Candidate = {
  name: 'direct',
  isJustInTime: false,
  prepare: async () => undefined,
  start: async ({ upstreamPort }) => ({
    port: upstreamPort,
    pids: [],
    requestHeaders: messagesHeaders,
    path: messagesPath,
    runtime: 'none',
    stop: async () => undefined,
  }),
};
