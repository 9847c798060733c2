import type { JobAnswer } from '../../../api/page-api.js';
import { RunbookLink } from '../../parts/link.js';
import { REFUSALS_SECTION } from '../../words/wait-sections.js';

/** The workers that refuse a job, and why. */
export function Refusals({ job: { refusals } }: { readonly job: JobAnswer }) {
  if (refusals.length === 0) return null;
  return (
    <section aria-labelledby="refusals">
      <h2 id="refusals">Workers that refuse it</h2>
      <p>
        <RunbookLink section={REFUSALS_SECTION}>What to do, in the runbook</RunbookLink>
      </p>
      <table class="cards">
        <caption class="unseen">Workers that refuse this job, and why</caption>
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">Reason</th>
            <th scope="col">Remedy</th>
            <th scope="col">Code</th>
          </tr>
        </thead>
        <tbody>
          {refusals.map(({ worker, message, remedy, code }) => (
            <tr key={`${worker} ${code}`}>
              <th scope="row">{worker}</th>
              <td data-label="Reason">{message}</td>
              <td data-label="Remedy">{remedy}</td>
              <td data-label="Code">
                <code>{code}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
