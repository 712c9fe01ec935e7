import type { JsonObject } from '../../format/json-value.ts';

interface SettingParts {
  /** The member of the settings. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
}

/** A whole number within bounds, or nothing. */
export interface NumberSetting extends SettingParts {
  readonly kind: 'number';
  readonly least: number;
  /** Absent where it may be as large as it likes. */
  readonly most?: number;
  /** What nothing means. */
  readonly none: string;
  readonly isSeconds?: true;
}

/** Yes or no. */
export interface SwitchSetting extends SettingParts {
  readonly kind: 'switch';
}

/** One of a few words. */
export interface ChoiceSetting extends SettingParts {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: string; readonly text: string }[];
  /** What nothing means; absent where there is always one of them. */
  readonly none?: string;
}

export type GeneralSetting = NumberSetting | SwitchSetting | ChoiceSetting;

/** Settings that are about the same thing. */
export interface SettingGroup {
  readonly title: string;
  readonly isOn: (settings: JsonObject) => boolean;
  readonly settings: readonly GeneralSetting[];
}

const MONTH_SECONDS = 2_678_400;

function isAbove(settings: JsonObject, name: string, bound: number): boolean {
  const value = settings[name];
  return typeof value === 'number' && value > bound;
}

/** Every setting that is a number, a switch or a word, in the groups in which it is shown. */
export const settingGroups: readonly SettingGroup[] = [
  {
    title: 'Authentication and keys',
    isOn: ({ authentication }) => authentication === true,
    settings: [
      {
        kind: 'switch',
        name: 'authentication',
        label: 'Authenticated gateway',
        hint: 'Calls on its own URLs have to show a key of ours in cf-aig-authorization.',
      },
      {
        kind: 'switch',
        name: 'byok_only',
        label: 'Only the account’s own keys for providers',
        hint: 'A request that brings none, and for which none is stored, is refused.',
      },
    ],
  },
  {
    title: 'Caching',
    isOn: (settings) => isAbove(settings, 'cache_ttl', 0),
    settings: [
      {
        kind: 'number',
        name: 'cache_ttl',
        label: 'Time to live, in seconds',
        least: 0,
        most: MONTH_SECONDS,
        none: 'not cached',
        hint: 'With 0 or nothing, only requests that name their answer are cached.',
        isSeconds: true,
      },
      {
        kind: 'switch',
        name: 'cache_invalidate_on_update',
        label: 'Forget cached answers when the gateway is changed',
      },
    ],
  },
  {
    title: 'Rate limit',
    isOn: (settings) => isAbove(settings, 'rate_limiting_limit', 0),
    settings: [
      {
        kind: 'number',
        name: 'rate_limiting_limit',
        label: 'Requests in an interval, at most',
        least: 0,
        none: 'no limit',
        hint: 'Of all callers of the gateway together.',
      },
      {
        kind: 'number',
        name: 'rate_limiting_interval',
        label: 'Interval, in seconds',
        least: 0,
        most: MONTH_SECONDS,
        none: 'none',
        hint: 'A limit needs one.',
        isSeconds: true,
      },
      {
        kind: 'choice',
        name: 'rate_limiting_technique',
        label: 'Technique',
        none: 'Not set: fixed',
        options: [
          { value: 'fixed', text: 'Fixed: intervals follow the clock' },
          { value: 'sliding', text: 'Sliding: the time just past' },
        ],
      },
    ],
  },
  {
    title: 'Retries',
    isOn: (settings) => isAbove(settings, 'retry_max_attempts', 1),
    settings: [
      {
        kind: 'number',
        name: 'retry_max_attempts',
        label: 'Attempts, at most',
        least: 1,
        most: 5,
        none: '1',
        hint: 'The first one counts too. A request may ask for its own.',
      },
      {
        kind: 'number',
        name: 'retry_delay',
        label: 'Pause after an attempt, in milliseconds',
        least: 0,
        most: 5000,
        none: '100',
      },
      {
        kind: 'choice',
        name: 'retry_backoff',
        label: 'How pauses grow',
        none: 'Not set: constant',
        options: [
          { value: 'constant', text: 'Constant: they stay' },
          { value: 'linear', text: 'Linear: by themselves' },
          { value: 'exponential', text: 'Exponential: they double' },
        ],
      },
    ],
  },
  {
    title: 'Logs',
    isOn: (settings) => settings['collect_logs'] === true,
    settings: [
      {
        kind: 'switch',
        name: 'collect_logs',
        label: 'Keep a log of each request',
        hint: 'With what was asked and answered. A request may say otherwise.',
      },
      {
        kind: 'number',
        name: 'log_management',
        label: 'Logs kept, at most',
        least: 1,
        none: 'as configured',
        hint: 'Never more than gateway_log.logs_max of the configuration.',
      },
      {
        kind: 'choice',
        name: 'log_management_strategy',
        label: 'When there are as many',
        options: [
          { value: 'DELETE_OLDEST', text: 'Remove the oldest' },
          { value: 'STOP_INSERTING', text: 'Keep no new ones' },
        ],
      },
    ],
  },
];

/** Settings that have forms of their own. */
export const ruledSettings: readonly string[] = ['guardrails', 'dlp', 'spend_limits'];

/** What a number may be, as its field says it. */
export function boundsText({ least, most }: NumberSetting): string {
  const from = least.toLocaleString('en-US');
  return most === undefined ? `${from} or more.` : `${from} to ${most.toLocaleString('en-US')}.`;
}
