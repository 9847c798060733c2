import type { JobAnswer, NumbersAnswer } from '../../../api/page-api.js';
import { radiusWords, shareWords } from '../../words/numbers.js';

/** The result of a job whose images have all ended: the share that is certified at some radii, and its means. */
export function ResultTiles({
  job: { progress },
  numbers: { right, acr, meanRadius, certified },
}: {
  readonly job: JobAnswer;
  readonly numbers: NumbersAnswer;
}) {
  if (certified.length === 0 && meanRadius === null) return null;
  const what = right === null ? 'certified' : 'certified accuracy';
  return (
    <ul class="tiles results">
      {certified.map(({ radius, images }) => (
        <li key={radius}>
          <strong>{shareWords(images, progress.images)}</strong> {what} at radius {radius}
        </li>
      ))}
      {acr !== null && (
        <li>
          <strong>{radiusWords(acr)}</strong> average certified radius
        </li>
      )}
      {meanRadius !== null && (
        <li>
          <strong>{radiusWords(meanRadius)}</strong> mean radius, right or wrong
        </li>
      )}
    </ul>
  );
}
