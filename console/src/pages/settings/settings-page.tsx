import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { SettingsAnswer } from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useSearchText } from '../../app/use-search-text.ts';
import { bytesText, countText, durationText } from '../../format/figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { JsonBlock } from '../../ui/code-block.tsx';
import { Page } from '../../ui/page.tsx';
import { Columns, Stack } from '../../ui/stack.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { CheckConfiguration } from './check-configuration.tsx';
import { Operators } from './operators.tsx';

const SETTINGS = '/admin/v1/settings';
const REFRESH_MS = 10_000;

/** How this gateway runs, who administers it, and whether a configuration would be taken. */
export function SettingsPage(): ReactElement {
  const { search, setSearch } = useSearchText();
  const query = useQuery({
    queryKey: [SETTINGS],
    queryFn: ({ signal }) => callApi<SettingsAnswer>(SETTINGS, { isPoll: true, signal }),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title="Settings"
      lead="Everything is configured in one file and by variables; a changed file is taken over without a restart, but for what says otherwise."
    >
      <Tabs
        label="Parts of the settings"
        value={search['tab'] ?? 'state'}
        onChange={(tab) => {
          setSearch({ tab });
        }}
        tabs={[
          {
            value: 'state',
            name: 'State',
            content: <Loaded query={query}>{(settings) => <State settings={settings} />}</Loaded>,
          },
          {
            value: 'configuration',
            name: 'Configuration',
            content: (
              <Loaded query={query}>{(settings) => <Configuration settings={settings} />}</Loaded>
            ),
          },
          { value: 'check', name: 'Check a file', content: <CheckConfiguration /> },
          { value: 'operators', name: 'Operators', content: <Operators /> },
        ]}
      />
    </Page>
  );
}

interface Parts {
  readonly settings: SettingsAnswer;
}

function State({ settings }: Parts): ReactElement {
  const { queues, store } = settings;
  return (
    <Columns>
      <Card title="Program">
        <Facts
          facts={[
            [
              'State',
              <Badge key="state" tone={settings.is_ready ? 'good' : 'warn'}>
                {settings.is_ready ? 'ready' : 'not ready'}
              </Badge>,
            ],
            ['Version', settings.version],
            ['Node', settings.node_version],
            ['Up for', durationText(settings.uptime_ms)],
            ['Address', settings.public_url],
            ['Data', settings.data_dir],
            ['Profile', settings.profile],
            ['Plan', settings.plan],
            ['Default upstream', settings.default_upstream],
            ['Prices', <code key="prices">{settings.price_version}</code>],
          ]}
        />
      </Card>
      <Card title="Queues and drops since the start">
        <Facts
          facts={[
            ['Database', bytesText(store.database_bytes)],
            ['Requests in flight', countText(queues.requests_in_flight)],
            ['Answers nobody hears', countText(queues.unheard_answers)],
            ['Request log, dropped', countText(queues.request_log_dropped)],
            ['Gateway logs, dropped', countText(queues.gateway_log_dropped)],
            ['Recordings, dropped', countText(queues.recordings_dropped)],
            ['Spans, dropped', countText(queues.spans_dropped)],
            ['Retries, refused by the budget', countText(queues.retries_refused)],
          ]}
        />
      </Card>
    </Columns>
  );
}

function Configuration({ settings }: Parts): ReactElement {
  return (
    <Stack>
      <p>
        What is in force. Secrets are shown as the references that they were given as. A restart is
        needed to change {settings.needs_restart.join(', ')}.
      </p>
      <JsonBlock value={settings.config} label="configuration in force" />
    </Stack>
  );
}
