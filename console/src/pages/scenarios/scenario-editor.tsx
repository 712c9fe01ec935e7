import type { FormEvent, ReactElement } from 'react';
import { useMemo, useRef } from 'react';
import type {
  ScenarioCheckAnswer,
  ScenarioCheckBody,
  ScenarioSummary,
  ScenariosAnswer,
  TextProblem,
} from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { LeaveGuard } from '../../drafts/leave-guard.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import type { TableColumn } from '../../ui/data-table.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { TextAreaField } from '../../ui/field.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { ScenarioBar } from './scenario-bar.tsx';
import { SCENARIOS } from './scenarios-path.ts';
import { useScenarioDraft } from './use-scenario-draft.ts';

function problemColumns(
  onPlace: (problem: TextProblem) => void,
): readonly TableColumn<TextProblem>[] {
  return [
    {
      id: 'place',
      name: 'Line',
      width: '80px',
      cell: (problem) => (
        <Button
          look="ghost"
          small
          aria-label={`${String(problem.line)}:${String(problem.column)}, show it in the text`}
          onClick={() => {
            onPlace(problem);
          }}
        >
          {`${String(problem.line)}:${String(problem.column)}`}
        </Button>
      ),
    },
    { id: 'message', name: 'Problem', width: 'minmax(190px, 2fr)', cell: ({ message }) => message },
    {
      id: 'path',
      name: 'Where',
      width: 'minmax(160px, 1fr)',
      cell: ({ path }) => <code>{path}</code>,
    },
  ];
}

const scenarioColumns: readonly TableColumn<ScenarioSummary>[] = [
  { id: 'name', name: 'Name', width: 'minmax(180px, 1fr)', cell: ({ name }) => <b>{name}</b> },
  { id: 'line', name: 'Line', width: '80px', isNumber: true, cell: ({ line }) => String(line) },
  { id: 'steps', name: 'Steps', width: '80px', isNumber: true, cell: ({ steps }) => String(steps) },
  {
    id: 'times',
    name: 'Times',
    width: '90px',
    isNumber: true,
    cell: ({ times }) => (times === null ? 'always' : String(times)),
  },
  {
    id: 'match',
    name: 'Requests',
    width: '130px',
    cell: ({ has_match }) => (has_match ? 'that match' : 'all'),
  },
  {
    id: 'faults',
    name: 'Faults',
    width: '90px',
    cell: ({ faults }) => (faults === 0 ? '–' : <Badge tone="warn">{String(faults)}</Badge>),
  },
];

/** Edits the file of scenarios; what would not be taken is not written. */
export function ScenarioEditor({ answer }: { readonly answer: ScenariosAnswer }): ReactElement {
  const saving = useScenarioDraft(answer);
  const { draft, save } = saving;
  const { text, isDirty } = draft;
  const form = useRef<HTMLFormElement>(null);
  const check = useOrder({
    send: (body: ScenarioCheckBody) =>
      callApi<ScenarioCheckAnswer>(`${SCENARIOS}/check`, { method: 'POST', body }),
    changes: [],
  });
  // What was found in another text says nothing of this one.
  const isChecked = check.variables?.text === text;
  const checked = isChecked ? check.data : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save();
  };
  return (
    <Stack>
      <form ref={form} onSubmit={submit} noValidate>
        <Stack>
          <TextAreaField
            label="Scenarios"
            hint="YAML. Other people and editors may write the file too: what you type is kept until you save or discard it."
            mono
            rows={22}
            value={text}
            onChange={(event) => {
              draft.setText(event.target.value);
            }}
          />
          <Row>
            <Button
              busy={check.isPending}
              onClick={() => {
                check.mutate({ text });
              }}
            >
              Check
            </Button>
            <span role="status">{checked === undefined ? null : <Verdict answer={checked} />}</span>
          </Row>
          {isChecked && check.error !== null ? <ErrorNote error={check.error} /> : null}
        </Stack>
        <ScenarioBar answer={answer} saving={saving} />
      </form>
      <WhatItSays
        title={isDirty && checked === undefined ? 'What the file has' : 'What the text has'}
        answer={checked ?? answer}
        onPlace={(problem) => {
          showPlace(form.current, problem);
        }}
      />
      <LeaveGuard
        isOn={isDirty}
        description="What you changed in the scenarios is not saved yet."
      />
    </Stack>
  );
}

function Verdict({ answer: { ok } }: { readonly answer: ScenarioCheckAnswer }): ReactElement {
  return <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'would be taken' : 'has problems'}</Badge>;
}

/** What is wrong with a text, and the scenarios in it. */
function WhatItSays(props: {
  readonly title: string;
  readonly answer: Pick<ScenariosAnswer, 'problems' | 'scenarios'>;
  readonly onPlace: (problem: TextProblem) => void;
}): ReactElement {
  const { title, answer, onPlace } = props;
  const problems = useMemo(() => problemColumns(onPlace), [onPlace]);
  return (
    <Card title={title}>
      <Stack>
        <DataTable
          label="Problems"
          rows={answer.problems}
          columns={problems}
          idOf={({ line, column, message }) => `${String(line)}:${String(column)} ${message}`}
          empty={null}
        />
        <DataTable
          label="Scenarios"
          rows={answer.scenarios}
          columns={scenarioColumns}
          idOf={({ name, line }) => `${name} ${String(line)}`}
          // What cannot be read may have some.
          empty={answer.problems.length === 0 ? 'No scenarios.' : null}
        />
      </Stack>
    </Card>
  );
}

/** Leads to a place of the text, which is then chosen to the end of its line. */
function showPlace(form: HTMLFormElement | null, { line, column }: TextProblem): void {
  const area = form?.querySelector('textarea');
  if (area === undefined || area === null) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  const end = start + (lines[line - 1]?.length ?? 0);
  area.focus({ preventScroll: true });
  area.setSelectionRange(Math.min(start + column - 1, end), end);
  const lineHeight = area.scrollHeight / lines.length;
  area.scrollTop = lineHeight * (line - 1) - area.clientHeight / 2;
  area.scrollIntoView({ block: 'nearest' });
}
