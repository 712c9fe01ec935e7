import type { RecordingAnswer } from './admin/contract-exchanges.ts';
import type { Recording } from './cassettes/recorder.ts';
import type { Config } from './config/config.ts';
import type { Refusal } from './messages/errors.ts';
import { refusal } from './messages/errors.ts';
import { recordingInto } from './wire-cassettes.ts';

export interface RecordingWiring {
  readonly configNow: () => Config;
  /** What operators have recorded; the walk looks into it. */
  readonly recordings: Map<string, Recording>;
}

const RECORDINGS_MAX = 100;

/** What is recorded, by whoever ordered it. */
export function orderedRecordings(
  config: Config,
  operators: ReadonlyMap<string, Recording>,
): readonly RecordingAnswer[] {
  const configured = config.recordings.map(({ key, cassette }) => ({
    key_id: key,
    cassette,
    source: 'configuration' as const,
  }));
  const own = [...operators].map(([key, { cassette }]) => ({
    key_id: key,
    cassette,
    source: 'operator' as const,
  }));
  return [...configured, ...own];
}

/** Begins to record a key. */
export function startRecording(
  { configNow, recordings }: RecordingWiring,
  keyId: string,
  cassette: string,
): Refusal | undefined {
  const isTaken = recordings.has(keyId) || isConfigured(configNow(), keyId);
  if (isTaken) {
    return refusal('conflict', 'The key is recorded already.', { reason: 'already_recorded' });
  }
  if (recordings.size >= RECORDINGS_MAX) {
    const text = `At most ${String(RECORDINGS_MAX)} keys are recorded at once.`;
    return refusal('conflict', text, { reason: 'too_many_recordings' });
  }
  recordings.set(keyId, recordingInto(configNow(), cassette));
  return undefined;
}

/** Ends what an operator began. */
export function stopRecording(
  { configNow, recordings }: RecordingWiring,
  keyId: string,
): Refusal | undefined {
  if (recordings.delete(keyId)) return undefined;
  return isConfigured(configNow(), keyId)
    ? refusal('conflict', 'The configuration has it recorded: take it out of `recordings` there.', {
        reason: 'configured_recording',
      })
    : refusal('not_found', 'The key is not recorded.', { reason: 'recording_not_found' });
}

function isConfigured({ recordings }: Config, keyId: string): boolean {
  return recordings.some(({ key }) => key === keyId);
}
