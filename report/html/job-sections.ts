import { auditSentences } from './audit-words.js';
import { claimParagraphs } from './claim-words.js';
import type { Section } from './document.js';
import { escapeHtml } from './escape-html.js';
import type { ReportedJob } from './report-content.js';

/** The sections of a report that are text: each has a part for every job, below its label where there are several. */

/** Returns the sections on what is claimed, what was audited, how to repeat it, and what was noted. */
export function jobSections(jobs: readonly ReportedJob[]): Section[] {
  return [
    { id: 'claim', title: 'What exactly is claimed', content: each(jobs, claimHtml) },
    { id: 'audits', title: 'What was audited', content: each(jobs, auditHtml) },
    { id: 'notes', title: 'Notes and warnings', content: each(jobs, notesHtml) },
    { id: 'repeat', title: 'How to repeat it', content: each(jobs, repeatHtml) },
    { id: 'identity', title: 'Versions and digests', content: each(jobs, identityHtml) },
  ];
}

const each = (jobs: readonly ReportedJob[], html: (job: ReportedJob, at: number) => string): string =>
  jobs
    .map((job, at) => (jobs.length > 1 ? `<h3>${escapeHtml(job.set.label)}</h3>\n` : '') + html(job, at))
    .join('\n');

const paragraphs = (texts: readonly string[]): string =>
  texts.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n');

const list = (texts: readonly string[]): string =>
  `<ul>${texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;

const claimHtml = (job: ReportedJob): string => paragraphs(claimParagraphs(job));

const auditHtml = (job: ReportedJob): string => list(auditSentences(job));

const notesHtml = ({ notes }: ReportedJob): string =>
  notes.length === 0 ? '<p>Nothing was noted.</p>' : list(notes);

function repeatHtml({ command, commandIsWhole, set }: ReportedJob, at: number): string {
  const same =
    set.job.draw.numeric === 'same'
      ? 'On a machine of the same numeric class this command draws the same votes, and every result is the same.'
      : 'On this device a second run may vote otherwise in near-ties.';
  const open = commandIsWhole
    ? ''
    : 'The job does not say where model and data lie, and how the data were read: put the files with the digests below in their places, and add --labels, --features, --clip or --bgr if they were given. ';
  return `<pre class="command" id="command-${at}">${escapeHtml(command)}</pre>
<button type="button" data-copies="command-${at}" hidden>Copy</button>
<p>${open}${same} ${commandIsWhole ? 'Files are named as they were when the job was made: begin it in the same working folder, or name them anew. ' : ''}<code>smoothcert verify</code> and the folder of the job check the results again from its votes, by other code than the one that made them.</p>`;
}

function identityHtml({ set, digest, smoothcert, names }: ReportedJob): string {
  const { draw } = set.job;
  const facts: [string, string][] = [
    ['job', digest],
    ['model', `${names.model}, sha256 ${draw.modelDigest}`],
    ['data', `${names.data}, data digest ${draw.dataDigest}`],
    ['seed', draw.seed],
    ['job.json written by', smoothcert === null ? 'an unknown version' : `smoothcert ${smoothcert}`],
    ['numeric class', draw.numericClass],
    ['generator', `${draw.noise.generator}, version ${draw.noise.version}`],
    ['model output', `${draw.output}, ${draw.classes} classes, layout ${draw.layout}, batch ${draw.batch}`],
  ];
  const rows = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  return `<dl class="facts">${rows}</dl>`;
}
