import type { JobNotes } from '../../cli/certify/job-notes.js';

/** Notes as a job.json has them beside its job. */
export const jobNotes = (change: Partial<JobNotes> = {}): JobNotes => ({
  smoothcert: '1',
  node: 'v20',
  model: 'm',
  data: 'd',
  name: null,
  classes: null,
  input: null,
  repeating: 'Same bytes.',
  notes: [],
  ...change,
});
