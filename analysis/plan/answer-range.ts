import type { Answer } from './answers.js';
import type { Enough } from './least.js';

/** The numbers between which an answer lies; `most` is null where there is no end to be found. */
export interface AnswerRange {
  readonly least: number;
  readonly most: number | null;
}

/** By rule: how far the number that was asked for depends on how images that never failed are continued; null where the rule has no answer. */
export interface AnswerRanges {
  readonly fixed: AnswerRange | null;
  readonly gain: AnswerRange | null;
  readonly target: AnswerRange | null;
}

/**
 * Returns the ranges of an answer: of a question for the least samples those samples, an image on average; of one for what samples give the mean
 * radius.
 *
 * @param answer for the images as they are likely. @param ends the same question, answered for the images at the ends of what is possible
 */
export function rangesOf(answer: Answer, ends: readonly Answer[]): AnswerRanges {
  const number = ({ means }: Enough) => (answer.question.kind === 'affordable' ? means.acr : means.samples);
  const of = (rule: 'fixed' | 'gain' | 'target'): AnswerRange | null => {
    const own = answer[rule];
    if (own === null) return null;
    const found = ends.map((end) => end[rule]);
    const numbers = [own, ...found].filter((enough) => enough !== null).map(number);
    return { least: Math.min(...numbers), most: found.includes(null) ? null : Math.max(...numbers) };
  };
  return { fixed: of('fixed'), gain: of('gain'), target: of('target') };
}
