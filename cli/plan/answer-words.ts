import type { AnswerRange } from '../../analysis/plan/answer-range.js';
import { costOf } from '../../analysis/plan/cost.js';
import type { Enough } from '../../analysis/plan/least.js';
import { MOST_SEARCHED } from '../../analysis/plan/least.js';
import { SPEC_DEFAULTS } from '../../shared/job-spec.js';
import { percentDown } from '../../shared/written-numbers.js';
import { number } from '../results/summary-lines.js';
import type { OnePlan, RangedAnswer } from './one-plan.js';
import { together, wrapped } from './wrap.js';

/** Returns the answers of a plan, a paragraph each: what to type, and what it takes; before the first one what makes them doubtful. */
export const answerWords = (plan: OnePlan): string[] =>
  plan.answers.map((answer, at) => wordsOf(answer, plan, at === 0 ? plan.source.warnings : []));

function wordsOf(answer: RangedAnswer, plan: OnePlan, warnings: readonly string[]): string {
  const [first, ...others] = waysOf(answer, plan);
  const answered = impossibleOf(answer) ?? `${questionOf(answer, plan)} ${first ?? reasonOf(answer)}`;
  return [
    ...warnings.map((warning) => wrapped(warning)),
    wrapped(answered),
    ...others.map((way) => wrapped(`or ${way}`, '  ', '    ')),
  ].join('');
}

/** Returns the sentence for what no number of samples gives; null of a question that may have an answer. */
function impossibleOf({ question }: RangedAnswer): string | null {
  if (question.kind !== 'reach' || question.limit >= question.share) return null;
  const share = `${Number((100 * question.share).toFixed(4))} %`;
  return `Impossible for ${share}: only ${percentDown(question.limit)} of the images have a true radius above ${question.radius}, as far as is known of them, so that no number of samples suffices.`;
}

function questionOf({ question }: RangedAnswer, { source, rates, hours }: OnePlan): string {
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
      return `In ${hours === 1 ? 'an hour' : `${hours} hours`} you can draw ${number(question.samples)} samples an image of ${number(rates.images)} images. You get`;
  }
}

/** Returns a way for each rule that answers, the one of the fewest samples first. */
function waysOf({ question, fixed, gain, target, ranges }: RangedAnswer, plan: OnePlan): string[] {
  const what = question.kind === 'affordable' ? gives : takes;
  const ways = [
    { enough: gain, range: ranges?.gain },
    { enough: fixed, range: ranges?.fixed },
    { enough: target, range: ranges?.target },
  ]
    .flatMap(({ enough, range }) => (enough === null ? [] : [{ enough, range: range ?? null }]))
    .sort(({ enough: a }, { enough: b }) =>
      question.kind === 'affordable' ? b.means.acr - a.means.acr : a.means.samples - b.means.samples,
    )
    .map(({ enough, range }) => what(enough, range, plan));
  if (question.kind !== 'affordable' || ways.length === 0) return ways;
  const total = Math.floor(question.samples * plan.rates.images);
  return [
    ...ways,
    `${together(`--stop budget --total-samples ${total}`)}, which spends exactly that, for about the radius of gain at the price that takes as many`,
  ];
}

/** Returns what to type for a plan, of the claim all that is not usual. */
function typed(enough: Enough): string {
  const { planned } = enough;
  const alpha = planned.alpha === SPEC_DEFAULTS.alpha ? '' : ` --alpha ${planned.alpha}`;
  return together(`${flagsOf(enough)}${alpha}`);
}

function flagsOf({ planned }: Enough): string {
  switch (planned.rule) {
    case 'fixed': {
      const { n, selection } = planned;
      const n0 = selection === SPEC_DEFAULTS.selection ? '' : ` --n0 ${selection}`;
      return `--stop fixed --max-samples ${n}${n0}`;
    }
    case 'gain':
    case 'two-stage':
      return `--stop ${planned.rule} --min-gain ${planned.minGain}`;
    case 'target':
      return `--stop target --radii ${planned.targets.join(',')} --max-samples ${planned.n}`;
  }
}

/** Returns what a plan takes: samples, time and cost. */
function takes(enough: Enough, range: AnswerRange | null, { rates }: OnePlan): string {
  const { planned, means } = enough;
  const { hours, price } = costOf(means.samples, rates);
  const average = planned.rule === 'fixed' ? '' : ' on average';
  const time = hours === null ? '' : `: ${duration(hours)} for ${number(rates.images)} images`;
  const cost = price === null ? '' : `, ${price.toFixed(2)}`;
  return `${number(means.samples)} samples an image${average}${rangeWords(range, roughly)} with ${typed(enough)}${time}${cost}`;
}

/** Returns what a plan gives: radius and certificates. */
function gives(enough: Enough, range: AnswerRange | null, { source }: OnePlan): string {
  const { acr, certified } = enough.means;
  const mean = source.labelled ? 'an average certified radius' : 'a mean radius';
  return `${mean} of ${acr.toFixed(4)}${rangeWords(range, (value) => value.toFixed(3))}, ${percentDown(certified)} of the images certified, with ${typed(enough)}`;
}

/** A range is not told where its ends differ by less than this part of themselves. */
const NARROW = 0.03;

/** Returns the ends of an answer in brackets; '' where they are close. */
function rangeWords(range: AnswerRange | null, shown: (value: number) => string): string {
  if (range === null) return '';
  const { least, most } = range;
  if (most === null) return ` (${shown(least)} or more)`;
  return most - least <= NARROW * most ? '' : ` (${shown(least)} to ${shown(most)})`;
}

/** Returns a number of samples with two digits. */
const roughly = (value: number): string => number(Number(value.toPrecision(2)));

function reasonOf({ question }: RangedAnswer): string {
  switch (question.kind) {
    case 'reach':
      return `more than ${number(MOST_SEARCHED)} samples an image.`;
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
