import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';
import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts';

// Threads and programs that tests start read TypeScript by themselves: each file is compiled once, not once for each.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/compiled', import.meta.url),
);

const node = {
  environment: 'node',
  // These end what hangs and measure nothing: on a busy machine all takes its time.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  // What a test polls for is looked at until it is there: on a busy machine that takes its time.
  expect: { poll: { timeout: 10_000 } },
} as const;
/**
 * What starts no program of its own shares a thread with the files before it: no module keeps a state
 * that one test could leave to another, and loading the house anew for each file took half of the time.
 */
const threaded = { ...node, pool: 'threads', isolate: false } as const;

/** What runs Workers; the packages for it belong to the example, and `npm test` installs them. */
const inWorkerd = ['test/e2e/worker-*.test.ts', 'test/e2e/workers-ai-parity.test.ts'];
const workerdPackages = new URL('examples/worker/node_modules/miniflare', import.meta.url);
const hasWorkerd = process.env['CI'] === 'true' || existsSync(workerdPackages);

const config: ViteUserConfig = defineConfig({
  test: {
    // One for each core of a small machine: left alone, two cores get one.
    maxWorkers: 2,
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      {
        test: {
          ...threaded,
          name: 'unit',
          include: ['src/**/*.test.ts', 'clients/**/*.test.ts', 'console/src/**/*.test.ts'],
        },
      },
      { test: { ...threaded, name: 'house', include: ['test/*.test.ts'] } },
      { test: { ...threaded, name: 'recordings', include: ['test/recordings/*.test.ts'] } },
      {
        test: {
          ...threaded,
          name: 'simulation',
          include: ['test/simulation/*.test.ts'],
        },
      },
      {
        test: {
          ...threaded,
          name: 'conformance',
          include: ['test/conformance/*.test.ts'],
        },
      },
      {
        test: {
          ...node,
          name: 'e2e',
          include: ['test/e2e/*.test.ts'],
          exclude: inWorkerd,
        },
      },
      {
        test: {
          ...node,
          name: 'browser',
          include: ['test/browser/*.test.ts'],
        },
      },
      ...(hasWorkerd
        ? [
            {
              test: {
                ...node,
                name: 'workerd',
                include: inWorkerd,
              },
            },
          ]
        : []),
      ...(process.argv.includes('slow')
        ? [
            {
              test: {
                ...node,
                name: 'slow',
                include: ['test/slow/*.test.ts'],
                testTimeout: 1_800_000,
              },
            },
          ]
        : []),
    ],
  },
});

export default config;
