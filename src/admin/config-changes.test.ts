import { expect, test } from 'vitest';
import { configChanges } from './config-changes.ts';

const from = { listen: { host: '127.0.0.1', port: 1 }, routes: [{ name: 'a' }], log_level: 'info' };

test.each([
  ['nothing', from, []],
  [
    'an option that a restart alone changes',
    { ...from, listen: { host: '127.0.0.1', port: 2 } },
    [{ path: 'listen.port', from: 1, to: 2, needs_restart: true }],
  ],
  [
    'a list as a whole',
    { ...from, routes: [] },
    [{ path: 'routes', from: [{ name: 'a' }], to: [], needs_restart: false }],
  ],
  [
    'what is new',
    { ...from, upstreams: { a: { kind: 'anthropic' } } },
    [{ path: 'upstreams', from: null, to: { a: { kind: 'anthropic' } }, needs_restart: false }],
  ],
  [
    'what is gone',
    { listen: from.listen, routes: from.routes },
    [{ path: 'log_level', from: 'info', to: null, needs_restart: false }],
  ],
])('%s', (_name, to, wanted) => {
  expect(configChanges(from, to, ['listen'])).toEqual(wanted);
});
