import type { JobAnswer, JobsAnswer } from '../../api/page-api.js';
import { jobsPath } from '../client/paths.js';
import { useAsOf, usePoll } from '../client/page-client.js';
import { Heading, Loading } from '../parts/heading.js';
import { Link } from '../parts/link.js';
import { FailureNotice } from '../parts/notice.js';
import { ProgressBar } from '../parts/progress.js';
import { StateBadge } from '../parts/state-badge.js';
import { counted, moment, rateWords, timeLeft, unbroken } from '../words/numbers.js';
import { jobTitle } from '../words/jobs.js';

/** All jobs, newest first, a page at a time. @param page token of the page; empty: the newest */
export function JobsView({ page }: { readonly page: string }) {
  const { data, failure } = usePoll<JobsAnswer>(jobsPath(page));
  return (
    <>
      <Heading title="Jobs" />
      <FailureNotice failure={failure} />
      {data === null && failure === null && <Loading />}
      {data !== null && data.jobs.length === 0 && <NoJobs isFirst={page === ''} />}
      {data !== null && data.jobs.length > 0 && <JobsTable jobs={data.jobs} />}
      {data !== null && <Pages page={page} next={data.nextPageToken} />}
    </>
  );
}

function NoJobs({ isFirst }: { readonly isFirst: boolean }) {
  if (!isFirst) return <p>There are no older jobs.</p>;
  return (
    <p>
      There are no jobs yet. Submit one:{' '}
      <code>smoothcert submit --model M.onnx --data D.npz --sigma 0.25 …</code>
    </p>
  );
}

function Pages({ page, next }: { readonly page: string; readonly next: string }) {
  if (page === '' && next === '') return null;
  return (
    <nav class="pages" aria-label="Pages of jobs">
      {page !== '' && <Link to={{ view: 'jobs', page: '' }}>Newest jobs</Link>}
      {next !== '' && <Link to={{ view: 'jobs', page: next }}>Older jobs</Link>}
    </nav>
  );
}

function JobsTable({ jobs }: { readonly jobs: readonly JobAnswer[] }) {
  return (
    <table class="cards jobs">
      <caption class="unseen">Jobs, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">Noise, rule</th>
          <th scope="col">State</th>
          <th scope="col">Progress</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </tbody>
    </table>
  );
}

function JobRow({ job }: { readonly job: JobAnswer }) {
  const { id, model, data, noise, rule, createMs, waiting } = job;
  const isAway = useAsOf() !== null;
  return (
    <tr>
      <th scope="row">
        <Link to={{ view: 'job', id }}>{jobTitle(job)}</Link>
        <small>
          {model} on {data}
        </small>
      </th>
      <td data-label="Noise, rule">
        {unbroken(noise)}
        <small>{rule}</small>
      </td>
      <td data-label="State">
        <StateBadge job={job} />
        {waiting !== null && (
          <small>
            waits: {waiting.message} {waiting.remedy}
          </small>
        )}
      </td>
      <td data-label="Progress">
        <ProgressBar job={job} label={`Progress of ${jobTitle(job)}`} />
        <small>{progressWords(isAway ? { ...job, outlook: null } : job)}</small>
      </td>
      <td data-label="Created">
        <time dateTime={new Date(createMs).toISOString()}>{moment(createMs)}</time>
      </td>
    </tr>
  );
}

function progressWords({ decided, progress, outlook }: JobAnswer): string {
  const rate = outlook?.samplesPerSecond ?? null;
  const left = outlook?.secondsLeft ?? null;
  const parts = [
    `${counted(decided, 'image')} of ${counted(progress.images, 'image')}`.replace(/ images? of/, ' of'),
    ...(rate === null ? [] : [rateWords(rate)]),
    ...(left === null ? [] : [timeLeft(left)]),
  ];
  return parts.join(' · ');
}
