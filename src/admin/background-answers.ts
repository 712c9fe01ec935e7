import type { ProfileName } from '../catalog/profiles.ts';
import type { Refusal } from '../messages/errors.ts';
import type { RequestReads } from '../telemetry/request-reads.ts';
import { countFigures } from './count-figures.ts';
import { listRequests } from './list-requests.ts';
import type { OverviewQuery } from './overview-shapes.ts';
import type { RequestQuery } from './request-shapes.ts';

/** What each of the answers is made from that are made where the rows are read. */
export interface BackgroundInputs {
  readonly listRequests: {
    readonly query: RequestQuery;
    /** Whose requests alone; undefined for those of everybody. */
    readonly account: string | undefined;
  };
  readonly countFigures: { readonly query: OverviewQuery; readonly profile: ProfileName };
}

export type BackgroundName = keyof BackgroundInputs;

/** Answers in JSON as they go to the caller, or a no. */
export interface BackgroundAnswers {
  encoded<Name extends BackgroundName>(
    name: Name,
    input: BackgroundInputs[Name],
  ): Promise<Uint8Array | Refusal>;
}

/** How each of them is made. */
export const backgroundAnswers: {
  readonly [Name in BackgroundName]: (
    input: BackgroundInputs[Name],
    requests: RequestReads,
  ) => Promise<object | Refusal>;
} = {
  listRequests: ({ query, account }, requests) => listRequests({ requests }, query, account),
  countFigures: ({ query, profile }, requests) => countFigures({ requests, profile }, query),
};

// Tests run the sources, the built server its output: the thread's file ends as this one does.
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** The file of the thread that makes them. */
export const answerThread: URL = new URL(`./answer-thread${extension}`, import.meta.url);
