import type { RequestPolicy } from '../config/policy-config.ts';
import type { Refusal } from '../messages/errors.ts';
import type { HeaderList, Operation } from '../messages/upstream.ts';
import type { JsonValue } from '../std/json.ts';
import { parseJson, textOf } from '../std/json.ts';
import type { JsonSpan } from '../std/scan-json.ts';

/** A request as rules see it: in the canonical form, its body looked into only where one asks. */
export interface AskedRequest {
  readonly operation: Operation;
  /** As the caller named it; undefined where the request is about none. */
  readonly model: string | undefined;
  /** Every name of the same model. */
  readonly models: readonly string[];
  /** Every name of another model. */
  readonly namesOf: (model: string) => readonly string[];
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** How large its caller's own body is. */
  readonly bodyBytes: number;
  /** The members at the top of the body; none where it is no JSON object. */
  readonly members: () => ReadonlyMap<string, JsonSpan>;
  /** Who said how long the answer may be, whatever the body says: some forms say it for everybody. */
  readonly lengthSaidBy: 'caller' | 'policy' | 'nobody';
}

/** What a rule changes of a request, by the name that the caller is told. */
export interface PolicyEdit {
  readonly kind: 'edit';
  readonly edit: 'parameters-defaulted' | 'betas-dropped';
  /** What is changed, for the log. */
  readonly fields: readonly string[];
  /** Members of the body, as they are to be. */
  readonly set?: ReadonlyMap<string, JsonValue>;
  readonly headers?: HeaderList;
}

/** What a rule says of a request; undefined lets it pass as it is. */
export type RuleVerdict = Refusal | PolicyEdit | undefined;

/** One kind of thing that policies say of requests. Guardrails of the installation would be another. */
export interface PolicyRule {
  readonly name: string;
  readonly judge: (policy: RequestPolicy, asked: AskedRequest) => RuleVerdict;
}

/** The value of a member at the top of a request; undefined where it is not there. */
export function askedValue(
  { body, members }: Pick<AskedRequest, 'body' | 'members'>,
  name: string,
): JsonValue | undefined {
  const span = members().get(name);
  if (span === undefined) return undefined;
  const parsed = parseJson(textOf(body, span.start, span.end));
  return parsed.kind === 'value' ? parsed.value : undefined;
}
