/**
 * The Worker between the binding's class and the gateway, as a module's text: workerd runs it, not
 * this process. It shows the key, says in the binding's own form that no gateway answers, and
 * refuses by name what the class asks for over RPC, which HTTP cannot carry (Workers reference §1.1).
 *
 * Its bindings: `gateway`, the service to ask; `origin` and `key`, texts.
 */
export const localBindingWorker = `import { WorkerEntrypoint } from 'cloudflare:workers';

export default class extends WorkerEntrypoint {
  constructor(context, env) {
    super(context, env);
    return new Proxy(this, {
      get: (target, name) =>
        Reflect.has(target, name)
          ? Reflect.get(target, name)
          : () => {
              throw new Error('Quatrain has no ' + String(name) + '() here: it is a call over RPC, and a gateway is reached over HTTP.');
            },
    });
  }

  async fetch(request) {
    const { gateway, key, origin } = this.env;
    const headers = new Headers(request.headers);
    // A binding is a credential by itself: what a Worker adds as another one would be a second.
    headers.delete('x-api-key');
    headers.delete('cf-aig-authorization');
    headers.set('authorization', 'Bearer ' + key);
    try {
      return await gateway.fetch(new Request(request, { headers }));
    } catch (error) {
      if (request.signal.aborted) throw error;
      const description = 'No gateway answers at ' + origin + ' (' + error.message + '). "npx quatrain serve" starts one.';
      const said = { internalCode: 2005, httpCode: 502, name: 'AiGatewayError', description };
      const errors = [{ code: said.internalCode, message: description }];
      const body = { ...said, message: said.name + ': ' + description, errors };
      return new Response(JSON.stringify(body), {
        status: said.httpCode,
        headers: { 'content-type': 'application/json' },
      });
    }
  }
}
`;
