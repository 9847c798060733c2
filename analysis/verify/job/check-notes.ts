import type { Findings } from '../findings.js';
import { isUnknownField, list, object, oneOf, orNull, text, type Shape } from './shape.js';

/** The fields of job.json beside the job. What they say of the run nobody can check afterwards; what follows from the job is checked. */

const ANY_TEXT = text(/^[^]*$/);
const ANYTHING: Shape = () => null;

const SAME_BYTES =
  'With this version, device class and seed, every run of this job writes the same results.jsonl, byte for byte.';
/** As `submit` and `results` of a job of a server write it: another version may have drawn. */
const SAME_BYTES_OF_SERVER = SAME_BYTES.replace('this version', 'the version that drew it');
const OTHER_VOTES =
  'Votes are recorded once and replay exactly; a second run on this device may vote otherwise in near-ties.';
const APPROXIMATE =
  'The bound clt is a normal approximation: the radii of this job are approximate, and no certificates.';

const INPUT = object({
  data: ANY_TEXT,
  labels: orNull(ANY_TEXT),
  features: oneOf(true, false),
  clip: oneOf(true, false),
  bgr: oneOf(true, false),
});
const MOST_CLASSES = 65_536;

const FILE = object(
  {
    job_digest: ANYTHING,
    smoothcert: text(/^\d+\.\d+\.\d+(-[\w.]+)?$/),
    // The package for Python asks a server without Node.js on its side.
    node: text(/^(v\d+\.\d+\.\d+(-[\w.]+)?|Python \d+\.\d+\.\d+[\w+]*)$/),
    model: ANY_TEXT,
    data: ANY_TEXT,
    repeating: oneOf(SAME_BYTES, SAME_BYTES_OF_SERVER, OTHER_VOTES),
    job: ANYTHING,
  },
  {
    name: orNull(ANY_TEXT),
    classes: orNull(list(ANY_TEXT, MOST_CLASSES)),
    input: orNull(INPUT),
    notes: (value, field) =>
      Array.isArray(value) && value.length === 0 ? null : list(ANY_TEXT, 16)(value, field),
    approximate: oneOf(APPROXIMATE),
  },
);

/** Fields of job.json that are text about the run: another text there would be found by nobody. */
export const UNCHECKED_NOTES = [
  'smoothcert',
  'node',
  'model',
  'data',
  'name',
  'classes',
  'input',
  'notes',
] as const;

/** Returns the fault of a field beside the job that is not known here; null if there is none. */
export function unknownNote(content: object): string | null {
  const fault = FILE(content, 'job.json');
  return fault !== null && isUnknownField(fault) ? fault : null;
}

/** Checks the fields of job.json that stand beside the job. */
export function checkNotes(content: object, findings: Findings): void {
  const fault = FILE(content, 'job.json');
  findings.require(fault === null, 'job.json', `It is not what smoothcert writes: ${fault ?? ''}.`);
  if (fault !== null) return;
  const { repeating, approximate, job } = content as {
    readonly repeating: string;
    readonly approximate?: string;
    readonly job: {
      readonly draw?: { readonly numeric?: unknown };
      readonly claim?: { readonly bound?: unknown };
    } | null;
  };
  const isSame = job?.draw?.numeric === 'same';
  findings.require(
    (repeating !== OTHER_VOTES) === isSame,
    'job.json',
    'What it promises of repetitions does not follow from its job.',
  );
  const isApproximate = job?.claim?.bound === 'clt';
  findings.require(
    (approximate !== undefined) === isApproximate,
    'job.json',
    'Whether its radii are approximate does not follow from its job.',
  );
}
