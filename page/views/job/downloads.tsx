import { useState } from 'preact/hooks';
import type { JobAnswer } from '../../../api/page-api.js';
import { ApiFailure } from '../../client/api-client.js';
import { filePath } from '../../client/paths.js';
import { useClient, useStore } from '../../client/page-client.js';
import { saveFile } from '../../client/save-file.js';
import { goesOn } from '../../words/outcomes.js';

const FILES = [
  { file: 'report.html', words: 'Report', more: 'figures, gallery, claim, in one file' },
  { file: 'results.csv', words: 'Results, CSV', more: 'for spreadsheets' },
  { file: 'results.tsv', words: 'Results, TSV', more: 'the form of Cohen et al.' },
  { file: 'results.jsonl', words: 'Results, JSON lines', more: 'with counts, complete' },
  { file: 'job.json', words: 'The job', more: 'what is claimed, and how to draw it again' },
] as const;

/** Files of a job. */
export function Downloads({ job }: { readonly job: JobAnswer }) {
  const { session } = useClient();
  // An address cannot carry a token: with one, the report is saved and opened from there.
  const isOpen = useStore(session.admission) === 'open';
  return (
    <section aria-labelledby="downloads">
      <h2 id="downloads">Downloads</h2>
      {goesOn(job.state) && <p>The job goes on: files hold the images that are decided so far.</p>}
      {isOpen && (
        <p>
          <a href={`api/v1/${filePath(job.id, 'report.html')}`} target="_blank" rel="noopener">
            Open the report
          </a>
        </p>
      )}
      <ul class="downloads">
        {FILES.map(({ file, words, more }) => (
          <Download key={file} id={job.id} file={file} words={words} more={more} />
        ))}
      </ul>
    </section>
  );
}

type Doing = 'nothing' | 'fetching' | ApiFailure;

function Download({
  id,
  file,
  words,
  more,
}: {
  readonly id: string;
  readonly file: string;
  readonly words: string;
  readonly more: string;
}) {
  const { api } = useClient();
  const [doing, setDoing] = useState<Doing>('nothing');
  const fetchIt = () => {
    setDoing('fetching');
    api.blob(filePath(id, file)).then(
      (blob) => {
        saveFile(blob, `${id}-${file}`, document);
        setDoing('nothing');
      },
      (error: unknown) => setDoing(error as ApiFailure),
    );
  };
  return (
    <li>
      <button type="button" onClick={fetchIt} disabled={doing === 'fetching'}>
        {words}
      </button>{' '}
      <small>{more}</small>
      <span role="status">
        {doing === 'fetching' && ' It is fetched …'}
        {doing instanceof ApiFailure && (
          <span class="wrong">
            {' '}
            {doing.status === null ? 'The server cannot be reached.' : `${doing.message} ${doing.remedy}`}
          </span>
        )}
      </span>
    </li>
  );
}
