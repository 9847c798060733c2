import type { WorkerAnswer, WorkersAnswer } from '../../api/page-api.js';
import { MOST_WORKERS, workersPath } from '../client/paths.js';
import { useClient, usePoll } from '../client/page-client.js';
import { Badge } from '../parts/badge.js';
import { Heading, Loading } from '../parts/heading.js';
import { Link, RunbookLink } from '../parts/link.js';
import { FailureNotice } from '../parts/notice.js';
import { ago, counted, rateWords, whole } from '../words/numbers.js';
import { REFUSALS_SECTION } from '../words/wait-sections.js';

/** The workers that have announced themselves. */
export function WorkersView() {
  const { data, failure } = usePoll<WorkersAnswer>(workersPath);
  return (
    <>
      <Heading title="Workers" />
      <FailureNotice failure={failure} />
      {data === null && failure === null && <Loading />}
      {data !== null && data.workers.length === 0 && (
        <p>
          No worker is there: jobs wait until one is.{' '}
          <RunbookLink section="smoothcertjobsstalled">What to do, in the runbook</RunbookLink>
        </p>
      )}
      {data !== null && data.workers.length > 0 && <Workers workers={data.workers} />}
      {data !== null && data.nextPageToken !== '' && (
        <p>
          There are more than {whole(MOST_WORKERS)}: <code>smoothcert workers</code> lists all.
        </p>
      )}
    </>
  );
}

function Workers({ workers }: { readonly workers: readonly WorkerAnswer[] }) {
  const processes = workers.reduce((sum, worker) => sum + worker.processes, 0);
  const rate = workers.reduce((sum, worker) => sum + worker.samplesPerSecond, 0);
  return (
    <>
      <p>
        {counted(workers.length, 'worker')} with{' '}
        {counted(processes, 'inference process', 'inference processes')}, {rateWords(rate)} together.
      </p>
      <table class="cards workers">
        <caption class="unseen">Workers</caption>
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">Device</th>
            <th scope="col">Processes</th>
            <th scope="col">Rate</th>
            <th scope="col">Draws</th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <WorkerRow key={worker.worker} worker={worker} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function WorkerRow({ worker: one }: { readonly worker: WorkerAnswer }) {
  const { api } = useClient();
  return (
    <tr>
      <th scope="row">
        {one.worker} {one.draining && <Badge tone="warn">ends soon</Badge>}
        <small>version {one.version}</small>
      </th>
      <td data-label="Device">
        {one.device}
        <small>{one.numericClass}</small>
      </td>
      <td data-label="Processes">{whole(one.processes)}</td>
      <td data-label="Rate">{rateWords(one.samplesPerSecond)}</td>
      <td data-label="Draws">
        <Drawn worker={one} />
      </td>
      <td data-label="Last seen">{ago(api.now - one.lastSeenMs)}</td>
    </tr>
  );
}

/** The jobs that a worker draws, and those that it refuses. */
function Drawn({ worker: { jobs, tasks, refusals } }: { readonly worker: WorkerAnswer }) {
  return (
    <>
      {jobs.length === 0 && 'nothing now'}
      {jobs.map((id, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <Link to={{ view: 'job', id }}>{id}</Link>
        </span>
      ))}
      {tasks > 0 && <small>{counted(tasks, 'task')} taken</small>}
      {refusals.map(({ job, refusal }) => (
        <small key={`${job} ${refusal.code}`} class="wrong">
          refuses <Link to={{ view: 'job', id: job }}>{job}</Link>: {refusal.message}{' '}
          <RunbookLink section={REFUSALS_SECTION} />
        </small>
      ))}
    </>
  );
}
