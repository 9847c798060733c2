import type { ImageAnswer } from '../../api/page-api.js';
import { picturePath } from '../client/paths.js';
import { counted, radiusWords, whole } from '../words/numbers.js';
import { className, outcomeWords, stopWords } from '../words/outcomes.js';
import { Badge } from './badge.js';
import { Picture } from './picture.js';

/** One image of a gallery: its picture, how it ended, and with which votes. */
export function ImageCard({
  id,
  image: one,
  classes,
  noisy,
}: {
  readonly id: string;
  readonly image: ImageAnswer;
  readonly classes: readonly string[] | null;
  readonly noisy: boolean;
}) {
  const { image, file, label, outcome, radius, samples, stop, detail, votes } = one;
  const { words, tone } = outcomeWords(one);
  const title = file ?? `Image ${image}`;
  const named = (index: number) => className(classes, index);
  return (
    <li class="card">
      <div class="pictures">
        <Picture job={id} path={picturePath(id, image, false)} alt={title} />
        {noisy && <Picture job={id} path={picturePath(id, image, true)} alt={`${title}, with noise`} />}
      </div>
      <h2>
        {title}
        {file !== null && <small> {image}</small>}
      </h2>
      <p>
        <Badge tone={tone}>{words}</Badge>
      </p>
      <p>
        {one.class !== null && <strong>{named(one.class)}</strong>}
        {outcome === 'certified' && ` within ${radiusWords(radius)}`}
      </p>
      {label !== null && <p>Label: {named(label)}</p>}
      {detail !== null && <p class="wrong">{detail}</p>}
      <p>
        <small>
          {counted(samples, 'sample')}: {stopWords(stop)}.
        </small>
      </p>
      {votes.length > 0 && (
        <p>
          <small>
            Votes:{' '}
            {votes
              .map(({ class: index, votes: count }) => `${named(index)}:\u00a0${whole(count)}`)
              .join(', ')}
          </small>
        </p>
      )}
    </li>
  );
}
