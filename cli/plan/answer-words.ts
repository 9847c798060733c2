import type { Answer } from '../../analysis/plan/answers.js';
import { costOf } from '../../analysis/plan/cost.js';
import type { Enough } from '../../analysis/plan/least.js';
import { MOST_SEARCHED } from '../../analysis/plan/least.js';
import { number, percent } from '../results/summary-lines.js';
import type { OnePlan } from './one-plan.js';

/** Returns the answers of a plan, a paragraph each: what to type, and what it takes. */
export const answerWords = (plan: OnePlan): string[] => plan.answers.map((answer) => wordsOf(answer, plan));

function wordsOf(answer: Answer, plan: OnePlan): string {
  const [first, ...others] = waysOf(answer, plan);
  const lines = [
    `${questionOf(answer, plan)} ${first ?? reasonOf(answer)}`,
    ...others.map((way) => `  or ${way}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function questionOf({ question }: Answer, { source, rates }: OnePlan): string {
  const mean = source.labelled ? 'average certified radius' : 'mean radius';
  switch (question.kind) {
    case 'loss': {
      const kept = `${Number((100 * (1 - question.loss)).toFixed(4))} %`;
      return `To keep ${kept} of the ${mean} of n = 100,000 (${question.acr.toFixed(4)}), you need`;
    }
    case 'reach': {
      const what = source.labelled ? 'a certified accuracy' : 'a certified share';
      return `For ${what} of ${Number((100 * question.share).toFixed(4))} % at radius ${question.radius}, you need`;
    }
    case 'affordable':
      return `${number(question.samples)} samples an image are what can be paid for ${number(rates.images)} images. You get`;
  }
}

/** Returns a way for each rule that answers, the one of the fewest samples first. */
function waysOf({ question, fixed, gain, target }: Answer, plan: OnePlan): string[] {
  const what = question.kind === 'affordable' ? gives : takes;
  const ways = [gain, fixed, target]
    .filter((enough) => enough !== null)
    .sort((a, b) =>
      question.kind === 'affordable' ? b.means.acr - a.means.acr : a.means.samples - b.means.samples,
    )
    .map((enough) => what(enough, plan));
  if (question.kind !== 'affordable' || ways.length === 0) return ways;
  const total = Math.floor(question.samples * plan.rates.images);
  return [
    ...ways,
    `--stop budget --total-samples ${total}, which spends exactly that, for about the radius of gain at the price that takes as many`,
  ];
}

/** Returns what to type for a plan. */
function typed({ planned }: Enough): string {
  switch (planned.rule) {
    case 'fixed':
      return `--stop fixed --max-samples ${planned.n}`;
    case 'gain':
    case 'two-stage':
      return `--stop ${planned.rule} --min-gain ${planned.minGain}`;
    case 'target':
      return `--stop target --radii ${planned.targets.join(',')} --max-samples ${planned.n}`;
  }
}

/** Returns what a plan takes: samples, time and cost. */
function takes(enough: Enough, { rates }: OnePlan): string {
  const { planned, means } = enough;
  const { hours, price } = costOf(means.samples, rates);
  const average = planned.rule === 'fixed' ? '' : ' on average';
  const time = hours === null ? '' : `: ${duration(hours)} for ${number(rates.images)} images`;
  const cost = price === null ? '' : `, ${price.toFixed(2)}`;
  return `${number(means.samples)} samples an image${average} with ${typed(enough)}${time}${cost}`;
}

/** Returns what a plan gives: radius and certificates. */
function gives(enough: Enough, { source }: OnePlan): string {
  const { acr, certified } = enough.means;
  const mean = source.labelled ? 'an average certified radius' : 'a mean radius';
  return `${mean} of ${acr.toFixed(4)} (${percent(certified)} certified) with ${typed(enough)}`;
}

function reasonOf({ question }: Answer): string {
  switch (question.kind) {
    case 'reach':
      return question.limit < question.share
        ? `more than there is: ${percent(question.limit)} of the images have a larger true radius, so that no number of samples suffices.`
        : `more than ${number(MOST_SEARCHED)} samples an image.`;
    case 'loss':
      return 'another noise: nothing is certified even at n = 100,000.';
    case 'affordable':
      return 'nothing: that is not enough to choose a class and bound it.';
  }
}

/** Returns a time for a person: "12 s", "3.4 min", "5.2 h". */
export function duration(hours: number): string {
  const seconds = 3600 * hours;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return seconds < 3600 ? `${(seconds / 60).toFixed(1)} min` : `${hours.toFixed(1)} h`;
}
