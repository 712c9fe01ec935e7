import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from './source-files.ts';

/**
 * Workers inside workerd, by way of Miniflare. Its packages are large, so they belong to
 * examples/worker and not to the checkout: `npm test` installs them there.
 */

/** The Miniflare that npm calls the latest, and the one inside the newest wrangler. */
export type MiniflareVersion = 4 | 5;

/** How env.AI gets to a gateway: by our plugin, or by Miniflare's own proxy for remote bindings. */
export type BindingWay = 'plugin' | 'remote proxy';

export interface WorkerSettings {
  readonly miniflare: MiniflareVersion;
  readonly way: BindingWay;
  /** The module that is the Worker. */
  readonly script: string;
  /** What the script imports, by the names that it imports it by. */
  readonly modules?: Readonly<Record<string, string>>;
  readonly baseURL: string;
  readonly apiKey: string;
  /** Gets what workerd says of itself, which goes to the terminal otherwise. */
  readonly readLog?: (message: string) => void;
}

/** What of Miniflare the tests use. */
export interface LocalWorker {
  dispatchFetch(url: string): Promise<Response>;
  getBindings(): Promise<Readonly<Record<string, unknown>>>;
  dispose(): Promise<void>;
}

interface MiniflarePackage {
  readonly Miniflare: new (options: object) => LocalWorker & { readonly ready: Promise<URL> };
}

export const exampleFolder: string = join(projectRoot, 'examples/worker');
const plugin = { package: 'quatrain/workers-ai/miniflare', name: 'quatrain-ai' };
const compatibilityDate = '2026-07-01';

/** Starts a Worker that has env.AI. */
export async function startWorker(settings: WorkerSettings): Promise<LocalWorker> {
  const { Miniflare } = loadMiniflare(settings.miniflare);
  const worker = new Miniflare(optionsOf[settings.miniflare](settings));
  try {
    await worker.ready;
  } catch (error) {
    await worker.dispose();
    throw error;
  }
  return worker;
}

/** Where a package of the example is, such as `wrangler/package.json`. */
export function resolveInExample(specifier: string): string {
  return createRequire(join(exampleFolder, 'package.json')).resolve(specifier);
}

function loadMiniflare(version: MiniflareVersion): MiniflarePackage {
  const from = version === 4 ? join(exampleFolder, 'package.json') : wranglerManifest();
  return createRequire(from)('miniflare') as MiniflarePackage;
}

function wranglerManifest(): string {
  return resolveInExample('wrangler/package.json');
}

const optionsOf: Readonly<Record<MiniflareVersion, (settings: WorkerSettings) => object>> = {
  4: (settings) => ({
    modules: [
      { type: 'ESModule', path: 'worker.mjs', contents: settings.script },
      ...Object.entries(settings.modules ?? {}).map(([path, contents]) => ({
        type: 'ESModule',
        path,
        contents,
      })),
    ],
    compatibilityDate,
    ...sharedOptions(settings),
    ...(settings.way === 'plugin'
      ? {
          unsafeBindings: [
            { name: 'AI', type: 'quatrain-ai', plugin, options: pluginOptions(settings) },
          ],
        }
      : { ai: { binding: 'AI', remoteProxyConnectionString: proxyAddress(settings) } }),
  }),
  5: (settings) => ({
    ...sharedOptions(settings),
    workers: [
      {
        config: {
          name: 'worker',
          compatibilityDate,
          env: {
            AI:
              settings.way === 'plugin'
                ? { type: 'unsafe:quatrain-ai', dev: { plugin, options: pluginOptions(settings) } }
                : { type: 'ai', dev: { remote: true } },
          },
          manifest: {
            mainModule: 'worker.mjs',
            modules: { 'worker.mjs': { type: 'esm', contents: settings.script } },
          },
        },
        dev: {
          rootPath: exampleFolder,
          ...(settings.way === 'plugin'
            ? {}
            : { remoteProxyConnectionString: proxyAddress(settings) }),
        },
      },
    ],
  }),
};

function sharedOptions({ readLog }: WorkerSettings): object {
  if (readLog === undefined) return { cf: false };
  const handleStructuredLogs = ({ message }: { readonly message: string }): void => {
    readLog(message);
  };
  return { cf: false, handleStructuredLogs };
}

function pluginOptions({ baseURL, apiKey }: WorkerSettings): Readonly<Record<string, string>> {
  return { baseURL, apiKey };
}

/** The address that Miniflare's proxy sends to carries the key: it has no headers of its own. */
function proxyAddress({ baseURL, apiKey }: WorkerSettings): URL {
  return new URL(`/__mf?${new URLSearchParams({ key: apiKey }).toString()}`, baseURL);
}

/** What came of a piece of a Worker's code. */
export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'stream'; readonly text: string }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };

/** A Worker that runs a piece of code for each path; the code says what it has with `console.log`. */
export function workerOf(pieces: Readonly<Record<string, string>>): string {
  const functions = Object.entries(pieces).map(
    ([name, code]) => `${JSON.stringify(name)}: async (env, console) => {\n${code}\n}`,
  );
  return `const pieces = {\n${functions.join(',\n')}\n};
export default {
  async fetch(request, env) {
    const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
    let said;
    try {
      await pieces[name](env, { log: (value) => { said = value; } });
      if (said instanceof ReadableStream) {
        return Response.json({ kind: 'stream', text: await new Response(said).text() });
      }
      return Response.json({ kind: 'value', value: said ?? null });
    } catch ({ name, message }) {
      return Response.json({ kind: 'error', name, message });
    }
  },
};\n`;
}

/** Runs a piece of a Worker that `workerOf` made. */
export async function runPiece(worker: LocalWorker, name: string): Promise<Outcome> {
  const response = await worker.dispatchFetch(`http://worker.test/${encodeURIComponent(name)}`);
  return (await response.json()) as Outcome;
}
