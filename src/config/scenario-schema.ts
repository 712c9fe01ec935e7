import { z } from 'zod';
import type {
  Scenario,
  ScenarioBlock,
  ScenarioError,
  ScenarioFault,
  ScenarioFile,
  ScenarioMatch,
  TextCondition,
} from './scenario.ts';
import { scenarioErrorTypes, scenarioResultTypes, scenarioStopReasons } from './scenario.ts';

/**
 * The shape of a scenario file. As with the configuration, this one definition gives the checks and
 * the published JSON Schema.
 */

const PATTERN_LETTERS_MAX = 500;
const LIST_MAX = 1000;

const milliseconds = z.int().min(0).max(86_400_000);
const json = z.json();
const jsonObject = z.record(z.string(), json);
const name = z.string().min(1).max(200);

const pattern = z
  .string()
  .max(PATTERN_LETTERS_MAX)
  .refine((source) => isPattern(source), { error: 'not a regular expression' })
  .describe('A regular expression of JavaScript, tried on the first 4,000 letters of the text.');

const textSchema: z.ZodType<TextCondition> = z.union(
  [
    z.string(),
    z.strictObject({ contains: z.string().min(1) }),
    z.strictObject({ regex: pattern, ignore_case: z.boolean().optional() }),
  ],
  { error: 'write the whole text, {contains: …} or {regex: …}' },
);

const matchSchema: z.ZodType<ScenarioMatch> = z.strictObject({
  model: textSchema.optional().describe('The model as the caller writes it.'),
  last_user_text: textSchema.optional().describe('Text of the last turn of the user that has any.'),
  tool_results: z
    .strictObject({
      tool: textSchema.optional().describe('Name of the tool.'),
      text: textSchema.optional().describe('Text of the result.'),
      is_error: z.boolean().optional(),
    })
    .optional()
    .describe('Holds where a result of a tool in the last message has all of this.'),
  turn: z
    .union([
      z.int().min(0),
      z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() }),
    ])
    .optional()
    .describe('How many messages of the user there are, those with results of tools among them.'),
  header: z
    .record(z.string().min(1), textSchema)
    .optional()
    .describe('Headers by name; those with credentials cannot be asked for.'),
  account: textSchema.optional().describe("The account of the caller's key."),
  operation: z
    .enum(['messages.create', 'messages.count_tokens', 'any'])
    .optional()
    .describe(
      'messages.create where absent. A count of tokens can only be answered with an error.',
    ),
  stream: z.boolean().optional(),
});

const errorSchema: z.ZodType<ScenarioError> = z.strictObject({
  type: z.enum(scenarioErrorTypes),
  status: z.int().min(400).max(599).optional().describe('That of the type where absent.'),
  message: z.string().optional().describe('What the API usually says where absent.'),
  details: jsonObject.optional().describe('`error.details`, for programs to read.'),
  retry_after_ms: milliseconds
    .optional()
    .describe('Sent as `retry-after`, in whole seconds, rounded up.'),
});

const id = z.string().min(1).optional().describe('Made where absent.');
const callId = z.string().min(1).optional().describe('The id of the call before it where absent.');

const blockSchema: z.ZodType<ScenarioBlock> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('text'),
    text: z.string(),
    citations: z.array(jsonObject).max(LIST_MAX).optional(),
  }),
  z
    .strictObject({ type: z.literal('thinking'), thinking: z.string() })
    .describe('It is signed as the emulator signs its own.'),
  z
    .strictObject({ type: z.literal('redacted_thinking'), data: z.string().optional() })
    .describe(
      'Made where `data` is absent. Data given here is sent as it is, and refused when it comes back.',
    ),
  z.strictObject({
    type: z.enum(['tool_use', 'server_tool_use']),
    name,
    input: jsonObject,
    id,
  }),
  z.strictObject({
    type: z.enum(scenarioResultTypes),
    content: json,
    tool_use_id: callId,
  }),
  z.strictObject({
    type: z.literal('mcp_tool_use'),
    name,
    server_name: name,
    input: jsonObject,
    id,
  }),
  z.strictObject({
    type: z.literal('mcp_tool_result'),
    content: z.string(),
    tool_use_id: callId,
    is_error: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('container_upload'), file_id: z.string().min(1) }),
  z.strictObject({ type: z.literal('compaction'), content: z.string() }),
]);

const responseSchema = z.strictObject({
  content: z
    .union([z.string(), z.array(blockSchema).max(LIST_MAX)])
    .optional()
    .describe('Blocks as the API spells them, or a text. What the emulator writes where absent.'),
  stop_reason: z
    .enum(scenarioStopReasons)
    .optional()
    .describe('Unless a limit of the request ends the answer first.'),
  stop_sequence: z.string().optional(),
  stop_details: jsonObject.optional(),
  usage: jsonObject.optional().describe('Members of `usage` that stand in place of the counts.'),
  model: name.optional().describe('The model that the answer names.'),
});

const paceSchema = z.strictObject({
  first_token_ms: milliseconds
    .optional()
    .describe('Before the first content event, or before an error.'),
  tokens_per_second: z.number().min(0).optional(),
  jitter_percent: z.int().min(0).max(100).optional(),
  ping_every_ms: milliseconds.optional(),
});

const atEvent = z.int().min(0).describe('Index of the event, from 0; the last at most.');
const place = {
  at_event: atEvent.optional(),
  at_byte: z.int().min(0).optional().describe('Offset in the bytes of the body.'),
};

const faultSchema: z.ZodType<ScenarioFault> = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('cut'), ...place })
      .describe('The connection closes; at event 0 before the head of the answer.'),
    z.strictObject({ kind: z.literal('reset'), ...place }).describe('The connection is reset.'),
    z
      .strictObject({ kind: z.literal('close_without_message_stop'), ...place })
      .describe(
        'The body ends as if it were whole; before the last event where no place is given.',
      ),
    z
      .strictObject({ kind: z.literal('stall'), ms: milliseconds, ...place })
      .describe('Nothing comes for so long, no ping either.'),
    z
      .strictObject({
        kind: z.literal('duplicate_ping'),
        at_event: atEvent,
        count: z.int().min(1).max(LIST_MAX).optional(),
      })
      .describe('Pings before the event.'),
    z
      .strictObject({ kind: z.literal('malformed_event'), at_event: atEvent })
      .describe('The data of the event is half of its JSON.'),
    z
      .strictObject({
        kind: z.literal('split_utf8'),
        at_event: atEvent,
        ms: milliseconds.optional().describe('Between the two parts; 20 where absent.'),
      })
      .describe(
        'The event comes in two parts, cut inside its first character of several bytes, or in the middle.',
      ),
    z
      .strictObject({ kind: z.literal('error_event'), at_event: atEvent, error: errorSchema })
      .describe('An error event ends the stream; a request without a stream gets the status.'),
    z
      .strictObject({ kind: z.literal('status'), error: errorSchema })
      .describe('A status in place of the answer.'),
  ])
  .refine((fault) => isPlaced(fault), { error: 'give one of at_event and at_byte' });

const stepMembers = {
  respond: responseSchema.optional().describe('What is answered.'),
  error: errorSchema.optional().describe('The error that is answered with.'),
  pace: paceSchema.optional().describe('How fast; as the emulator is configured where absent.'),
  faults: z.array(faultSchema).max(LIST_MAX).optional().describe('What goes wrong on the way.'),
};

const eitherOr = { error: 'an answer is scripted with respond or with error, not with both' };

const stepSchema = z.strictObject(stepMembers).refine((step) => !saysBoth(step), eitherOr);

const scenarioSchema: z.ZodType<Scenario> = z
  .strictObject({
    name,
    match: matchSchema.optional().describe('Which requests it is for: all where absent.'),
    times: z
      .int()
      .min(1)
      .optional()
      .describe(
        'How many requests it answers; where absent, as many as it has steps if there is `then`, else all.',
      ),
    before_validation: z
      .boolean()
      .optional()
      .describe('Whether its error comes before the request is checked.'),
    ...stepMembers,
    // oxlint-disable-next-line unicorn/no-thenable -- a member of the file's form, and never a function
    then: z
      .array(stepSchema)
      .max(LIST_MAX)
      .optional()
      .describe('What the second request gets, the third, and so on.'),
  })
  .refine((scenario) => !saysBoth(scenario), eitherOr)
  .refine((scenario) => scenario.before_validation !== true || endsInErrors(scenario), {
    path: ['before_validation'],
    error: 'only errors can come before the request is checked: give error in every step',
  })
  .refine(
    (scenario) => scenario.match?.operation !== 'messages.count_tokens' || endsInErrors(scenario),
    { path: ['match', 'operation'], error: 'a count of tokens can only be answered with an error' },
  );

export const scenarioFileSchema: z.ZodType<ScenarioFile> = z.strictObject({
  strict: z
    .boolean()
    .default(false)
    .describe('Whether a request for a message that no scenario matches is refused.'),
  scenarios: z
    .array(scenarioSchema)
    .max(LIST_MAX)
    .default([])
    .refine((list) => new Set(list.map((scenario) => scenario.name)).size === list.length, {
      error: 'two scenarios have the same name',
    })
    .describe('The first that matches and is not used up answers.'),
});

/** The published JSON Schema of a scenario file (draft 2020-12). */
export function scenarioJsonSchema(): object {
  return {
    ...z.toJSONSchema(scenarioFileSchema, { io: 'input' }),
    title: 'quatrain-scenarios.yaml',
    description: 'Scripts of the answers, delays and faults of the Quatrain emulator.',
  };
}

function saysBoth({ respond, error }: { respond?: unknown; error?: unknown }): boolean {
  return respond !== undefined && error !== undefined;
}

function endsInErrors({ error, then = [] }: Scenario): boolean {
  return error !== undefined && then.every((step) => step.error !== undefined);
}

function isPlaced(fault: ScenarioFault): boolean {
  if (!('at_byte' in fault) && !('at_event' in fault)) {
    return fault.kind === 'close_without_message_stop' || fault.kind === 'status';
  }
  const isByByte = 'at_byte' in fault && fault.at_byte !== undefined;
  const isByEvent = 'at_event' in fault && fault.at_event !== undefined;
  return isByByte !== isByEvent;
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    // Why it is none, the message says as well as the engine would.
    return false;
  }
}
