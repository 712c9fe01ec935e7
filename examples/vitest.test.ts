/* The same with Vitest: npx vitest run --root examples vitest.test.ts */
import type { StartedEmulator } from 'quatrain/emulator';
import { startEmulator } from 'quatrain/emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askAboutWeather } from './weather-agent.ts';

let emulator: StartedEmulator;
beforeAll(async () => {
  emulator = await startEmulator({ scenarioFile: new URL('weather.yaml', import.meta.url) });
});
afterAll(() => emulator.stop());

test('the agent looks the weather up and says it', async () => {
  const words = await askAboutWeather(emulator, 'How is the weather in Oslo?', () => 'rain');
  expect(words).toBe('It is raining in Oslo.');
  expect(emulator.requests.map(({ status }) => status)).toEqual([200, 200]);
});
