import type { Candidate } from './candidate.ts';
import { direct } from './direct.ts';
import { nginx } from './nginx.ts';
import { portkey } from './portkey.ts';
import {
  quatrain,
  quatrainConsole,
  quatrainLarge,
  quatrainPrepaid,
  quatrainRestless,
} from './quatrain.ts';

/** Every candidate, in the order they take turns. */
export const candidates: readonly Candidate[] = [
  direct,
  nginx,
  portkey,
  quatrain,
  quatrainPrepaid,
  quatrainLarge,
  quatrainConsole,
  quatrainRestless,
];
