import { policyIssues } from './check-policies.ts';
import type { Config, CredentialsConfig, UpstreamConfig } from './config.ts';
import type { RouteConfig } from './route-config.ts';
import type { ConfigIssue, Place } from './yaml-issues.ts';

/** Rules over several options: what is wrong although each option is right by itself. */
export function crossCheck(config: Config, place: Place): readonly ConfigIssue[] {
  const issue = (path: readonly PropertyKey[], message: string): ConfigIssue => ({
    where: place(path),
    path: path.join('.'),
    message,
  });
  if (Object.hasOwn(config.upstreams, 'emulator')) {
    const message = 'the built-in emulator has this name; choose another';
    return [issue(['upstreams', 'emulator'], message)];
  }
  const { default_upstream: name } = config;
  return [
    ...(name === undefined || isUpstream(config, name)
      ? []
      : [issue(['default_upstream'], noUpstream(config, name))]),
    ...Object.entries(config.upstreams).flatMap(([replay, upstream]) => {
      const message = upstream.kind === 'replay' ? missIssue(config, upstream.on_miss) : undefined;
      return message === undefined ? [] : [issue(['upstreams', replay, 'on_miss'], message)];
    }),
    ...config.routes
      .flatMap((route, index) => routeIssues(config, route, index))
      .map(({ path, message }) => issue(path, message)),
    ...Object.entries(config.upstreams).flatMap(([upstream, options]) =>
      hasBothKeys(options)
        ? [issue(['upstreams', upstream, 'api_keys'], 'give either api_key or api_keys')]
        : [],
    ),
    ...policyIssues(config.policies).map(({ path, message }) => issue(path, message)),
    ...config.recordings.flatMap(({ key }, index) =>
      config.recordings.findIndex((other) => other.key === key) === index
        ? []
        : [issue(['recordings', index, 'key'], `the key ${key} is recorded already`)],
    ),
  ];
}

interface RouteIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Every candidate is an upstream that there is, and every route has a name of its own. */
function routeIssues(config: Config, route: RouteConfig, index: number): readonly RouteIssue[] {
  const kinds = ['targets', 'fallbacks'] as const;
  const unknown = kinds.flatMap((kind) =>
    route[kind].flatMap(({ upstream }, at) =>
      isUpstream(config, upstream)
        ? []
        : [
            {
              path: ['routes', index, kind, at, 'upstream'],
              message: noUpstream(config, upstream),
            },
          ],
    ),
  );
  const isFirst = config.routes.findIndex(({ name }) => name === route.name) === index;
  const message = `another route is called "${route.name}"`;
  return isFirst ? unknown : [...unknown, { path: ['routes', index, 'name'], message }];
}

function hasBothKeys(options: UpstreamConfig): boolean {
  const { api_key: one, api_keys: several } = options as CredentialsConfig;
  return one !== undefined && several !== undefined;
}

/** A replay may ask another upstream, but not another replay: that could ask the first. */
function missIssue(config: Config, onMiss: string): string | undefined {
  if (onMiss === 'refuse') return undefined;
  if (!isUpstream(config, onMiss)) return noUpstream(config, onMiss);
  if (config.upstreams[onMiss]?.kind !== 'replay') return undefined;
  return `"${onMiss}" plays a cassette itself; name one that does not`;
}

function isUpstream(config: Config, name: string): boolean {
  return name === 'emulator' || Object.hasOwn(config.upstreams, name);
}

function noUpstream(config: Config, name: string): string {
  const known = [...Object.keys(config.upstreams), 'emulator'].join(', ');
  return `no upstream is called "${name}"; there are: ${known}`;
}
