import type { LocalWorker } from './workerd.ts';

/** The same module that a Worker is, run by this process with an `env` of the test's. */
export async function workerInNode(
  script: string,
  env: Readonly<Record<string, unknown>>,
): Promise<LocalWorker> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(script)}`)) as {
    readonly default: { fetch(request: Request, env: object): Promise<Response> };
  };
  return {
    dispatchFetch: (url) => module.default.fetch(new Request(url), env),
    getBindings: () => Promise.resolve(env),
    dispose: () => Promise.resolve(),
  };
}
