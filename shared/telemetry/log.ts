import type { EventName } from './events.js';

/** Fields of a log line beside its sentence. */
export interface LogFields {
  /** Id of a job. */
  readonly job?: string | null;
  /** Index of an image. */
  readonly image?: number;
  /** Samples of the image: begin-end. */
  readonly shard?: string;
  readonly task?: string;
  readonly worker?: string;
  /** An error code of docs/errors.md. */
  readonly code?: string;
  /** A sentence that says what to do. */
  readonly remedy?: string;
  /** How a job ended. */
  readonly state?: string;
  readonly images?: number;
  readonly samples?: number;
  readonly seconds?: number;
  /** Number of the things that the event counts. */
  readonly count?: number;
  /** The last output of a process that ended; written with --verbose only. */
  readonly words?: string;
  /** Cause of the event: its code, message and remedy are written, its stack trace with --verbose only. */
  readonly cause?: unknown;
}

/** Writes an event to the log, in one sentence. Callers never pass secrets; text that looks like one is redacted all the same. */
export type Log = (event: EventName, message: string, fields?: LogFields) => void;
