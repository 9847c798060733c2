import {
  IMAGE_KINDS,
  type ImageAnswer,
  type ImageKind,
  type ImagesAnswer,
  type JobAnswer,
} from '../../api/page-api.js';
import { imagesPath, IMAGES_A_PAGE, jobPath } from '../client/paths.js';
import { usePoll } from '../client/page-client.js';
import { Heading, Loading } from '../parts/heading.js';
import { ImageCard } from '../parts/image-card.js';
import { Link } from '../parts/link.js';
import { FailureNotice } from '../parts/notice.js';
import { hashOf, type ImagesQuery } from '../routes.js';
import { whole } from '../words/numbers.js';
import { KINDS, ORDERS } from '../words/outcomes.js';
import { jobTitle } from '../words/jobs.js';

type Order = (typeof ORDERS)[number];

/** The images of a job that are decided, with their pictures: a page at a time, so that 50,000 are as quick as 50. */
export function ImagesView({ id, query }: { readonly id: string; readonly query: ImagesQuery }) {
  const { data: job } = usePoll<JobAnswer>(jobPath(id));
  const { data, failure } = usePoll<ImagesAnswer>(imagesPath(id, query));
  return (
    <>
      <p class="crumbs">
        <Link to={{ view: 'jobs', page: '' }}>Jobs</Link> /{' '}
        <Link to={{ view: 'job', id }}>{job === null ? id : jobTitle(job)}</Link>
      </p>
      <Heading title="Images" />
      <FailureNotice failure={failure} />
      <Choices id={id} query={query} />
      {data === null && failure === null && <Loading />}
      {data !== null && (
        <>
          <Pages id={id} query={query} total={data.total} />
          <Gallery id={id} job={job} images={data.images} noisy={query.noisy} />
          {data.images.length > 0 && <ColoursNote />}
          {data.images.length > 12 && <Pages id={id} query={query} total={data.total} isSecond />}
        </>
      )}
    </>
  );
}

/** Shows other images: their place is in the address, so that the back button leads back to these. */
function Choices({ id, query }: { readonly id: string; readonly query: ImagesQuery }) {
  const show = (changed: Partial<ImagesQuery>) => {
    location.hash = hashOf({ view: 'images', id, query: { ...query, from: 0, ...changed } });
  };
  const isShown = ({ sort, descending }: Order) => sort === query.sort && descending === query.descending;
  const order = ORDERS.find(isShown)?.words;
  const sortBy = (chosen: string) => {
    const { sort, descending } = ORDERS.find(({ words }) => words === chosen)!;
    show({ sort, descending });
  };
  return (
    <div class="filters" role="group" aria-label="Images that are shown">
      <label>
        Show{' '}
        <select
          value={query.outcome}
          onChange={(event) => show({ outcome: event.currentTarget.value as ImageKind })}
        >
          {IMAGE_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {KINDS[kind]}
            </option>
          ))}
        </select>
      </label>
      <label>
        by{' '}
        <select value={order} onChange={(event) => sortBy(event.currentTarget.value)}>
          {ORDERS.map(({ words }) => (
            <option key={words}>{words}</option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={query.noisy}
          onChange={(event) => show({ noisy: event.currentTarget.checked, from: query.from })}
        />{' '}
        beside each a copy with noise, as the model sees it
      </label>
    </div>
  );
}

function Pages({
  id,
  query,
  total,
  isSecond = false,
}: {
  readonly id: string;
  readonly query: ImagesQuery;
  readonly total: number;
  readonly isSecond?: boolean;
}) {
  const { from } = query;
  const last = Math.max(0, Math.floor((total - 1) / IMAGES_A_PAGE) * IMAGES_A_PAGE);
  const to = (place: number, words: string) => (
    <Link to={{ view: 'images', id, query: { ...query, from: place } }}>{words}</Link>
  );
  return (
    <nav class="pages" aria-label={isSecond ? 'Pages of images, again' : 'Pages of images'}>
      <span>
        {total === 0
          ? 'None so far.'
          : `${whole(from + 1)} to ${whole(Math.min(from + IMAGES_A_PAGE, total))} of ${whole(total)}`}
      </span>
      {from > 0 && to(0, 'First')}
      {from > 0 && to(Math.max(0, from - IMAGES_A_PAGE), 'Previous')}
      {from < last && to(from + IMAGES_A_PAGE, 'Next')}
      {from < last && to(last, 'Last')}
    </nav>
  );
}

/** The service does not know how data were read: it has them as the model gets them. */
function ColoursNote() {
  return (
    <p>
      <small>Pictures show what the model gets: of data read with --bgr, red and blue change places.</small>
    </p>
  );
}

function Gallery({
  id,
  job,
  images,
  noisy,
}: {
  readonly id: string;
  readonly job: JobAnswer | null;
  readonly images: readonly ImageAnswer[];
  readonly noisy: boolean;
}) {
  return (
    <ul class="gallery">
      {images.map((image) => (
        <ImageCard key={image.image} id={id} image={image} classes={job?.classes ?? null} noisy={noisy} />
      ))}
    </ul>
  );
}
