import type { ReactElement } from 'react';
import type {
  CassetteReport,
  DriftBody,
  DriftEstimate,
} from '../../../../src/admin/contract-exchanges.ts';
import { callApi } from '../../api/call-api.ts';
import { useOrder } from '../../api/use-order.ts';
import { countText } from '../../format/figures.ts';
import { usdText } from '../../format/money.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { Columns, Row, Stack } from '../../ui/stack.tsx';
import { ErrorNote } from '../../ui/states.tsx';
import { useForm } from '../../ui/use-form.ts';
import { CassetteReportView } from './cassette-report.tsx';

function bodyOf(values: { readonly upstream: string; readonly limit: string }): DriftBody {
  return {
    ...(values.upstream.trim() === '' ? {} : { upstream: values.upstream.trim() }),
    ...(values.limit === '' ? {} : { limit: Number(values.limit) }),
  };
}

function costText({ cost_nano }: DriftEstimate): string {
  return cost_nano === null ? 'at a cost that is not known' : `for about ${usdText(cost_nano)}`;
}

/** Asks a real upstream what was recorded, after saying what that costs. */
export function Drift({ name }: { readonly name: string }): ReactElement {
  const path = `/admin/v1/cassettes/${encodeURIComponent(name)}/drift`;
  const form = useForm({ upstream: '', limit: '20' });
  const estimate = useOrder({
    send: (body: DriftBody) => callApi<DriftEstimate>(`${path}/estimate`, { method: 'POST', body }),
    changes: [],
  });
  const drift = useOrder({
    send: (body: DriftBody) =>
      callApi<CassetteReport>(path, { method: 'POST', body: { ...body, confirm: true } }),
    changes: [],
  });
  const error = drift.error ?? estimate.error;
  const { data: expected } = estimate;
  return (
    <Card title="Drift: does a real upstream still answer like this?">
      <Stack>
        <Columns>
          <TextField label="Upstream" placeholder="the default one" {...form.bind('upstream')} />
          <TextField label="Exchanges, at most" type="number" min={1} {...form.bind('limit')} />
        </Columns>
        <Row>
          <Button
            busy={estimate.isPending}
            onClick={() => {
              estimate.mutate(bodyOf(form.values));
            }}
          >
            What would it send?
          </Button>
          {expected === undefined ? null : (
            <>
              <span>
                {countText(expected.requests)} real requests to {expected.upstream},{' '}
                {costText(expected)}.
              </span>
              <Button
                look="danger"
                busy={drift.isPending}
                onClick={() => {
                  drift.mutate(bodyOf(form.values));
                }}
              >
                Send them
              </Button>
            </>
          )}
        </Row>
        {error === null ? null : <ErrorNote error={error} />}
        {drift.data === undefined ? null : <CassetteReportView report={drift.data} />}
      </Stack>
    </Card>
  );
}
