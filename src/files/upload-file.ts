import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { DecodedExchange } from '../gateway/exchange.ts';
import type { AccountFile } from '../messages/account-file.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { ByteSource } from '../std/byte-stream.ts';
import { sourceOf } from '../std/byte-stream.ts';
import type { Clock } from '../std/clock.ts';
import { newFileId } from '../std/ids.ts';
import type { Random } from '../std/random.ts';
import type { BodyDraft, FileBodies, FileRows } from './file-store.ts';
import { FORM_BYTES_MAX, readUpload } from './read-upload.ts';

/** What files may take. */
export interface FileLimits {
  readonly fileBytesMax: number;
  readonly accountBytesMax: number;
  readonly accountFilesMax: number;
  /** Uploads at once: each may hold a whole file of disk that no account answers for yet. */
  readonly uploadsMax: number;
}

export interface FileKeeping {
  readonly rows: FileRows;
  readonly bodies: FileBodies;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: () => FileLimits;
}

const BUSY_RETRY_MS = 5000;

/** `files.create`: from the socket to the disk, never whole in memory. */
export class FileUploads {
  readonly #keeping: FileKeeping;
  #running = 0;

  constructor(keeping: FileKeeping) {
    this.#keeping = keeping;
  }

  /** The file, once it is durable; whatever else comes of it, nothing stays on disk. */
  async upload(exchange: DecodedExchange): Promise<AccountFile | Refusal> {
    const limits = this.#keeping.limits();
    const held = this.#keeping.rows.held(exchange.principal.account);
    const isFull = held.bytes >= limits.accountBytesMax || held.files >= limits.accountFilesMax;
    if (isFull) return storageFull();
    if (this.#running >= limits.uploadsMax) {
      return refusal('overloaded', undefined, { retryAfterMs: BUSY_RETRY_MS });
    }
    this.#running += 1;
    try {
      const source = await openBody(exchange, limits.fileBytesMax + FORM_BYTES_MAX);
      if (isRefusal(source)) return source;
      return await this.#take(exchange, source, limits);
    } finally {
      this.#running -= 1;
    }
  }

  async #take(
    exchange: DecodedExchange,
    source: ByteSource,
    limits: FileLimits,
  ): Promise<AccountFile | Refusal> {
    const id = newFileId(this.#keeping.random);
    const draft = await this.#keeping.bodies.begin(id);
    let isKept = false;
    try {
      const taken = await this.#read(exchange, { id, draft, source, limits });
      isKept = !isRefusal(taken);
      return taken;
    } finally {
      if (!isKept) await draft.discard();
    }
  }

  async #read(exchange: DecodedExchange, upload: UploadUnderWay): Promise<AccountFile | Refusal> {
    const { request, principal } = exchange;
    const { limits, draft, id } = upload;
    const contentType = request.headers['content-type'];
    const read = await readUpload(upload.source, draft, {
      contentType: typeof contentType === 'string' ? contentType : undefined,
      fileBytesMax: limits.fileBytesMax,
      cancellation: request.cancellation,
    });
    if (isRefusal(read)) return read;
    const { sizeBytes, digest } = await draft.keep();
    const createdAtMs = this.#keeping.clock.wallMs();
    const { filename, mimeType, expiresInSeconds } = read;
    const file: AccountFile = {
      id,
      account: principal.account,
      filename,
      mimeType,
      sizeBytes,
      digest,
      createdAtMs,
      ...(expiresInSeconds === undefined
        ? {}
        : { expiresAtMs: createdAtMs + expiresInSeconds * 1000 }),
      downloadable: false,
    };
    const bounds = { bytesMax: limits.accountBytesMax, filesMax: limits.accountFilesMax };
    return (await this.#keeping.rows.insert(file, bounds)) ? file : storageFull();
  }
}

interface UploadUnderWay {
  readonly id: string;
  readonly draft: BodyDraft;
  readonly source: ByteSource;
  readonly limits: FileLimits;
}

/** The body as it comes; where whoever made the request has it whole, as that. */
async function openBody(
  { request }: DecodedExchange,
  bytesMax: number,
): Promise<ByteSource | Refusal> {
  const opened = request.body.stream?.(bytesMax);
  if (opened !== undefined) return opened;
  const body = await request.body.read(bytesMax);
  return isRefusal(body) ? body : sourceOf(body);
}

function storageFull(): Refusal {
  const details = { error_code: 'storage_quota_exceeded' };
  return refusal('invalid_request', ruleTexts.fileStorageFull, { details });
}
