import type { Counts } from '../../shared/counts.js';
import type { ErrorCode, SmoothcertError } from '../../shared/errors.js';
import type { Tallied } from '../../shared/telemetry/histogram-tally.js';
import type { Shard } from '../../shared/shards.js';
import type { ChildSetup, Prepared } from './setup.js';

/** A message of the worker to an inference process; several are sent in one. Only names cross: no pixels, no scores. */
export type ToChild =
  | { readonly kind: 'start'; readonly setup: ChildSetup }
  /** Draw a shard. `alone`: in batches of its own, so that what goes wrong is known to be its fault. */
  | { readonly kind: 'draw'; readonly id: number; readonly shard: Shard; readonly alone: boolean }
  /** These images are decided: drop their shards. */
  | { readonly kind: 'stop'; readonly images: readonly number[] }
  /** Hand everything back after the batch that is running. */
  | { readonly kind: 'drain' };

/** Why this child draws nothing, or nothing more; it holds for all children. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

export function refusalOf({ code, message, remedy }: SmoothcertError): Refusal {
  return { kind: 'refused', code, message, remedy };
}

/** A message of an inference process to the worker; several are sent in one. */
export type FromChild =
  | { readonly kind: 'ready'; readonly prepared: Prepared }
  | Refusal
  /** Still alive: a batch has ended. */
  | { readonly kind: 'beat' }
  /** How long the batches since the last such word took, in seconds; it comes with another one. */
  | { readonly kind: 'batches'; readonly noise: Tallied; readonly inference: Tallied }
  | { readonly kind: 'counted'; readonly id: number; readonly counts: Counts; readonly micros: number }
  | { readonly kind: 'failed'; readonly id: number; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'returned' | 'dropped'; readonly id: number };
