import { request as openRequest } from 'node:http';

/** What a caller asks who will not stay. */
export interface LeavingCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether it has heard enough. */
  readonly leavesAt: (text: string) => boolean;
}

/** Asks on a connection of its own and hangs up as soon as it has heard enough; says what it heard. */
export function callAndLeave({ url, headers, body, leavesAt }: LeavingCall): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const request = openRequest(url, { method: 'POST', headers, agent: false }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (!leavesAt(text)) return;
        request.destroy();
        resolve(text);
      });
      response.on('error', () => {
        resolve(text);
      });
      response.on('end', () => {
        resolve(text);
      });
    });
    request.on('error', (fault) => {
      if (text === '') reject(fault);
      else resolve(text);
    });
    request.end(body);
  });
}
