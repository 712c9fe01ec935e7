import { describe, expect, test } from 'vitest';
import {
  dataLossIn,
  newPolicy,
  withDataLoss,
} from '../../console/src/pages/gateways/data-loss-draft.ts';
import type {
  GeneralSetting,
  NumberSetting,
} from '../../console/src/pages/gateways/general-settings.ts';
import { ruledSettings, settingGroups } from '../../console/src/pages/gateways/general-settings.ts';
import { hazards, withHazard } from '../../console/src/pages/gateways/hazards.ts';
import { settable } from '../../console/src/pages/gateways/settings-draft.ts';
import {
  metadataIn,
  newRule,
  withFilter,
  withSpend,
} from '../../console/src/pages/gateways/spend-draft.ts';
import { encodeGateway } from '../../src/ai-gateway/encode-gateway.ts';
import { readGatewaySettings } from '../../src/ai-gateway/read-gateway-settings.ts';
import { isRefusal } from '../../src/messages/errors.ts';
import { hazardCategories } from '../../src/policy/content-rules.ts';
import type { GatewayPolicy } from '../../src/policy/gateway-policy.ts';
import { defaultGateway } from '../../src/policy/gateway-policy.ts';
import type { JsonObject } from '../../src/std/json.ts';

/** The console's form of a gateway's settings has every one of them, and takes what the gateway takes. */

const full: GatewayPolicy = {
  ...defaultGateway('acme', 1),
  rateLimit: { limit: 5, intervalSeconds: 60, technique: 'sliding' },
  retry: { maxAttempts: 2, delayMs: 10, backoff: 'linear' },
  content: {
    guardrails: { prompt: { S1: 'FLAG' }, response: { P1: 'BLOCK' } },
    dataLoss: { enabled: true, action: 'FLAG', profiles: ['cards'] },
  },
  spendLimits: { kind: 'spend-limits', isEnabled: true, rules: [] },
};
const shown = settable(encodeGateway(full));
/** Settings of the service that have no effect here. */
const unserved: ReadonlySet<string> = new Set(['logpush', 'logpush_public_key', 'zdr']);
const settings = settingGroups.flatMap((group) => group.settings);

/** What is refused of settings; undefined where they are taken. */
function refusedOf(change: object): string | undefined {
  const body = { ...shown, dlp: null, ...change } as JsonObject;
  const read = readGatewaySettings(body);
  return isRefusal(read) ? (read.param ?? read.code) : undefined;
}

function isNumber(setting: GeneralSetting): setting is NumberSetting {
  return setting.kind === 'number';
}

test('every setting that a gateway shows has a field', () => {
  const fields = [...settings.map(({ name }) => name), ...ruledSettings];
  const strays = Object.keys(shown).filter((name) => !unserved.has(name));
  expect(fields.toSorted()).toEqual(strays.toSorted());
  expect(refusedOf({})).toBeUndefined();
});

test.each(settings.filter(isNumber).map((setting) => [setting.name, setting] as const))(
  'the bounds of %s are those that its field says',
  (name, { least, most }) => {
    // A limit goes with an interval, which 0 is none of.
    const others = name === 'rate_limiting_interval' ? { rate_limiting_limit: null } : {};
    const fitting = [null, least, ...(most === undefined ? [1_000_000] : [most])];
    const wrong = [least - 1, least + 0.5, 'long', ...(most === undefined ? [] : [most + 1])];
    expect(fitting.map((value) => refusedOf({ ...others, [name]: value }))).toEqual(
      fitting.map(() => undefined),
    );
    expect(wrong.map((value) => refusedOf({ ...others, [name]: value }))).toEqual(
      wrong.map(() => name),
    );
  },
);

test('every word and switch that a field offers is taken, and nothing where it offers that', () => {
  const offered = settings.flatMap((setting): readonly object[] => {
    if (setting.kind === 'number') return [];
    if (setting.kind === 'switch') return [{ [setting.name]: true }, { [setting.name]: false }];
    const words = setting.options.map(({ value }) => ({ [setting.name]: value }));
    return setting.none === undefined ? words : [...words, { [setting.name]: null }];
  });
  expect(offered.length).toBeGreaterThan(15);
  expect(offered.filter((change) => refusedOf(change) !== undefined)).toEqual([]);
});

describe('rules', () => {
  test('of guardrails are offered for every category', () => {
    expect(hazards.map(([category]) => category)).toEqual(hazardCategories);
    const changed = hazardCategories.flatMap((category) =>
      (['prompt', 'response'] as const).flatMap((side) =>
        ['FLAG', 'BLOCK', ''].map((action) => withHazard(shown, { side, category }, action)),
      ),
    );
    expect(changed.filter((change) => refusedOf({ ...change, dlp: null }) !== undefined)).toEqual(
      [],
    );
  });

  test('about data in the older form mean the same as the policy that is written for them', () => {
    const written = withDataLoss(shown, dataLossIn(shown));
    const read = readGatewaySettings(written as JsonObject);
    expect(isRefusal(read) ? read : read.content.dataLoss).toEqual({
      enabled: true,
      policies: [
        {
          id: 'all',
          action: 'FLAG',
          check: ['REQUEST', 'RESPONSE'],
          enabled: true,
          profiles: ['cards'],
        },
      ],
    });
  });

  test('that were just added are taken', () => {
    const policies = [newPolicy([])];
    expect(refusedOf(withDataLoss({}, { isEnabled: true, policies }))).toBeUndefined();
    const rule = {
      ...withFilter(newRule([]), 'model', ['claude-sonnet-4-6']),
      metadata: metadataIn('plan = pro\nuser_id'),
    };
    expect(refusedOf(withSpend({}, { isEnabled: true, rules: [rule] }))).toBeUndefined();
  });

  test('that are wrong are refused at a place of their own', () => {
    const rules = [newRule([]), { ...newRule([]), id: 'other', limit: 0 }];
    expect(refusedOf(withSpend({}, { isEnabled: true, rules }))).toBe('spend_limits/rules/1/limit');
    const policies = [{ ...newPolicy([]), id: '' }];
    expect(refusedOf(withDataLoss({}, { isEnabled: true, policies }))).toBe('dlp.policies.0.id');
  });
});
