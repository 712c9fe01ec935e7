import { hash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { HeaderList } from '../../messages/upstream.ts';
import type { Clock } from '../../std/clock.ts';
import type { AwsCredentials } from './aws-secrets.ts';

export interface RequestSignerOptions {
  readonly region: string;
  /** Scheme, host and port of where the request is sent: the host is signed. */
  readonly origin: string;
  readonly clock: Clock;
}

const SERVICE = 'bedrock';
/** Headers that a signature is made of or covers, besides the host. */
const signedHeaders = [
  'authorization',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
] as const;

/** Signs requests to one region with AWS Signature Version 4; API reference §12. */
export class RequestSigner {
  readonly #options: RequestSignerOptions;
  /** What the library makes of a secret for a day and keeps: of today's and the present one alone. */
  #keys = new Map<string, ArrayBuffer>();
  #keysOf = '';

  constructor(options: RequestSignerOptions) {
    this.#options = options;
  }

  /** The headers that show who sends this request and that it is as it was sent. */
  async sign(
    { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
    path: string,
    body: Uint8Array,
  ): Promise<HeaderList> {
    const { region, origin, clock } = this.#options;
    const datetime = new Date(clock.wallMs()).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
    const signer = new AwsV4Signer({
      method: 'POST',
      url: origin + path,
      headers: { 'x-amz-content-sha256': hash('sha256', body) },
      accessKeyId: accessKeyId.reveal(),
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
      service: SERVICE,
      region,
      datetime,
      cache: this.#keysFor(`${datetime.slice(0, 'YYYYMMDD'.length)}/${accessKeyId.reveal()}`),
    });
    const { headers } = await signer.sign();
    return signedHeaders.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [name, value];
    });
  }

  #keysFor(scope: string): Map<string, ArrayBuffer> {
    if (this.#keysOf !== scope) {
      this.#keys = new Map();
      this.#keysOf = scope;
    }
    return this.#keys;
  }
}
