import { errorTable, isRefusal, refusalText } from '../messages/errors.ts';
import type { Upstream } from '../messages/upstream.ts';
import type { Cancellation } from '../std/cancellation.ts';
import type { ProbeQuestion } from './probe-question.ts';
import { listOfModels, probeHeaders } from './probe-question.ts';

/** What came of a question that costs nothing. */
export interface ProbeResult {
  /** Whether it answers, and takes the credential. */
  readonly isWell: boolean;
  /** Undefined where a driver broke. */
  readonly status: number | undefined;
  readonly detail: string;
}

/** Asks an upstream for its models, or what is free there instead; never rejects. */
export async function probeUpstream(
  upstream: Upstream,
  cancellation: Cancellation,
  question: ProbeQuestion = listOfModels,
): Promise<ProbeResult> {
  try {
    const answer = await upstream.send(
      {
        ...question,
        headers: probeHeaders,
        stream: false,
        requestId: 'req_probe',
        account: 'probe',
      },
      cancellation,
    );
    if (isRefusal(answer)) {
      const { status } = errorTable[answer.code];
      const isWell = answer.code === 'not_found';
      return { isWell, status, detail: isWell ? NO_LIST : refusalText(answer) };
    }
    answer.body.cancel();
    return {
      isWell: isWell(answer.status),
      status: answer.status,
      detail: detailOf(answer.status),
    };
  } catch (error) {
    // A driver that throws says no: the requests that it gets will say so in the log.
    return { isWell: false, status: undefined, detail: `The driver failed: ${String(error)}` };
  }
}

const NO_LIST = 'It answers, and lists no models.';
const NO_COUNT = 'It answers, and does not count the tokens of this.';

/** Some list no models, or count no tokens of one; that they say so shows that they are there. */
const unserved: ReadonlySet<number> = new Set([400, 404, 405]);

function isWell(status: number): boolean {
  return status < 400 || unserved.has(status);
}

function detailOf(status: number): string {
  if (status < 400) return 'It answers, and takes the credential.';
  if (isWell(status)) return status === 400 ? NO_COUNT : NO_LIST;
  return status === 401 || status === 403
    ? `It does not take the credential: status ${String(status)}.`
    : `It answered with status ${String(status)}.`;
}
