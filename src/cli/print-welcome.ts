import type { StartedGateway } from '../main.ts';
import { version } from '../std/version.ts';
import { say } from './terminal.ts';

/** Where the gateway listens and what it does there, for a program: one object on one line. */
export function tellWelcome({ gateway, url, adminUrl, firstKey }: StartedGateway): void {
  const { config, upstreamName } = gateway;
  say(
    JSON.stringify({
      type: 'listening',
      version,
      url,
      admin_url: adminUrl,
      console_url: config.console.enabled ? `${adminUrl}/console/` : null,
      upstream: upstreamName,
      data_dir: config.data_dir,
      development_key: firstKey?.reveal() ?? null,
      setup_token: gateway.parts.setupToken?.()?.reveal() ?? null,
    }),
  );
}

/** The same for people, with what to try first. */
export function printWelcome(
  { gateway, url, adminUrl, firstKey }: StartedGateway,
  fixed?: string,
): void {
  const isEmulated = gateway.upstreamName === 'emulator';
  const key = firstKey?.reveal() ?? fixed ?? '$QUATRAIN_API_KEY';
  say(`Quatrain ${version} is listening on ${url}`);
  say();
  say(
    `  answers from   ${gateway.upstreamName}${isEmulated ? ' (built in: no key, no network)' : ''}`,
  );
  say(`  data           ${gateway.config.data_dir}`);
  say(`  metrics        ${adminUrl}/metrics`);
  if (gateway.config.console.enabled) say(`  console        ${adminUrl}/console/`);
  if (firstKey !== undefined) {
    say();
    say(`  development key, shown this once:  ${firstKey.reveal()}`);
  } else if (fixed === undefined) {
    say('  keys           npm run quatrain -- keys list | keys create');
  }
  const setupToken = gateway.parts.setupToken?.();
  if (setupToken !== undefined) {
    say();
    say(
      '  The console asks for this token once, in the next 15 minutes, to make its first operator:',
    );
    say(`    ${setupToken.reveal()}`);
    // What is behind a # reaches no server and no log.
    say(`  This link has it: ${adminUrl}/console/#token=${setupToken.reveal()}`);
    say(`  It stands in ${gateway.config.data_dir}/setup-token too.`);
  }
  say();
  say('Try one of these in another terminal:');
  say();
  say(messagesCurl(url, key));
  say();
  say(chatCurl(url, key));
  say();
  say(`  QUATRAIN_API_KEY=${key} npm run quatrain -- chat --url ${url}`);
  say();
}

function messagesCurl(url: string, key: string): string {
  const messages = [{ role: 'user', content: 'Hello, Claude' }];
  return [
    `  curl -s ${url}/v1/messages \\`,
    `    -H "x-api-key: ${key}" \\`,
    '    -H "anthropic-version: 2023-06-01" -H "content-type: application/json" \\',
    `    -d '${JSON.stringify({ model: 'claude-sonnet-4-6', max_tokens: 256, messages })}'`,
  ].join('\n');
}

/** The other form, as a stream. */
function chatCurl(url: string, key: string): string {
  const messages = [{ role: 'user', content: 'Tell me about gateways' }];
  return [
    `  curl -sN ${url}/v1/chat/completions \\`,
    `    -H "authorization: Bearer ${key}" -H "content-type: application/json" \\`,
    `    -d '${JSON.stringify({ model: 'anthropic/claude-sonnet-4.6', stream: true, messages })}'`,
  ].join('\n');
}
