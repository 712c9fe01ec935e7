import type { UseQueryResult } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExplainAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import type { FormTexts } from '../../ui/use-form.ts';
import { useForm } from '../../ui/use-form.ts';
import type { LeftOut } from './explain-address.ts';
import { addressOf, leftOutIn, questionIn, textsIn } from './explain-address.ts';
import type { ExplainProblems, ExplainTexts } from './explain-question.ts';
import { noTexts, problemsOf, questionOf } from './explain-question.ts';

const EXPLAIN = '/admin/v1/routes/explain';

/** A question that somebody asked here: with what its address does not have. */
interface Asked {
  readonly texts: ExplainTexts;
  /** The question as its address has it. */
  readonly address: string;
  readonly leftOut: readonly LeftOut[];
  /** The same question is asked again as another one: what would happen changes with time. */
  readonly turn: number;
}

/** What is typed about a request, and what is asked: that of the address, or of who asked here. */
interface Question {
  readonly form: FormTexts<keyof ExplainTexts>;
  readonly texts: ExplainTexts | undefined;
  /** Undefined where it was opened by its address. */
  readonly own: Asked | undefined;
  readonly problems: ExplainProblems | undefined;
  readonly ask: () => void;
}

/**
 * The question lives in the address: it can be sent, read anew and gone back to. The form shows what the
 * address asks, unless it was asked from this form, which has more.
 */
function useQuestion(): Question {
  const { search, setSearch } = useSearchText();
  const address = questionIn(search);
  const linked = textsIn(search);
  const form = useForm<keyof ExplainTexts>(linked ?? noTexts);
  const [own, setOwn] = useState<Asked>();
  const [shown, setShown] = useState(address);
  const [refused, setRefused] = useState<ExplainProblems>();
  if (shown !== address) {
    setShown(address);
    setRefused(undefined);
    if (own?.address !== address) {
      setOwn(undefined);
      form.fill(linked ?? noTexts);
    }
  }
  const texts = own?.texts ?? linked;
  return {
    form,
    texts,
    own,
    problems: refused ?? (texts === undefined ? undefined : problemsOf(texts)),
    ask: () => {
      const { values } = form;
      const problems = problemsOf(values);
      setRefused(problems);
      if (problems !== undefined) return;
      const { search: next, leftOut } = addressOf(values);
      const asked = questionIn(next);
      setOwn({ texts: values, address: asked, leftOut, turn: (own?.turn ?? 0) + 1 });
      if (asked !== address) setSearch(next);
    },
  };
}

/** What is typed about a request, what was asked, and what came of it. */
export interface Explaining extends Pick<Question, 'form' | 'problems' | 'ask'> {
  readonly query: UseQueryResult<ExplainAnswer>;
  readonly isAsked: boolean;
  /** What the address lacks of what is asked here. */
  readonly keptBack: readonly LeftOut[];
  /** What it lacked when it was opened, so that it is not asked. */
  readonly missing: readonly string[];
}

/** Asks what would happen to a request, and what an address asks as soon as it is opened: it only looks. */
export function useExplain(): Explaining {
  const { search } = useSearchText();
  const { form, texts, own, problems, ask } = useQuestion();
  const isAsked = texts !== undefined && problemsOf(texts) === undefined;
  const query = useQuery({
    queryKey: [EXPLAIN, texts, own?.turn ?? 0],
    queryFn: ({ signal }) =>
      callApi<ExplainAnswer>(EXPLAIN, {
        method: 'POST',
        body: questionOf(texts ?? noTexts),
        signal,
      }),
    enabled: isAsked,
    refetchOnWindowFocus: false,
  });
  return {
    form,
    problems,
    ask,
    query,
    isAsked,
    keptBack: own?.leftOut ?? [],
    missing: own === undefined ? leftOutIn(search) : [],
  };
}
