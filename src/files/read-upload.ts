import type { BusboyFileStream, BusboyInstance } from '@fastify/busboy';
import { Busboy } from '@fastify/busboy';
import { ruleTexts } from '../emulator/rules/rule-texts.ts';
import type { Refusal } from '../messages/errors.ts';
import { isRefusal, refusal } from '../messages/errors.ts';
import type { ByteSource, StreamFault } from '../std/byte-stream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { DeclaredFile } from './describe-upload.ts';
import { describeUpload } from './describe-upload.ts';
import type { BodyDraft } from './file-store.ts';

/** An upload that was read to its end, its content in the draft. */
export interface ReadUpload extends DeclaredFile {
  readonly kind: 'upload';
  readonly expiresInSeconds: number | undefined;
}

export interface UploadReading {
  readonly contentType: string | undefined;
  readonly fileBytesMax: number;
  readonly cancellation: Cancellation;
}

/** Bounds on the form around the file. The API's has two parts. */
const PARTS_MAX = 8;
const HEADER_BYTES_MAX = 8 * 1024;
const HEADERS_MAX = 32;
const FIELD_BYTES_MAX = 1024;
/** What the form may be larger than the file in it: parts, their headers and boundaries. */
export const FORM_BYTES_MAX: number = PARTS_MAX * (HEADER_BYTES_MAX + FIELD_BYTES_MAX) + 64 * 1024;

const EXPIRY_SECONDS_MIN = 3600;
const EXPIRY_SECONDS_MAX = 7_776_000;

/**
 * Reads an upload (multipart/form-data, RFC 7578) into a draft, as fast as the disk takes it. What
 * it refuses is not read further; the draft is the caller's to discard.
 */
export function readUpload(
  source: ByteSource,
  draft: BodyDraft,
  reading: UploadReading,
): Promise<ReadUpload | Refusal> {
  const form = openForm(reading);
  if (isRefusal(form)) {
    source.cancel();
    return Promise.resolve(form);
  }
  return new UploadReader(form, draft).read(source, reading);
}

function openForm({ contentType, fileBytesMax }: UploadReading): BusboyInstance | Refusal {
  // The library reads another kind of form as well.
  const isForm = contentType !== undefined && /^multipart\/form-data *;/i.test(contentType);
  if (!isForm) return refusal('invalid_request', ruleTexts.fileNotForm);
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      // A file without a name is one too: the API gives it a name.
      isPartAFile: (field, _type, name) => field === 'file' || name !== undefined,
      limits: {
        files: 1,
        fileSize: fileBytesMax,
        fields: PARTS_MAX,
        fieldSize: FIELD_BYTES_MAX,
        parts: PARTS_MAX,
        headerPairs: HEADERS_MAX,
        headerSize: HEADER_BYTES_MAX,
      },
    });
  } catch {
    // The library throws where the header has no boundary.
    return refusal('invalid_request', ruleTexts.fileNotForm);
  }
}

class UploadReader {
  readonly #form: BusboyInstance;
  readonly #draft: BodyDraft;
  #declared: DeclaredFile | undefined;
  #expiresInSeconds: number | undefined;
  #copied: Promise<void> = Promise.resolve();
  #refused: Refusal | undefined;
  #stop: () => void = () => {};
  #content: BusboyFileStream | undefined;

  constructor(form: BusboyInstance, draft: BodyDraft) {
    this.#form = form;
    this.#draft = draft;
  }

  /** Over when the form is, or at the first thing that is wrong; rejects where the disk fails. */
  async read(source: ByteSource, reading: UploadReading): Promise<ReadUpload | Refusal> {
    const forget = reading.cancellation.onCancel(() => {
      this.#refuse(refusal('bad_http', 'The request body ended early.'));
    });
    try {
      await new Promise<void>((resolve) => {
        this.#stop = resolve;
        this.#listen(resolve);
        this.#feed(source);
        if (this.#refused !== undefined) resolve();
      });
      // Nothing more comes to it: without this, the copy would wait for the rest.
      if (this.#refused !== undefined) this.#content?.destroy();
      await this.#copied;
    } finally {
      forget();
      source.cancel();
      this.#form.destroy();
    }
    if (this.#refused !== undefined) return this.#refused;
    if (this.#declared === undefined) return refusal('invalid_request', ruleTexts.fileMissing);
    return { kind: 'upload', ...this.#declared, expiresInSeconds: this.#expiresInSeconds };
  }

  #listen(resolve: () => void): void {
    const tooMany = (): void => {
      this.#refuse(refusal('invalid_request', ruleTexts.fileTooManyParts));
    };
    this.#form
      .on('file', (...[field, stream, name, , type]) => {
        this.#copied = this.#file(field, stream, { name, type });
      })
      .on('field', (field, value) => {
        this.#field(field, value);
      })
      .on('filesLimit', () => {
        this.#refuse(refusal('invalid_request', ruleTexts.fileTwice));
      })
      .on('partsLimit', tooMany)
      .on('fieldsLimit', tooMany)
      .on('error', () => {
        this.#refuse(refusal('invalid_request', ruleTexts.fileMalformed));
      })
      .on('finish', resolve);
  }

  #feed(source: ByteSource): void {
    this.#form.on('drain', () => {
      source.resume();
    });
    source.open({
      write: (chunk) => this.#refused === undefined && this.#form.write(chunk),
      end: () => {
        this.#form.end();
      },
      fail: (fault) => {
        this.#refuse(refusalOfFault(fault));
      },
    });
  }

  async #file(
    field: string,
    stream: BusboyFileStream,
    sent: { readonly name: string | undefined; readonly type: string },
  ): Promise<void> {
    // Where the form breaks off, the library says so to the part first; the form says it as well.
    stream.on('error', () => {});
    stream.on('limit', () => {
      this.#refuse(refusal('request_too_large'));
    });
    if (field !== 'file') {
      this.#refuse(refusal('invalid_request', ruleTexts.notInVersion(field)));
      return;
    }
    const declared = describeUpload(sent.name, sent.type);
    if (isRefusal(declared)) {
      this.#refuse(declared);
      return;
    }
    this.#declared = declared;
    this.#content = stream;
    await this.#copy(stream);
  }

  async #copy(stream: BusboyFileStream): Promise<void> {
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        if (this.#refused !== undefined) return;
        await this.#draft.write(chunk);
      }
    } catch (error) {
      // A part that breaks off has been refused with its form; anything else is the disk.
      if (this.#refused === undefined) {
        this.#stop();
        throw error;
      }
    }
  }

  #field(name: string, value: string): void {
    if (name !== 'expires_in_seconds' || this.#expiresInSeconds !== undefined) {
      this.#refuse(refusal('invalid_request', ruleTexts.notInVersion(name)));
      return;
    }
    if (!/^\d{1,12}$/.test(value)) {
      this.#refuse(refusal('invalid_request', ruleTexts.fileExpiryNotInteger));
      return;
    }
    const seconds = Number(value);
    if (seconds < EXPIRY_SECONDS_MIN || seconds > EXPIRY_SECONDS_MAX) {
      this.#refuse(refusal('invalid_request', ruleTexts.fileExpiryRange));
      return;
    }
    this.#expiresInSeconds = seconds;
  }

  /** The first thing that is wrong is what the caller hears. */
  #refuse(said: Refusal): void {
    this.#refused ??= said;
    this.#stop();
  }
}

function refusalOfFault(fault: StreamFault): Refusal {
  return fault.kind === 'too-large'
    ? refusal('request_too_large')
    : refusal('bad_http', 'The request body ended early.');
}
