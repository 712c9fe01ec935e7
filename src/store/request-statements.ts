import { insertRequestText } from './request-columns.ts';
import { addToHoursText } from './request-hours.ts';

type RequestStatement =
  | 'insertRequest'
  | 'insertBatchRequest'
  | 'deleteOldRequests'
  | 'addToRequestHours'
  | 'deleteOldRequestHours';

/** What is written of requests: their rows, and the figures of each hour. */
export const requestStatements: Readonly<Record<RequestStatement, string>> = {
  insertRequest: insertRequestText(),
  insertBatchRequest: `${insertRequestText('batch_id', 'custom_id')}
    ON CONFLICT (batch_id, custom_id) WHERE batch_id IS NOT NULL DO NOTHING`,
  deleteOldRequests: `DELETE FROM request_log WHERE id IN
    (SELECT id FROM request_log WHERE started_at_ms < ? ORDER BY started_at_ms LIMIT ?)`,
  addToRequestHours: addToHoursText,
  deleteOldRequestHours: `DELETE FROM request_hours WHERE hour_ms < ?`,
};
