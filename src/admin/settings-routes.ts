import { z } from 'zod';
import type { ApiCall, ApiRoute } from './api-route.ts';
import { readRoute } from './api-route.ts';
import type { SettingsCheckQuestion } from './contract-operations.ts';
import { timeField } from './field-schemas.ts';
import { registryModelShape, settingsCheckShape, settingsShape } from './settings-shapes.ts';
import { checkSettings, showRegistry, showSettings } from './show-settings.ts';

const SETTINGS = '/admin/v1/settings';
const access = { kind: 'admin' } as const;
const YAML_LETTERS_MAX = 200_000;

const checkQuestion: z.ZodType<SettingsCheckQuestion> = z.strictObject({
  yaml: z.string().max(YAML_LETTERS_MAX),
});

/** The process, its configuration and its models. */
export const settingsRoutes: readonly ApiRoute[] = [
  readRoute({
    method: 'GET',
    path: SETTINGS,
    operationId: 'getSettings',
    summary: 'The process and the configuration in force; of secrets, where they come from.',
    access,
    answer: settingsShape,
    read: ({ parts, atMs }) => showSettings(parts, atMs),
  }),
  {
    method: 'POST',
    path: `${SETTINGS}/check`,
    operationId: 'checkSettings',
    summary: 'Reads a configuration as the process would, and says what it would change.',
    access,
    body: checkQuestion,
    answer: settingsCheckShape,
    // It changes nothing, so the audit log has no word of it.
    async handle({ parts, body }: ApiCall) {
      const { yaml } = body as SettingsCheckQuestion;
      return { kind: 'answer', answer: await checkSettings(parts.operations, yaml) };
    },
  },
  readRoute({
    method: 'GET',
    path: '/admin/v1/registry',
    operationId: 'listRegistry',
    summary: 'The models of the registry, with all their names and what they cost now.',
    access,
    answer: z.object({ as_of: timeField, data: z.array(registryModelShape) }),
    read: ({ parts, atMs }) => {
      const { as_of, data } = showRegistry(parts, atMs);
      return { as_of, data: [...data] };
    },
  }),
];
