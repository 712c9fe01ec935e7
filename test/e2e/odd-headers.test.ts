import { expect, test } from 'vitest';
import { sendRaw } from '../support/post.ts';
import { upstreamYaml } from '../support/scripted-upstream.ts';
import { startTestGateway } from '../support/start-test-gateway.ts';
import { startTcpServer } from '../support/tcp-server.ts';

const body = JSON.stringify({ model: 'm', max_tokens: 1, messages: [] });
const answers = [
  ['in one piece', 'application/json', '{"type":"message"}'],
  ['as a stream', 'text/event-stream', 'event: message_start\ndata: {}\n\nevent: x\ndata: {}\n\n'],
] as const;

test.each(answers)(
  'a header value beyond ASCII goes through as the bytes it came in: %s',
  async (_name, type, text) => {
    const upstream = await startTcpServer((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nrequest-id: req_漢字\r\ncontent-length: ${String(text.length)}\r\n\r\n${text}`,
      );
    });
    const gateway = await startTestGateway(upstreamYaml(upstream.origin));
    try {
      const answer = await sendRaw(`${gateway.url}/v1/messages`, {
        headers: gateway.headers,
        body,
      });
      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toContain(text);
      const shown = answer.headers['request-id'];
      expect(Buffer.from(String(shown), 'latin1').toString()).toBe('req_漢字');
    } finally {
      await gateway.stop();
      await upstream.stop();
    }
  },
);
