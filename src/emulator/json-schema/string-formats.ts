import type { JsonValue } from '../../std/json.ts';
import type { DeterministicRandom } from '../deterministic-random.ts';

const TEXT_LENGTH_MAX = 300;

interface StringFormat {
  /** No nested repetition: each of these is linear in the text. */
  readonly pattern: RegExp;
  readonly make: (draw: FormatDraw) => string;
}

/** What a formatted string is made from. */
export interface FormatDraw {
  readonly random: DeterministicRandom;
  /** A lower-case word of letters and digits. */
  readonly word: string;
}

const date = ({ random }: FormatDraw): string =>
  `2026-${twoDigits(random.between(1, 12))}-${twoDigits(random.between(1, 28))}`;
const time = ({ random }: FormatDraw): string =>
  `${twoDigits(random.below(24))}:${twoDigits(random.below(60))}:${twoDigits(random.below(60))}Z`;

/** The formats of structured outputs (API reference §8); addresses are those kept for examples. */
const formats: ReadonlyMap<string, StringFormat> = new Map<string, StringFormat>([
  ['date', { pattern: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, make: date }],
  ['time', { pattern: /^\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/i, make: time }],
  [
    'date-time',
    {
      pattern: /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/i,
      make: (draw) => `${date(draw)}T${time(draw)}`,
    },
  ],
  [
    'duration',
    {
      pattern: /^P(?!$)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)$/,
      make: ({ random }) => `PT${String(random.between(1, 59))}M`,
    },
  ],
  ['email', { pattern: /^[\w.+-]+@[\w-]+(\.[\w-]+)+$/, make: ({ word }) => `${word}@example.com` }],
  [
    'hostname',
    {
      pattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/,
      make: ({ word }) => `${word}.example.com`,
    },
  ],
  [
    'uri',
    { pattern: /^[a-zA-Z][a-zA-Z0-9+.-]*:\S+$/, make: ({ word }) => `https://example.com/${word}` },
  ],
  [
    'ipv4',
    {
      pattern: /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/,
      make: ({ random }) => `192.0.2.${String(random.between(1, 254))}`,
    },
  ],
  [
    'ipv6',
    {
      pattern: /^[0-9a-fA-F:]{2,39}$/,
      make: ({ random }) => `2001:db8::${random.between(1, 0xffff).toString(16)}`,
    },
  ],
  [
    'uuid',
    { pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, make: uuid },
  ],
]);

/** The names of the formats that structured outputs know. */
export const outputFormats: ReadonlySet<string> = new Set(formats.keys());

/** A string of a format; undefined for a format that is not known. */
export function makeFormatted(format: JsonValue, draw: FormatDraw): string | undefined {
  return typeof format === 'string' ? formats.get(format)?.make(draw) : undefined;
}

/** Whether a text is of a format, as well as can be told by its looks. */
export function matchesFormat(format: JsonValue, text: string): boolean {
  const known = typeof format === 'string' ? formats.get(format) : undefined;
  if (known === undefined) return true;
  return text.length <= TEXT_LENGTH_MAX && known.pattern.test(text);
}

function uuid({ random }: FormatDraw): string {
  return uuidOf(random.bytes(16));
}

/** Sixteen bytes as a UUID of version 4. */
export function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4] ?? '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
