/* Testing an agent with Node's own test runner: node --test examples/node-test.test.ts */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Scenario, StartedEmulator } from 'quatrain/emulator';
import { startEmulator } from 'quatrain/emulator';
import { askAboutWeather } from './weather-agent.ts';

/** A script for the conversation: a call of the tool first, then words. */
const scenario: Scenario = {
  name: 'weather in Oslo',
  match: { last_user_text: { contains: 'Oslo' } },
  respond: { content: [{ type: 'tool_use', name: 'get_weather', input: { city: 'Oslo' } }] },
};
const answer: Scenario = {
  name: 'the result came back',
  match: { tool_results: { tool: 'get_weather' } },
  respond: { content: 'It is raining in Oslo.' },
};

let emulator: StartedEmulator;
before(async () => {
  emulator = await startEmulator({ strict: true });
});
beforeEach(() => {
  emulator.useScenario([answer, scenario]);
  emulator.clearRequests();
});
after(() => emulator.stop());

test('the agent looks the weather up and says it', async () => {
  const cities: string[] = [];
  const words = await askAboutWeather(emulator, 'How is the weather in Oslo?', (city) => {
    cities.push(city);
    return 'rain';
  });
  assert.deepEqual(cities, ['Oslo']);
  assert.equal(words, 'It is raining in Oslo.');
  // Two turns: the second one brought the result of the tool.
  assert.deepEqual(
    emulator.requests.map(({ status }) => status),
    [200, 200],
  );
  assert.match(JSON.stringify(emulator.requests[1]?.body), /"tool_result".*"rain"/);
});

test('the agent survives a server that is overloaded at first', async () => {
  emulator.useScenario([
    { name: 'overloaded', error: { type: 'overloaded_error', retry_after_ms: 1 }, times: 1 },
    answer,
    scenario,
  ]);
  const words = await askAboutWeather(emulator, 'How is the weather in Oslo?', () => 'rain');
  assert.equal(words, 'It is raining in Oslo.');
  assert.deepEqual(
    emulator.requests.map(({ status }) => status),
    [529, 200, 200],
  );
});
