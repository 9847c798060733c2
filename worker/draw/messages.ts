import type { Counts } from '../../shared/counts.js';
import type { ErrorCode, SmoothcertError } from '../../shared/errors.js';
import type { Tallied } from '../../shared/telemetry/histogram-tally.js';
import type { Shard } from '../../shared/shards.js';
import type { DrawingFigures } from './drawing-figures.js';
import type { ChildSetup, Prepared } from './setup.js';

/** A message of the worker to an inference process; several are sent in one. Only names cross: no pixels, no scores. */
export type ToChild =
  | { readonly kind: 'start'; readonly setup: ChildSetup }
  /** Draw a shard. `alone`: in batches of its own, so that a failure is known to be of this shard. */
  | { readonly kind: 'draw'; readonly id: number; readonly shard: Shard; readonly alone: boolean }
  /** These images are decided: drop their shards. */
  | { readonly kind: 'stop'; readonly images: readonly number[] }
  /** Hand everything back after the batch that is running. */
  | { readonly kind: 'drain' };

/** The error for which an inference process draws nothing, or nothing more; it holds for all processes of the job. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

export function refusalOf({ code, message, remedy }: SmoothcertError): Refusal {
  return { kind: 'refused', code, message, remedy };
}

/** The outcome of one shard. */
export type Drawn =
  | { readonly kind: 'counted'; readonly counts: Counts; readonly micros: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'returned' }
  | { readonly kind: 'dropped' };

/** A message of an inference process to the worker; several are sent in one. */
export type FromChild =
  | { readonly kind: 'ready'; readonly prepared: Prepared }
  | Refusal
  /** Still alive: a batch has ended. */
  | { readonly kind: 'beat' }
  /** How long the batches since the last such message took, in seconds, and what was counted; sent along with another one. */
  | {
      readonly kind: 'batches';
      readonly noise: Tallied;
      readonly inference: Tallied;
      readonly figures: DrawingFigures;
    }
  /** The outcome of the shard that was to be drawn under this id. */
  | (Drawn & { readonly id: number });
