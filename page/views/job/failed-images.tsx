import type { ImagesAnswer, JobAnswer } from '../../../api/page-api.js';
import { imagesPath } from '../../client/paths.js';
import { usePoll } from '../../client/page-client.js';
import { Link, RunbookLink } from '../../parts/link.js';
import { FIRST_IMAGES } from '../../routes.js';
import { counted } from '../../words/numbers.js';
import { FAILED_IMAGES_SECTION } from '../../words/wait-sections.js';

/** Failed images that are listed here; the gallery has all. */
const SHOWN = 10;

const QUERY = { ...FIRST_IMAGES, outcome: 'failed' } as const;

/** The first of the images that failed, with their reasons. */
export function FailedImages({ job: { id, progress } }: { readonly job: JobAnswer }) {
  const { data } = usePoll<ImagesAnswer>(imagesPath(id, QUERY, SHOWN));
  return (
    <section aria-labelledby="failed">
      <h2 id="failed">Failed images</h2>
      <p>
        {counted(progress.failed, 'image')} failed and {progress.failed === 1 ? 'has' : 'have'} no
        certificate. <RunbookLink section={FAILED_IMAGES_SECTION}>What to do, in the runbook</RunbookLink>
      </p>
      {data !== null && (
        <table class="cards">
          <caption class="unseen">Failed images and why they failed</caption>
          <thead>
            <tr>
              <th scope="col">Image</th>
              <th scope="col">Reason</th>
              <th scope="col">Code</th>
            </tr>
          </thead>
          <tbody>
            {data.images.map(({ image, file, detail, stop }) => (
              <tr key={image}>
                <th scope="row">{file === null ? image : `${file} (${image})`}</th>
                <td data-label="Reason">{detail ?? 'no reason is known'}</td>
                <td data-label="Code">
                  <code>{stop}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {progress.failed > SHOWN && (
        <p>
          <Link to={{ view: 'images', id, query: QUERY }}>All failed images</Link>
        </p>
      )}
    </section>
  );
}
