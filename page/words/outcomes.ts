import type { JobState, Outcome } from '../../api/job-view.js';
import type { ImageAnswer, ImageKind, ImageOrder } from '../../api/page-api.js';

/** States, outcomes and reasons in words. */

/** The colour of a state, beside its word. */
export type Tone = 'quiet' | 'busy' | 'good' | 'warn' | 'bad';

export const STATES: Readonly<Record<JobState, { readonly words: string; readonly tone: Tone }>> = {
  pending: { words: 'pending', tone: 'quiet' },
  running: { words: 'running', tone: 'busy' },
  cancelling: { words: 'cancelling', tone: 'warn' },
  succeeded: { words: 'succeeded', tone: 'good' },
  'partially-succeeded': { words: 'partially succeeded', tone: 'warn' },
  failed: { words: 'failed', tone: 'bad' },
  cancelled: { words: 'cancelled', tone: 'quiet' },
};

/** States in which a job goes on, and may be cancelled but for `cancelling`. */
export const goesOn = (state: JobState): boolean => ['pending', 'running', 'cancelling'].includes(state);

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  certified: 'certified',
  abstained: 'abstained',
  failed: 'failed',
  approximate: 'approximate, no certificate',
  predicted: 'predicted, without a radius',
};

/** Returns how an image ended, in words, and whether that is right where its label is known. */
export function outcomeWords({ outcome, correct }: Pick<ImageAnswer, 'outcome' | 'correct'>): {
  readonly words: string;
  readonly tone: Tone;
} {
  if (outcome === 'failed') return { words: OUTCOMES.failed, tone: 'bad' };
  if (outcome === 'abstained') return { words: OUTCOMES.abstained, tone: 'quiet' };
  if (correct === null) return { words: OUTCOMES[outcome], tone: 'busy' };
  return correct
    ? { words: `${OUTCOMES[outcome]}, right`, tone: 'good' }
    : { words: `${OUTCOMES[outcome]}, wrong`, tone: 'warn' };
}

const STOPS: Readonly<Record<string, string>> = {
  gain: 'more samples would have added too little',
  abstain: 'more samples were forecast to prove too little',
  certified: 'the largest radius asked for is certified',
  futile: 'the next radius is out of reach',
  planned: 'as many samples are drawn as the pilot planned',
  budget: 'all samples that it may draw are drawn',
  decided: 'the class is decided',
};

/** Returns why no more was drawn of an image; the code of its error if it failed. */
export const stopWords = (stop: string): string => (Object.hasOwn(STOPS, stop) ? STOPS[stop]! : stop);

/** Returns a class by its name and number, or by its number alone. */
export function className(classes: readonly string[] | null, index: number): string {
  const name = classes?.[index];
  return name === undefined ? `class ${index}` : `${name} (${index})`;
}

/** The orders of a gallery, in words. */
export const ORDERS: readonly {
  readonly sort: ImageOrder;
  readonly descending: boolean;
  readonly words: string;
}[] = [
  { sort: 'image', descending: false, words: 'image number' },
  { sort: 'image', descending: true, words: 'image number, last first' },
  { sort: 'radius', descending: true, words: 'radius, largest first' },
  { sort: 'radius', descending: false, words: 'radius, smallest first' },
  { sort: 'samples', descending: true, words: 'samples, most first' },
  { sort: 'samples', descending: false, words: 'samples, fewest first' },
];

export const KINDS: Readonly<Record<ImageKind, string>> = {
  all: 'all decided',
  certified: 'certified',
  'certified-right': 'certified, right',
  'certified-wrong': 'certified, wrong',
  abstained: 'abstained',
  failed: 'failed',
};
