import { parentPort, workerData } from 'node:worker_threads';
import { encodeExchange } from '../cassettes/encode-exchange.ts';
import type { Appended } from '../cassettes/recorder.ts';
import type { Redactor } from '../cassettes/redact-exchange.ts';
import { createRedactor } from '../cassettes/redact-exchange.ts';
import type { RedactionRules } from '../cassettes/redaction-rules.ts';
import { assert } from '../std/assert.ts';
import { CassetteFile } from './cassette-files.ts';
import type { AppendMessage } from './cassette-writer.ts';

/**
 * Redacts exchanges and appends them to their cassettes. The search for secrets goes through every
 * letter, and an owner's pattern may be slow: neither may hold up the thread that serves requests.
 */
const FILES_MAX = 64;

assert(parentPort !== null, 'cassettes are written in a worker thread');
const port = parentPort;
const { dataDirectory } = workerData as { readonly dataDirectory: string };
const files = new Map<string, CassetteFile>();
let redactor: { readonly rules: string; readonly made: Redactor } | undefined;

port.on('message', (message: AppendMessage) => {
  port.postMessage(append(message));
});

function append({ cassette, rules, cassetteBytesMax, taken }: AppendMessage): Appended {
  try {
    const encoded = encodeExchange(taken, redactorOf(rules));
    if (encoded.kind === 'unfit') return { kind: 'dropped', reason: encoded.reason };
    const line = `${JSON.stringify(encoded.exchange)}\n`;
    const isWritten = fileOf(cassette).append(line, cassetteBytesMax);
    return isWritten ? { kind: 'written' } : { kind: 'dropped', reason: 'the cassette is full' };
  } catch (error) {
    // A full disk costs recordings and nothing else; the file is opened anew for the next one.
    files.get(cassette)?.close();
    files.delete(cassette);
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'dropped', reason };
  }
}

function redactorOf(rules: RedactionRules): Redactor {
  const text = JSON.stringify(rules);
  if (redactor?.rules !== text) redactor = { rules: text, made: createRedactor(rules) };
  return redactor.made;
}

function fileOf(name: string): CassetteFile {
  const known = files.get(name);
  if (known !== undefined) return known;
  if (files.size >= FILES_MAX) {
    for (const file of files.values()) file.close();
    files.clear();
  }
  const opened = new CassetteFile(dataDirectory, name);
  files.set(name, opened);
  return opened;
}
