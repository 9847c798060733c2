import { useRef, useState } from 'preact/hooks';
import type { JobAnswer } from '../../../api/page-api.js';
import type { ApiFailure } from '../../client/api-client.js';
import { cancelPath, jobPath } from '../../client/paths.js';
import { useAsOf, useClient } from '../../client/page-client.js';
import { jobTitle } from '../../words/jobs.js';

/** Cancels a job, once it is confirmed. */
export function CancelButton({ job }: { readonly job: JobAnswer }) {
  const { api, polls } = useClient();
  const isAway = useAsOf() !== null;
  const dialog = useRef<HTMLDialogElement>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isAsking, setAsking] = useState(false);
  const open = () => {
    setFailure(null);
    dialog.current!.showModal();
  };
  const cancel = () => {
    setAsking(true);
    api
      .post(cancelPath(job.id))
      .then(
        () => {
          dialog.current?.close();
          polls.of(jobPath(job.id)).wake();
        },
        (error: unknown) => setFailure(error as ApiFailure),
      )
      .finally(() => setAsking(false));
  };
  return (
    <>
      <button type="button" class="danger" onClick={open} disabled={isAway || job.state === 'cancelling'}>
        {job.state === 'cancelling' ? 'Being cancelled …' : 'Cancel …'}
      </button>
      <dialog ref={dialog} aria-labelledby="cancel-title" aria-describedby="cancel-text">
        <h2 id="cancel-title">Cancel {jobTitle(job)}?</h2>
        <p id="cancel-text">
          Images that are decided keep their certificates. The others get none, and a cancelled job cannot be
          continued: it would have to be submitted again, with its seed.
        </p>
        {failure !== null && (
          <p class="wrong" role="alert">
            {failure.status === null
              ? 'The server cannot be reached: the job is not cancelled.'
              : `${failure.message} ${failure.remedy}`}
          </p>
        )}
        <div class="choices">
          <button type="button" onClick={() => dialog.current!.close()}>
            Let it run
          </button>
          <button type="button" class="danger" disabled={isAsking || isAway} onClick={cancel}>
            Cancel the job
          </button>
        </div>
      </dialog>
    </>
  );
}
