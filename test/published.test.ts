import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../src/config/config-schema.ts';
import { parseScenarios } from '../src/config/parse-scenarios.ts';
import { scenarioJsonSchema } from '../src/config/scenario-schema.ts';
import { describeRoutes } from '../src/admin/describe-routes.ts';
import { accountApiRoutes, adminRoutes } from '../src/admin/routes.ts';
import { describePublicRoutes } from '../src/describe-public-routes.ts';
import { jsonText } from '../src/pages/json-text.ts';
import { version } from '../src/std/version.ts';
import { projectRoot } from './support/source-files.ts';

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

describe('what is published beside the code', () => {
  test('the JSON Schema of quatrain.yaml is the one the code checks by (UPDATE=1 writes it)', () => {
    const schema = `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
    if (process.env['UPDATE'] === '1') {
      writeFileSync(join(projectRoot, 'quatrain.schema.json'), schema);
    }
    expect(read('quatrain.schema.json')).toBe(schema);
  });

  test('so is the JSON Schema of scenario files', () => {
    const schema = `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`;
    if (process.env['UPDATE'] === '1') {
      writeFileSync(join(projectRoot, 'quatrain-scenarios.schema.json'), schema);
    }
    expect(read('quatrain-scenarios.schema.json')).toBe(schema);
  });

  test('the description of the admin API is made of the routes that there are', () => {
    const described = describeRoutes([...adminRoutes, ...accountApiRoutes]);
    const text = `${JSON.stringify(described, undefined, 2)}\n`;
    if (process.env['UPDATE'] === '1') {
      writeFileSync(join(projectRoot, 'quatrain-admin.openapi.json'), text);
    }
    expect(read('quatrain-admin.openapi.json')).toBe(text);
  });

  test('so is the description of every public route', () => {
    const text = `${jsonText(describePublicRoutes())}\n`;
    if (process.env['UPDATE'] === '1') {
      writeFileSync(join(projectRoot, 'quatrain.openapi.json'), text);
    }
    expect(read('quatrain.openapi.json')).toBe(text);
  });

  test('every example of a scenario file is valid by that schema, and to the code', () => {
    const check = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());
    const examples = [...read('docs/emulator.md').matchAll(/```yaml\n([\s\S]*?)```/g)]
      .map((match) => match[1] ?? '')
      .filter((example) => example.includes('scenarios:'));
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      expect({ example, valid: check(parse(example)), errors: check.errors }).toMatchObject({
        valid: true,
      });
      expect(parseScenarios('example.yaml', example)).toMatchObject({ kind: 'scenarios' });
    }
  });

  test('every YAML example in the documents is valid by that schema', () => {
    const check = new Ajv2020({ strict: false, validateFormats: false }).compile(
      configJsonSchema(),
    );
    const documents = [
      'README.md',
      'docs/configuration.md',
      'docs/cassettes.md',
      'docs/dialects/chat-completions.md',
      'docs/dialects/workers-ai.md',
      'docs/ai-gateway.md',
      'docs/admin.md',
      'docs/policies.md',
      'docs/routing.md',
    ];
    const examples = documents.flatMap((path) =>
      [...read(path).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? ''),
    );
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      expect({ example, valid: check(parse(example)), errors: check.errors }).toMatchObject({
        valid: true,
      });
    }
  });

  test('every option of the configuration is documented', () => {
    interface Node {
      readonly properties?: Readonly<Record<string, Node>>;
    }
    const optionsOf = (node: Node, path: string): readonly string[] =>
      node.properties === undefined
        ? [path]
        : Object.entries(node.properties).flatMap(([name, inner]) =>
            optionsOf(inner, path === '' ? name : `${path}.${name}`),
          );
    const document = read('docs/configuration.md');
    const options = optionsOf(configJsonSchema(), '');
    expect(options.length).toBeGreaterThan(40);
    expect(options.filter((option) => !document.includes(`\`${option}\``))).toEqual([]);
  });

  test("the version in the code is the package's, and the change log has it", () => {
    const manifest = JSON.parse(read('package.json')) as { readonly version: string };
    expect(version).toBe(manifest.version);
    expect(read('CHANGELOG.md')).toContain(`[${version}]`);
  });

  test('every link between the documents leads somewhere', () => {
    const documents = [
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'docs/ARCHITECTURE.md',
      'docs/STYLE.md',
      'docs/GLOSSARY.md',
      'docs/configuration.md',
      'docs/coding-agents.md',
      'docs/billing.md',
      'docs/emulator.md',
      'docs/engines.md',
      'docs/policies.md',
      'docs/routing.md',
      'docs/ai-gateway.md',
      'docs/dialects/chat-completions.md',
      'docs/dialects/workers-ai.md',
      'docs/dialects/workers-ai-catalog.md',
      'examples/agents/README.md',
      'examples/worker/README.md',
    ];
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map((match) => join(path, '..', match[1] ?? ''))
        .filter((target) => {
          try {
            readFileSync(join(projectRoot, target));
            return false;
          } catch (error) {
            return !(error instanceof Error && 'code' in error && error.code === 'EISDIR');
          }
        })
        .map((target) => `${path} → ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
