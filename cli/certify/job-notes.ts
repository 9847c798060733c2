import { MAX_TEXT } from '../../shared/job-limits.js';
import { MOST_CLASS_NAMES, namesOf } from '../../shared/image-names.js';
import { oneLine } from '../../shared/safe-text.js';

/** The notes on a run that stand in job.json beside its job. None of it is part of the digest, and no certificate depends on it. */

/** How the data of a job were read: what reading them again needs. Paths are as they were typed, and unchecked. */
export interface InputNotes {
  readonly data: string;
  readonly labels: string | null;
  readonly features: boolean;
  readonly clip: boolean;
  readonly bgr: boolean;
}

/** Returns how data are read, of the configuration that says so. */
export const inputNotesOf = ({ data, labels, features, clip, bgr }: InputNotes): InputNotes => ({
  data,
  labels,
  features,
  clip,
  bgr,
});

/** The notes that are written beside a job. */
export interface JobNotes {
  readonly smoothcert: string;
  readonly node: string;
  readonly model: string;
  readonly data: string;
  /** Name that its user gave it; null without one. */
  readonly name: string | null;
  /** Names of the classes by number; null if they are not known. */
  readonly classes: readonly string[] | null;
  /** Null: the data were read elsewhere. */
  readonly input: InputNotes | null;
  /** A sentence about what a repetition of the job gives. */
  readonly repeating: string;
  /** Remarks on model and labels that were printed when the job began, a sentence each. */
  readonly notes: readonly string[];
}

/** The notes of a job.json, read and bounded; null where it has none. */
export interface AboutJob {
  /** Ready to be shown, as are the data and the name. */
  readonly model: string | null;
  readonly data: string | null;
  readonly name: string | null;
  readonly classes: readonly string[] | null;
  /** Its paths are for opening files: escape them before they are shown. */
  readonly input: InputNotes | null;
  /** Version that wrote it. */
  readonly smoothcert: string | null;
}

/** Most sentences, and characters of one, that are read from a job.json, which may come from anybody. */
const MAX_NOTES = 16;
const LONGEST_NOTE = 1_000;

export const IN_FLOAT =
  'The noise of this job was added in floating point, as version 0.1.0 did: its certificates do not cover what rounding may do.';

/** Returns the sentences of a list as single lines without control characters; none of anything else. */
export function sentencesOf(found: unknown): string[] {
  const notes = Array.isArray(found) ? found.filter((note) => typeof note === 'string') : [];
  return notes.slice(0, MAX_NOTES).map((note) => oneLine(note.slice(0, LONGEST_NOTE)));
}

/** Returns what the content of a job.json says beside its job, whatever stands there. */
export function aboutOf(content: object): AboutJob {
  const { model, data, name, classes, input, smoothcert } = content as Readonly<Record<string, unknown>>;
  return {
    model: lineOf(model),
    data: lineOf(data),
    name: lineOf(name),
    classes: namesOf(classes, MOST_CLASS_NAMES),
    input: inputOf(input),
    smoothcert: lineOf(smoothcert),
  };
}

function lineOf(found: unknown): string | null {
  return typeof found === 'string' ? oneLine(found.slice(0, LONGEST_NOTE)) : null;
}

const isPath = (found: unknown): found is string => typeof found === 'string' && found.length <= MAX_TEXT;

function inputOf(found: unknown): InputNotes | null {
  if (typeof found !== 'object' || found === null) return null;
  const { data, labels, features, clip, bgr } = found as Readonly<Record<string, unknown>>;
  if (!isPath(data) || (labels !== null && !isPath(labels))) return null;
  return { data, labels, features: features === true, clip: clip === true, bgr: bgr === true };
}
