import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startAdministeredGateway } from '../support/admin-client.ts';
import { Canaries, filesBelow, tablesOf } from '../support/canaries.ts';
import { ConsoleClient } from '../support/console-client.ts';
import { join } from 'node:path';

/** Passwords, the token and ids of sessions stand nowhere but where they are for (reliability §3.8). */

test('nothing that lets in is written down', async () => {
  const gateway = await startAdministeredGateway('log_level: debug\n');
  const secrets = new Canaries();
  const said: string[] = [];
  const client = new ConsoleClient(gateway.adminUrl);
  const ask = async (...asked: Parameters<ConsoleClient['ask']>): Promise<void> => {
    const { text, headers } = await client.ask(...asked);
    const { 'set-cookie': _, ...head } = headers;
    said.push(text.replace(client.csrf ?? '-', ''), JSON.stringify(head));
  };
  const enter = async (path: string, body: object): Promise<void> => {
    await ask('POST', path, { body });
    secrets.watch(`session ${String(secrets.size)}`, client.cookie?.split('=')[1] ?? '');
    secrets.watch(`csrf ${String(secrets.size)}`, client.csrf ?? '');
  };
  try {
    const token = gateway.gateway.parts.setupToken?.()?.reveal() ?? '';
    secrets.watch('token', token, token.slice(10));
    const first = secrets.hatch('first password');
    const second = secrets.hatch('second password');
    const wrong = secrets.hatch('wrong password');
    const asName = secrets.hatch('a password for a name');
    await ask('POST', '/admin/v1/setup', { body: { token: wrong, name: 'ada', password: first } });
    await ask('POST', '/admin/v1/setup', { body: { token, name: 'ada', password: wrong, x: 1 } });
    await enter('/admin/v1/setup', { token, name: 'ada', password: first });
    await ask('POST', '/admin/v1/operators', { body: { name: 'eve', password: second } });
    await ask('POST', '/admin/v1/session/confirm', { body: { password: wrong } });
    await ask('POST', '/console/try/v1/messages', { body: { model: 'no', messages: [] } });
    await ask('POST', '/console/try/v1/messages', {
      headers: { 'anthropic-version': '2023-06-01' },
      body: {
        model: 'claude-sonnet-4-6',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'x' }],
      },
    });
    const own = { password: second, current_password: first };
    await ask('PUT', '/admin/v1/operators/ada/password', { body: own });
    await enter('/admin/v1/session', { name: 'ada', password: second });
    await ask('POST', '/admin/v1/session', { body: { name: asName, password: wrong } });
    await ask('POST', '/admin/v1/session', { body: { name: 'ada', password: wrong } });
    for (const path of ['audit-log', 'keys', 'operators', 'requests']) {
      await ask('GET', `/admin/v1/${path}`);
    }
    await ask('DELETE', '/admin/v1/session');
    expect(said.join('\n')).toContain('operator.sign_in_failed');
    expect(secrets.size).toBe(9);
    await gateway.gateway.stop();

    const places = new Map<string, string | Uint8Array>([
      ['answers', said.join('\n')],
      ['the log', gateway.logLines.join('')],
      ...filesBelow(gateway.dataDir),
    ]);
    expect([...places].flatMap(([place, text]) => secrets.sightings(place, text))).toEqual([]);
    const tables = tablesOf(join(gateway.dataDir, 'quatrain.db'));
    expect(tables.get('operators')?.toString()).toContain('argon2id$');
    expect(tables.get('operator_sessions')?.toString()).not.toContain(hash('sha256', token));
  } finally {
    await gateway.stop();
  }
});
