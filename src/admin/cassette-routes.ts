import { z } from 'zod';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Refusal } from '../messages/errors.ts';
import type { ApiRoute } from './api-route.ts';
import { questionRoute, readRoute, writeRoute } from './api-route.ts';
import type { Done } from './audit-note.ts';
import {
  cassetteDetailShape,
  cassettesShape,
  driftBody,
  estimateBody,
  estimateShape,
  recordingBody,
  recordingsShape,
  replayBody,
  reportShape,
} from './cassette-shapes.ts';
import type { CassetteReport, RecordingsAnswer } from './contract-exchanges.ts';
import { cursorField, limitField } from './field-schemas.ts';
import { pageAfter } from './page-after.ts';

const CASSETTES = '/admin/v1/cassettes';
const access = { kind: 'admin' } as const;
/** The id of the fixed key for development, which has no record. */
const FIXED_KEY = 'development';
const params = z.object({ name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/) });

/** Recorded traffic: what there is, what is recorded, and how answers of today differ from it. */
export const cassetteRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: CASSETTES,
    operationId: 'listCassettes',
    summary: 'Cassettes of the data directory, and what is recorded into them.',
    access,
    answer: cassettesShape,
    read: async ({ parts: { explorer } }) => ({
      data: [...(await explorer.cassettes.list())],
      recordings: [...explorer.cassettes.recordings()],
    }),
  }),
  readRoute({
    method: 'GET',
    path: `${CASSETTES}/{name}`,
    operationId: 'getCassette',
    summary: 'What one cassette holds, an exchange a row.',
    access,
    params,
    query: z.strictObject({ limit: limitField, cursor: cursorField }),
    answer: cassetteDetailShape,
    read: async ({ parts, params: { name }, query }) => {
      const opened = await parts.explorer.cassettes.open(name);
      if (isRefusal(opened)) return opened;
      const page = pageAfter(opened.exchanges, query, ({ line }) => String(line));
      if (isRefusal(page)) return page;
      return { ...opened.cassette, data: page.items, next_cursor: page.nextCursor };
    },
  }),
  writeRoute({
    method: 'POST',
    path: `${CASSETTES}/recording`,
    operationId: 'changeRecording',
    summary: 'Begins or ends to record a key, until the process ends.',
    access,
    body: recordingBody,
    answer: recordingsShape,
    write: ({ parts, body }): Done<RecordingsAnswer> | Refusal => {
      const desk = parts.explorer.cassettes;
      const { action, key_id: keyId, cassette } = body;
      const key = parts.keys.find(keyId);
      if (action === 'start' && key === undefined && keyId !== FIXED_KEY) {
        return refusal('not_found', `There is no key "${keyId}".`, { reason: 'key_not_found' });
      }
      const refused = action === 'start' ? desk.start(keyId, cassette ?? '') : desk.stop(keyId);
      if (refused !== undefined) return refused;
      const note = { action: `recording.${action}`, subject: keyId, account: key?.accountId };
      const after = action === 'start' ? { after: { cassette } } : {};
      return {
        kind: 'done',
        answer: { recordings: [...desk.recordings()] },
        note: { ...note, ...after },
      };
    },
  }),
  writeRoute({
    method: 'POST',
    path: `${CASSETTES}/{name}/replay`,
    operationId: 'replayCassette',
    summary: 'Asks an emulator what the cassette asked, and says which answers differ in form.',
    access,
    params,
    body: replayBody,
    answer: reportShape,
    write: async ({ parts, params: { name }, body: { limit } }) => {
      const report = await parts.explorer.cassettes.replay(name, limit);
      return isRefusal(report) ? report : noted('cassette.replay', name, report);
    },
  }),
  questionRoute({
    method: 'POST',
    path: `${CASSETTES}/{name}/drift/estimate`,
    operationId: 'estimateDrift',
    summary: 'What a drift would send, and what that cost when it was recorded.',
    access,
    params,
    body: estimateBody,
    answer: estimateShape,
    ask: ({ parts, params: { name }, body: { upstream, limit } }) =>
      parts.explorer.cassettes.estimate(name, upstream, limit),
  }),
  writeRoute({
    method: 'POST',
    path: `${CASSETTES}/{name}/drift`,
    operationId: 'driftCassette',
    summary: 'Sends real requests to an upstream, and says which answers differ in form.',
    access,
    params,
    body: driftBody,
    answer: reportShape,
    write: async ({ parts, params: { name }, body: { upstream, limit, confirm } }) => {
      const desk = parts.explorer.cassettes;
      if (confirm !== true) {
        const estimate = await desk.estimate(name, upstream, limit);
        if (isRefusal(estimate)) return estimate;
        const { requests, upstream: asked, cost_nano: cost } = estimate;
        const costs = cost === null ? 'what that costs is not known' : `about ${cost} nano-USD`;
        const text = `confirm: this sends ${String(requests)} real requests to "${asked}" (${costs}); send confirm: true`;
        return refusal('invalid_request', text, { param: 'confirm', reason: 'not_confirmed' });
      }
      const report = await desk.drift(name, upstream, limit);
      return isRefusal(report) ? report : noted('cassette.drift', name, report);
    },
  }),
];

function noted(action: string, subject: string, report: CassetteReport): Done<CassetteReport> {
  const { upstream, compared, drifted, skipped } = report;
  const after = { upstream, compared, drifted, skipped };
  return { kind: 'done', answer: report, note: { action, subject, after } };
}
