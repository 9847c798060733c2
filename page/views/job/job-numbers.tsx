import type { JobAnswer, ImageKind } from '../../../api/page-api.js';
import { Link } from '../../parts/link.js';
import { ProgressBar } from '../../parts/progress.js';
import { FIRST_IMAGES } from '../../routes.js';
import { counted, rateWords, short, timeLeft, whole } from '../../words/numbers.js';
import { goesOn } from '../../words/outcomes.js';

/** Progress of a job, and how its images ended, each number a link to these images. */
export function JobNumbers({ job }: { readonly job: JobAnswer }) {
  const { id, progress, decided, state } = job;
  const mean = decided === 0 ? null : progress.samples / decided;
  return (
    <section aria-labelledby="progress">
      <h2 id="progress">{goesOn(state) ? 'Progress' : 'Result'}</h2>
      {goesOn(state) && (
        <div class="progress">
          <ProgressBar job={job} label="Samples drawn, of those forecast" />
          <p>{outlookWords(job)}</p>
        </div>
      )}
      <ul class="tiles">
        <Tile id={id} kind="all" number={decided} words={`of ${counted(progress.images, 'image')} decided`} />
        {progress.predicted === 0 && (
          <Tile id={id} kind="certified" number={progress.certified} words="certified" />
        )}
        {progress.predicted > 0 && (
          <Tile id={id} kind="all" number={progress.predicted} words="predicted, without a radius" />
        )}
        {progress.approximate > 0 && (
          <Tile id={id} kind="all" number={progress.approximate} words="approximate, no certificate" />
        )}
        <Tile id={id} kind="abstained" number={progress.abstained} words="abstained" />
        <Tile id={id} kind="failed" number={progress.failed} words="failed" />
        <li>
          <strong>{whole(progress.samples)}</strong> samples drawn
          {mean !== null && !goesOn(state) && `, ${whole(mean)} an image`}
        </li>
      </ul>
    </section>
  );
}

function Tile({
  id,
  kind,
  number,
  words,
}: {
  readonly id: string;
  readonly kind: ImageKind;
  readonly number: number;
  readonly words: string;
}) {
  const content = (
    <>
      <strong>{whole(number)}</strong> {words}
    </>
  );
  const to = { view: 'images', id, query: { ...FIRST_IMAGES, outcome: kind } } as const;
  return <li>{number === 0 ? content : <Link to={to}>{content}</Link>}</li>;
}

/** Returns the forecast in a sentence. */
function outlookWords({ outlook, state }: JobAnswer): string {
  if (state === 'cancelling') return 'It is being cancelled: what is drawn is still recorded.';
  if (outlook === null) return 'Nothing is drawn yet, so nothing can be forecast.';
  const { samples, samplesPerSecond, secondsLeft } = outlook;
  const parts = [
    `of some ${short(samples.expected)} samples (${short(samples.low)} to ${short(samples.high)})`,
    ...(samplesPerSecond === null ? [] : [rateWords(samplesPerSecond)]),
    ...(secondsLeft === null ? [] : [timeLeft(secondsLeft)]),
  ];
  return `${parts.join(' · ')}. This is a forecast; no certificate depends on it.`;
}
