import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartProblem } from './start-problem.ts';

/** Listens, and says under which URL; a port that is taken is a problem that has a remedy. */
export function listenOn(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  flag?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const isTaken = error.code === 'EADDRINUSE';
      const remedy = flag === undefined ? 'choose another' : `choose another with ${flag}`;
      const text = isTaken ? `port ${String(port)} on ${host} is taken; ${remedy}` : error.message;
      reject(new StartProblem(text, { cause: error }));
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve(urlOfServer(server, host));
    });
  });
}

/** Where a server that listens is reached. */
export function urlOfServer(server: Server, host: string): string {
  const { port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${String(port)}`;
}
