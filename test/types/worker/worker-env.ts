import { createAI } from '../../../clients/workers-ai/workers-ai.ts';

/** A Worker's own types: the global `Ai` is what its `env` declares. */
interface Env {
  readonly AI: Ai;
}

export const env: Env = { AI: createAI({ baseURL: 'http://localhost:8787', apiKey: 'key' }) };
