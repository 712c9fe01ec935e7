import { expect, test } from 'vitest';
import type { ErrorCode } from '../../messages/errors.ts';
import type { BedrockError } from './read-error.ts';
import { readError } from './read-error.ts';

const said = (message: string): string => JSON.stringify({ message });

/** The API reference, §12. */
test.each<[BedrockError, ErrorCode, string]>([
  [{ name: 'ValidationException', status: 400, text: said('No.') }, 'invalid_request', 'No.'],
  [{ name: 'AccessDeniedException', status: 403, text: said('No.') }, 'permission_denied', 'No.'],
  [{ name: 'ResourceNotFoundException', status: 404, text: said('No.') }, 'not_found', 'No.'],
  [{ name: 'ModelTimeoutException', status: 408, text: said('No.') }, 'upstream_timeout', 'No.'],
  [{ name: 'ModelErrorException', status: 424, text: said('No.') }, 'internal', 'No.'],
  [{ name: 'ThrottlingException', status: 429, text: said('No.') }, 'rate_limited', 'No.'],
  [{ name: 'ModelNotReadyException', status: 429, text: said('No.') }, 'rate_limited', 'No.'],
  [
    { name: 'ServiceQuotaExceededException', status: 400, text: said('No.') },
    'rate_limited',
    'No.',
  ],
  [{ name: 'InternalServerException', status: 500, text: said('No.') }, 'internal', 'No.'],
  [{ name: 'ServiceUnavailableException', status: 503, text: said('No.') }, 'overloaded', 'No.'],
  [{ name: 'ExpiredTokenException', status: 403, text: said('No.') }, 'unauthenticated', 'No.'],
  [{ name: 'throttlingException', text: said('No.') }, 'rate_limited', 'No.'],
  [{ name: 'modelStreamErrorException', text: '{"originalMessage":"No."}' }, 'internal', 'No.'],
  [{ name: 'somethingNewException', text: said('No.') }, 'internal', 'No.'],
  [{ status: 403, text: said('No.') }, 'permission_denied', 'No.'],
  [{ status: 424, text: said('No.') }, 'internal', 'No.'],
  [{ status: 418, text: said('No.') }, 'invalid_request', 'No.'],
  [{ status: 502, text: '<html>' }, 'upstream_failed', 'The upstream answered with status 502.'],
  [{ text: '' }, 'internal', 'The upstream broke its answer off.'],
  [
    { name: 'ThrottlingException:http://internal.amazon.com/coral/', status: 429, text: '' },
    'rate_limited',
    'The upstream answered with ThrottlingException.',
  ],
  [
    {
      status: 400,
      text: '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"No."}',
    },
    'permission_denied',
    'No.',
  ],
])('%j is %s: %s', (error, code, detail) => {
  expect(readError(error, [])).toEqual({ kind: 'refusal', code, detail });
});

test('accounts, roles and resources of the owner are not told to callers', () => {
  const text = said(
    'User: arn:aws:sts::123456789012:assumed-role/quatrain/i-0ab is not authorized to perform: bedrock:InvokeModel on resource: "arn:aws-cn:bedrock:us-east-1:123456789012:inference-profile/x" at secret-host',
  );
  expect(readError({ status: 403, text }, ['secret-host']).detail).toBe(
    'User: [redacted] is not authorized to perform: bedrock:InvokeModel on resource: "[redacted]" at [redacted]',
  );
});
