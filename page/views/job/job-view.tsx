import { useEffect, useRef, useState } from 'preact/hooks';
import type { JobAnswer } from '../../../api/page-api.js';
import { jobPath } from '../../client/paths.js';
import { usePoll } from '../../client/page-client.js';
import { Heading, Loading } from '../../parts/heading.js';
import { Link, RunbookLink } from '../../parts/link.js';
import { FailureNotice, Notice, WaitNotice } from '../../parts/notice.js';
import { percent, unbroken } from '../../words/numbers.js';
import { goesOn, STATES } from '../../words/outcomes.js';
import { jobTitle } from '../../words/jobs.js';
import { errorSection } from '../../words/wait-sections.js';
import { shareOf } from '../../parts/progress.js';
import { StateBadge } from '../../parts/state-badge.js';
import { CancelButton } from './cancel-button.js';
import { Downloads } from './downloads.js';
import { FailedImages } from './failed-images.js';
import { Figures } from './figures.js';
import { JobDetails } from './job-details.js';
import { JobNumbers } from './job-numbers.js';
import { Refusals } from './refusals.js';

/** One job: how far it is, what it shows so far, what it waits for, what is claimed. */
export function JobView({ id }: { readonly id: string }) {
  const { data: job, failure } = usePoll<JobAnswer>(jobPath(id));
  return (
    <>
      <p class="crumbs">
        <Link to={{ view: 'jobs', page: '' }}>Jobs</Link>
      </p>
      <Heading title={job === null ? 'Job' : jobTitle(job)} />
      <FailureNotice failure={failure} />
      {job === null && failure === null && <Loading />}
      {job !== null && <Job job={job} />}
    </>
  );
}

function Job({ job }: { readonly job: JobAnswer }) {
  const { id, model, data, noise, rule, state, waiting, error, notes, progress } = job;
  return (
    <>
      <div class="headline">
        <StateBadge job={job} />
        <span>
          {model} on {data} · {unbroken(noise)} · {rule}
        </span>
        {goesOn(state) && <CancelButton job={job} />}
      </div>
      <Announcer job={job} />
      {waiting !== null && goesOn(state) && <WaitNotice waiting={waiting} />}
      {error !== null && (
        <Notice tone="bad" title={error.message}>
          <p>
            {error.remedy} <small>{error.code}</small>{' '}
            <RunbookLink section={errorSection(error.code)}>What to do, in the runbook</RunbookLink>
          </p>
        </Notice>
      )}
      <JobNumbers job={job} />
      <Figures id={id} sequence={progress.sequence} />
      {progress.failed > 0 && <FailedImages job={job} />}
      <Refusals job={job} />
      <Downloads job={job} />
      <section aria-labelledby="claim">
        <h2 id="claim">What is claimed</h2>
        <p class="claim">{job.claim}</p>
        {notes.length > 0 && (
          <>
            <h3>Notes</h3>
            <ul>
              {notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          </>
        )}
      </section>
      <JobDetails job={job} />
    </>
  );
}

/** Tells a screen reader how the job gets on: at each tenth, and when it changes its state. Each step would be too much. */
function Announcer({ job }: { readonly job: JobAnswer }) {
  const tenth = Math.floor(10 * shareOf(job));
  const [text, setText] = useState('');
  const isFirst = useRef(true);
  useEffect(() => {
    // What is there when the view opens is read anyway.
    if (isFirst.current) isFirst.current = false;
    else setText(`${STATES[job.state].words}, ${goesOn(job.state) ? percent(tenth / 10) : 'ended'}`);
  }, [tenth, job.state]);
  return (
    <p class="unseen" role="status" aria-live="polite">
      {text}
    </p>
  );
}
