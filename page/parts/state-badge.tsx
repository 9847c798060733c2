import type { JobAnswer } from '../../api/page-api.js';
import { useAsOf } from '../client/page-client.js';
import { timeOfDay } from '../words/numbers.js';
import { goesOn, STATES } from '../words/outcomes.js';
import { Badge } from './badge.js';

/** The state of a job; with its time where it may have changed since, as the server does not answer. */
export function StateBadge({ job: { state } }: { readonly job: JobAnswer }) {
  const asOfMs = useAsOf();
  const { words, tone } = STATES[state];
  return (
    <span class="state">
      <Badge tone={tone}>{words}</Badge>
      {asOfMs !== null && goesOn(state) && <small>as of {timeOfDay(asOfMs)}</small>}
    </span>
  );
}
