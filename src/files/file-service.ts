import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { AccountResources } from '../gateway/account-resources.ts';
import type { DecodedExchange } from '../gateway/exchange.ts';
import { isExpired } from '../messages/account-file.ts';
import type { AccountFile } from '../messages/account-file.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { Operation, UpstreamAnswer } from '../messages/upstream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { JsonObject } from '../std/json.ts';
import { fileObject } from './file-object.ts';
import { listFiles } from './list-files.ts';
import type { FileKeeping } from './upload-file.ts';
import { FileUploads } from './upload-file.ts';

type FileOperation = Extract<Operation, `files.${string}`>;
type Served = UpstreamAnswer | Refusal;

const BETA = 'files-api-2025-04-14';

/** The Files API for the gateway's own accounts. API reference §1.5. */
export class FileService implements AccountResources {
  readonly name = 'gateway';
  readonly #keeping: FileKeeping;
  readonly #uploads: FileUploads;
  readonly #operations: Readonly<
    Record<FileOperation, (exchange: DecodedExchange) => Promise<Served> | Served>
  > = {
    'files.create': async (exchange) => shown(await this.#uploads.upload(exchange)),
    'files.list': (exchange) => this.#list(exchange),
    'files.get': (exchange) => shown(this.#find(exchange)),
    'files.content': (exchange) => this.#content(exchange),
    'files.delete': (exchange) => this.#delete(exchange),
  };

  constructor(keeping: FileKeeping) {
    this.#keeping = keeping;
    this.#uploads = new FileUploads(keeping);
  }

  async serve(exchange: DecodedExchange): Promise<Served> {
    const { operation, headers } = exchange.request;
    if (headers['anthropic-version'] === undefined) {
      return refusal('invalid_request', ruleTexts.versionMissing);
    }
    const serve = Object.hasOwn(this.#operations, operation)
      ? this.#operations[operation as FileOperation]
      : undefined;
    return serve === undefined ? refusal('not_found') : serve(exchange);
  }

  #list({ request, principal }: DecodedExchange): Served {
    const page = listFiles(this.#keeping.rows, {
      account: principal.account,
      query: queryOf(request.upstreamPath),
      isBeta: String(request.headers['anthropic-beta'] ?? '')
        .split(',')
        .some((name) => name.trim() === BETA),
    });
    return isRefusal(page) ? page : answer(page);
  }

  /** What is not there and what belongs to another account are the same. */
  #find({ request, principal }: DecodedExchange): AccountFile | Refusal {
    const id = fileIdOf(request.upstreamPath);
    const file = this.#keeping.rows.find(principal.account, id);
    return file ?? refusal('not_found', ruleTexts.fileUnknown(id));
  }

  /** What an account uploaded it cannot have back; what tools made for it, it can. */
  #content(exchange: DecodedExchange): Served {
    const file = this.#find(exchange);
    if (isRefusal(file)) return file;
    if (!file.downloadable) {
      const details = { error_code: 'file_not_downloadable' };
      return refusal('invalid_request', ruleTexts.fileNotDownloadable(file.id), { details });
    }
    if (isExpired(file, this.#keeping.clock.wallMs())) {
      const details = { error_code: 'file_expired' };
      return refusal('not_found', ruleTexts.fileExpired(file.id), { details });
    }
    return {
      kind: 'answer',
      status: 200,
      headers: [
        'content-type',
        file.mimeType,
        'content-disposition',
        `attachment; filename*=UTF-8''${encodeURIComponent(file.filename)}`,
      ],
      isEventStream: false,
      body: this.#keeping.bodies.read(file.id),
    };
  }

  /** The row first: a content without a row is cleared away later, a row without content never is. */
  async #delete(exchange: DecodedExchange): Promise<Served> {
    const file = this.#find(exchange);
    if (isRefusal(file)) return file;
    const isDeleted = await this.#keeping.rows.delete(file.account, file.id);
    if (!isDeleted) return refusal('not_found', ruleTexts.fileUnknown(file.id));
    await this.#keeping.bodies.remove(file.id);
    return answer({ id: file.id, type: 'file_deleted' });
  }
}

function shown(file: AccountFile | Refusal): Served {
  return isRefusal(file) ? file : answer(fileObject(file));
}

function answer(value: JsonObject): UpstreamAnswer {
  return {
    kind: 'answer',
    status: 200,
    headers: ['content-type', 'application/json'],
    isEventStream: false,
    body: sourceOf(Buffer.from(JSON.stringify(value))),
  };
}

/** `/v1/files/{id}` and `/v1/files/{id}/content`. */
function fileIdOf(path: string): string {
  return path.split('?')[0]?.split('/')[3] ?? '';
}

function queryOf(path: string): URLSearchParams {
  const at = path.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : path.slice(at));
}
