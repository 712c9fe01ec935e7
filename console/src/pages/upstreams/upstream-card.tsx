import type { ReactElement } from 'react';
import { useState } from 'react';
import type {
  ProbeAnswer,
  UpstreamStateAnswer,
} from '../../../../src/admin/contract-operations.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { countText, durationText } from '../../format/figures.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/card.tsx';
import { FormDialog } from '../../ui/dialog.tsx';
import { Columns, Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import type { CountedTime } from '../overview/overview-range.ts';
import { leftAloneOf } from './left-alone.ts';
import { Targets } from './targets.tsx';
import { UpstreamFigures } from './upstream-figures.tsx';
import { UpstreamLatency } from './upstream-latency.tsx';

const UPSTREAMS = '/admin/v1/upstreams';

interface StateProps {
  readonly upstream: UpstreamStateAnswer;
}

/** One upstream: what it is, what it did, which of its targets are left alone. */
export function UpstreamCard({
  upstream,
  time,
}: StateProps & { readonly time: CountedTime }): ReactElement {
  const { name, last_5_minutes, last_hour, targets } = upstream;
  return (
    <Card title={name} actions={<UpstreamActions upstream={upstream} />}>
      <Stack>
        <UpstreamFacts upstream={upstream} />
        <Columns>
          <UpstreamFigures upstream={name} figures={[last_5_minutes, last_hour]} />
          <UpstreamLatency upstream={name} time={time} />
        </Columns>
        {targets.length === 0 ? null : <Targets upstream={name} targets={targets} />}
      </Stack>
    </Card>
  );
}

function UpstreamFacts({ upstream }: StateProps): ReactElement {
  const { driver, origin, models, credentials, live, is_default, drained_at } = upstream;
  const error = upstream.last_hour.last_error;
  const leftAlone = leftAloneOf(upstream.targets);
  return (
    <Facts
      facts={[
        [
          'State',
          <Row key="state">
            <Badge tone={upstream.is_drained ? 'warn' : 'good'}>
              {upstream.is_drained ? 'drained' : 'takes requests'}
            </Badge>
            {drained_at === null ? null : <TimeText instant={drained_at} />}
            {leftAlone === undefined ? null : (
              <Badge tone={leftAlone.isAll ? 'bad' : 'warn'}>{leftAlone.text}</Badge>
            )}
            {is_default ? <Badge tone="accent">default</Badge> : null}
          </Row>,
        ],
        ['Driver', driver],
        ['Address', origin ?? 'in this process'],
        ['Models', modelsText(models)],
        ['Credentials', countText(credentials)],
        ['Requests now', countText(live)],
        ['Last used', <TimeText key="used" instant={upstream.last_hour.last_used_at} />],
        [
          'Last failure',
          error === null ? (
            'none in the last hour'
          ) : (
            <span key="error">
              {error.code ?? `status ${String(error.http_status)}`} <TimeText instant={error.at} />
            </span>
          ),
        ],
      ]}
    />
  );
}

function modelsText(models: readonly string[] | null): string {
  if (models === null) return 'under their own names';
  return models.length === 0 ? 'only as routes name them' : models.join(', ');
}

function UpstreamActions({ upstream }: StateProps): ReactElement {
  const { name, is_drained } = upstream;
  const [isDraining, setDraining] = useState(false);
  const [probed, setProbed] = useState<ProbeAnswer>();
  const path = `${UPSTREAMS}/${encodeURIComponent(name)}`;
  const turn = useOrder({
    send: (word: 'drain' | 'resume') =>
      callApi<UpstreamStateAnswer>(`${path}/${word}`, { method: 'POST', body: {} }),
    changes: [UPSTREAMS],
    done: is_drained ? `${name} takes requests again.` : `${name} is drained.`,
  });
  const probe = useOrder({
    send: () => callApi<ProbeAnswer>(`${path}/probe`, { method: 'POST', body: {} }),
    changes: [UPSTREAMS],
  });
  return (
    <Row>
      {probed === undefined ? null : (
        <Badge tone={probed.ok ? 'good' : 'bad'}>
          {probed.detail} ({durationText(probed.ms)})
        </Badge>
      )}
      {probe.error === null ? null : <ErrorNote error={probe.error} />}
      <Button
        small
        busy={probe.isPending}
        onClick={() => {
          probe.mutate(undefined, { onSuccess: setProbed });
        }}
      >
        Probe
      </Button>
      <Button
        small
        {...(is_drained ? {} : { look: 'danger' })}
        busy={turn.isPending}
        onClick={() => {
          if (is_drained) turn.mutate('resume');
          else setDraining(true);
        }}
      >
        {is_drained ? 'Resume' : 'Drain'}
      </Button>
      <FormDialog
        title={`Drain ${name}?`}
        description="It gets no new requests until it is resumed or the gateway starts anew. Where it is the only one that could answer, callers get 503."
        isOpen={isDraining}
        onClose={() => {
          setDraining(false);
        }}
        submitText="Drain"
        isDangerous
        isBusy={turn.isPending}
        error={turn.error}
        onSubmit={() => {
          turn.mutate('drain', {
            onSuccess: () => {
              setDraining(false);
            },
          });
        }}
      >
        <span>{runningText(upstream.live)}</span>
      </FormDialog>
    </Row>
  );
}

/** What becomes of the requests that an upstream has. */
function runningText(live: number): string {
  if (live === 0) return 'It has no request now.';
  return live === 1
    ? 'The one request it has now finishes.'
    : `The ${countText(live)} requests it has now finish.`;
}
