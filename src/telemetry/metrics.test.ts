import { expect, test } from 'vitest';
import { Metrics } from './metrics.ts';
import { ModelLabels } from './model-labels.ts';
import type { RequestRecord } from './request-log.ts';

const record: RequestRecord = {
  requestId: 'req_1',
  startedAtMs: 0,
  startedMs: 0,
  keyId: 'k',
  dialect: 'anthropic_messages',
  operation: 'messages.create',
  model: 'claude-x',
  upstream: 'second',
  status: 200,
  errorCode: undefined,
  isStream: true,
  usage: { inputTokens: 7, outputTokens: 3 },
  usageIsFinal: true,
  requestBytes: 1,
  responseBytes: 1,
  firstByteMs: 20,
  totalMs: 900,
  firstContentMs: 400,
  trail: [
    { attempt: 1, upstream: 'first', model: undefined, startedMs: 0, status: 529 },
    { attempt: 2, upstream: 'second', credential: 1, model: 'x', startedMs: 5, status: 200 },
  ],
};

async function shown(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith('quatrain_'));
}

test('attempts, fallbacks and models are counted from the one record of a request', async () => {
  const metrics = new Metrics({
    inFlight: () => 0,
    logRowsDropped: () => 0,
    modelLabels: new ModelLabels((asked) => asked),
    retriesRefused: () => 4,
    targets: () => [{ healthKey: 'first#0/*', isBroken: true, pauseLeftMs: 1500, live: 2 }],
    upstreams: () => [
      { upstream: 'first', isDrained: true },
      { upstream: 'second', isDrained: false },
    ],
  });
  metrics.request(record);
  metrics.request({
    ...record,
    upstream: undefined,
    status: 400,
    errorCode: 'client_gone',
    trail: [],
  });
  expect(await shown(metrics)).toEqual(
    expect.arrayContaining([
      'quatrain_attempts_total{upstream="first",credential="0",outcome="529"} 1',
      'quatrain_attempts_total{upstream="second",credential="1",outcome="answered"} 1',
      'quatrain_fallbacks_total{from="first",to="second"} 1',
      'quatrain_time_to_first_content_seconds_count{model="claude-x",upstream="second"} 1',
      'quatrain_model_duration_seconds_bucket{le="1",model="claude-x",upstream="second"} 1',
      'quatrain_model_tokens_total{model="claude-x",upstream="second",class="input"} 7',
      'quatrain_request_errors_total{error="client_gone",upstream="none"} 1',
      'quatrain_clients_gone_total{dialect="anthropic_messages"} 1',
      'quatrain_target_broken{target="first#0/*"} 1',
      'quatrain_target_pause_seconds{target="first#0/*"} 1.5',
      'quatrain_target_live_requests{target="first#0/*"} 2',
      'quatrain_upstream_drained{upstream="first"} 1',
      'quatrain_upstream_drained{upstream="second"} 0',
      'quatrain_retries_refused_total 4',
    ]),
  );
});

test('names that callers make up are one label', async () => {
  const metrics = new Metrics({ inFlight: () => 0, logRowsDropped: () => 0 });
  for (let index = 0; index < 100; index += 1) {
    metrics.request({ ...record, model: `made-up-${String(index)}` });
  }
  const models = (await shown(metrics)).filter((line) =>
    line.startsWith('quatrain_model_duration_seconds_count'),
  );
  expect(models).toEqual([
    'quatrain_model_duration_seconds_count{model="other",upstream="second"} 100',
  ]);
});
