import type { ComponentChildren } from 'preact';
import type { JobAnswer } from '../../../api/page-api.js';
import { duration, moment, unbroken, whole } from '../../words/numbers.js';

/** The parameters and digests of a job, for those who want to draw or check it again. */
export function JobDetails({ job }: { readonly job: JobAnswer }) {
  const { startMs, endMs, createMs, classes } = job;
  const drawn = startMs === null || endMs === null ? null : duration((endMs - startMs) / 1_000);
  return (
    <section aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl class="details">
        <Detail name="Model">{job.model}</Detail>
        <Detail name="Data">{job.data}</Detail>
        <Detail name="Noise">{unbroken(job.noise)}</Detail>
        <Detail name="Rule and bound">{job.rule}</Detail>
        <Detail name="α">{job.alpha}</Detail>
        <Detail name="Normalisation">
          {job.normalisation ?? 'none: pixels go to the model as they are'}
        </Detail>
        <Detail name="Seed">
          <code>{job.seed}</code>
        </Detail>
        {classes !== null && <Detail name="Classes">{whole(classes.length)}, with names</Detail>}
        <Detail name="Created">{moment(createMs)}</Detail>
        <Detail name="Begun">{startMs === null ? 'not yet' : moment(startMs)}</Detail>
        <Detail name="Ended">
          {endMs === null ? 'not yet' : `${moment(endMs)}${drawn === null ? '' : `, after ${drawn}`}`}
        </Detail>
        <Detail name="Id">
          <code>{job.id}</code>
        </Detail>
        <Detail name="Digest of the job">
          {job.digest === null ? 'a worker must look at the model first' : <code>{job.digest}</code>}
        </Detail>
      </dl>
    </section>
  );
}

function Detail({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
