import type { EventName } from './events.js';

/** What a line is about, beside its sentence; a field that does not matter is left out. */
export interface LogFields {
  /** Id of a job. */
  readonly job?: string | null;
  /** Index of an image. */
  readonly image?: number;
  /** Samples of the image: begin-end. */
  readonly shard?: string;
  readonly task?: string;
  readonly worker?: string;
  /** Of docs/errors.md. */
  readonly code?: string;
  /** What to do, where it is known. */
  readonly remedy?: string;
  /** How a job ended. */
  readonly state?: string;
  readonly images?: number;
  readonly samples?: number;
  readonly seconds?: number;
  /** Of what the event counts. */
  readonly count?: number;
  /** The last words of a process that ended; written with --verbose only. */
  readonly words?: string;
  /** What lies below: its code, sentence and remedy are written, its stack trace with --verbose. */
  readonly cause?: unknown;
}

/** Says an event, in one sentence. Secrets are never passed; what has their form is cut out all the same. */
export type Log = (event: EventName, message: string, fields?: LogFields) => void;
