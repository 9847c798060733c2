import type { ComponentChildren } from 'preact';
import type { JobAnswer, ImageKind, NumbersAnswer } from '../../../api/page-api.js';
import { useAsOf } from '../../client/page-client.js';
import { Link } from '../../parts/link.js';
import { ProgressBar } from '../../parts/progress.js';
import { FIRST_IMAGES } from '../../routes.js';
import { counted, rateWords, short, timeLeft, whole } from '../../words/numbers.js';
import { goesOn } from '../../words/outcomes.js';
import { ResultTiles } from './result-tiles.js';
import { useFigures } from './use-figures.js';

/** Progress of a job, and how its images ended, each number a link to these images. */
export function JobNumbers({ job }: { readonly job: JobAnswer }) {
  const { id, progress, decided, state } = job;
  const mean = decided === 0 ? null : progress.samples / decided;
  const isAway = useAsOf() !== null;
  const numbers = useFigures(id, progress.sequence)?.numbers ?? null;
  return (
    <section aria-labelledby="progress">
      <h2 id="progress">{goesOn(state) ? 'Progress' : 'Result'}</h2>
      {goesOn(state) && (
        <div class="progress">
          <ProgressBar job={job} label="Samples drawn, of those forecast" />
          {!isAway && <p>{outlookWords(job)}</p>}
        </div>
      )}
      {numbers !== null && <ResultTiles job={job} numbers={numbers} />}
      <ul class="tiles counts">
        <Tile id={id} kind="all" number={decided} words={`of ${counted(progress.images, 'image')} decided`} />
        {progress.predicted === 0 && (
          <Tile id={id} kind="certified" number={progress.certified} words="certified">
            <RightAndWrong id={id} numbers={numbers} />
          </Tile>
        )}
        {progress.predicted > 0 && (
          <Tile id={id} kind="certified" number={progress.predicted} words="predicted, without a radius">
            <RightAndWrong id={id} numbers={numbers} />
          </Tile>
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
  children,
}: {
  readonly id: string;
  readonly kind: ImageKind;
  readonly number: number;
  readonly words: string;
  readonly children?: ComponentChildren;
}) {
  const content = (
    <>
      <strong>{whole(number)}</strong> {words}
    </>
  );
  return (
    <li>
      {number === 0 ? content : <Link to={imagesOf(id, kind)}>{content}</Link>}
      {number > 0 && children}
    </li>
  );
}

const imagesOf = (id: string, kind: ImageKind) =>
  ({ view: 'images', id, query: { ...FIRST_IMAGES, outcome: kind } }) as const;

/** How many of the certificates or predictions have the class of the label, and how many another one, where labels are known. */
function RightAndWrong({ id, numbers }: { readonly id: string; readonly numbers: NumbersAnswer | null }) {
  if (numbers === null || numbers.right === null || numbers.wrong === null) return null;
  const { right, wrong } = numbers;
  return (
    <small>
      {right === 0 ? '0 right' : <Link to={imagesOf(id, 'certified-right')}>{whole(right)} right</Link>},{' '}
      {wrong === 0 ? '0 wrong' : <Link to={imagesOf(id, 'certified-wrong')}>{whole(wrong)} wrong</Link>}
    </small>
  );
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
