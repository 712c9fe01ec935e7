import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { ScenariosAnswer } from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { isReadAnew } from '../../api/is-read-anew.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { ScenarioEditor } from './scenario-editor.tsx';
import { SCENARIOS } from './scenarios-path.ts';
import styles from './scenarios.module.css';

const REFRESH_MS = 5000;

/** Scripts of the emulator's answers, delays and faults. */
export function ScenariosPage(): ReactElement {
  const query = useQuery({
    queryKey: [SCENARIOS],
    queryFn: ({ signal, client, queryKey }) =>
      callApi<ScenariosAnswer>(SCENARIOS, { signal, isPoll: isReadAnew(client, queryKey) }),
    // Others write the file too, and what was saved is in force a moment later.
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title="Scenarios"
      lead="They script what the emulator answers, how fast, and how it breaks. A file that is saved is taken over at once."
    >
      <Loaded query={query}>{(answer) => <Scenarios answer={answer} />}</Loaded>
    </Page>
  );
}

function Scenarios({ answer }: { readonly answer: ScenariosAnswer }): ReactElement {
  const { path, is_writable, strict, in_force } = answer;
  if (path === null) {
    return (
      <EmptyState title="No file of scenarios is configured">
        Set emulator.scenarios_file in the configuration to a file, and it can be edited here.
      </EmptyState>
    );
  }
  return (
    <>
      <Card>
        <Facts
          facts={[
            [
              'File',
              <code key="file" className={styles['path']}>
                {path}
              </code>,
            ],
            [
              'In force',
              in_force.length === 0 ? (
                'none'
              ) : (
                <div key="force" className={styles['names']}>
                  {in_force.map((name) => (
                    <Badge key={name} tone="good">
                      {name}
                    </Badge>
                  ))}
                </div>
              ),
            ],
            ['Without a match', strict ? 'requests are refused' : 'the emulator answers by itself'],
            ['Writing', is_writable ? 'from here too' : 'not from here: the file is not writable'],
          ]}
        />
      </Card>
      <ScenarioEditor answer={answer} />
    </>
  );
}
