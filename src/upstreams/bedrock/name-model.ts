/** Which regions may answer a request, as the names of inference profiles say it. */
export type InferenceProfile = 'us' | 'eu' | 'jp' | 'apac' | 'global' | 'none';

export interface BedrockModelNames {
  readonly inferenceProfile: InferenceProfile;
  /** What Bedrock calls a model of the registry; undefined where that has no such model. */
  readonly registered: (name: string) => string | undefined;
}

/** What is a name of Bedrock already: of a model, of an inference profile, or a resource. */
const ownName = /^(?:arn:|(?:[a-z-]+\.)?anthropic\.)/;
const AUTHOR = 'anthropic.';

/**
 * Bedrock's name for a model (API reference §12): the registry's, behind the prefix of the inference
 * profile. A model that the registry does not have is called as the newer ones are.
 */
export function bedrockName(
  asked: string,
  { inferenceProfile, registered }: BedrockModelNames,
): string {
  if (ownName.test(asked)) return asked;
  const name = registered(asked) ?? `${AUTHOR}${asked}`;
  return inferenceProfile === 'none' ? name : `${inferenceProfile}.${name}`;
}
