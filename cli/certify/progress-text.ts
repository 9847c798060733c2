import type { Outlook } from '../../shared/outlook.js';
import { oneLine } from '../../shared/safe-text.js';
import { partsDown } from '../../shared/written-numbers.js';
import { number } from '../results/summary-lines.js';
import { timeLeft } from './time-left.js';

/** How far a job is, and how much is still to come. */
export interface Shown {
  readonly decided: number;
  readonly images: number;
  readonly samples: number;
  /** Null while nothing is known of it. */
  readonly outlook: Outlook | null;
  /** Why nothing is drawn, a sentence; null if something is. */
  readonly waiting: string | null;
}

/** Returns the line for a terminal: as much as fits into so many columns, the most important parts first to stay. None is cut. */
export function liveText(shown: Shown, columns: number): string {
  const { percent, left, rate, samples, images } = partsOf(shown);
  const bars = (cells: number): string => `${barOf(shareOf(shown), cells)} ${percent}`;
  const short = left.replace(/^about | left$|:.*$/g, '');
  const forms: readonly (readonly string[])[] = [
    [bars(20), left, rate, samples, images],
    [bars(20), left, rate, samples],
    [bars(10), left, rate, images],
    [bars(10), left, rate],
    [percent, left, rate],
    [percent, left],
    [percent, short],
    [percent],
  ];
  const texts = forms.map((parts) => parts.filter((part) => part !== '').join(' · '));
  return texts.find((text) => text.length <= columns) ?? '';
}

/** Returns the line for a file or a pipe: everything. */
export function plainText(shown: Shown): string {
  const { percent, left, rate, samples, images } = partsOf(shown);
  return `${percent}: ${[samples, rate, left, images].filter((part) => part !== '').join(', ')}`;
}

type Parts = Readonly<Record<'percent' | 'left' | 'rate' | 'samples' | 'images', string>>;

/** Returns the parts of the line; empty ones are not known. */
function partsOf(shown: Shown): Parts {
  const { decided, images, samples, outlook, waiting } = shown;
  const parts = {
    percent: `${partsDown(shareOf(shown), 100)} %`,
    samples: `${number(samples)}${ofAll(outlook)} samples`,
    images: `${number(decided)}/${number(images)} images decided`,
  };
  if (waiting !== null)
    return { ...parts, left: `waiting: ${oneLine(waiting).replace(/\.$/, '')}`, rate: '' };
  const rate = outlook?.samplesPerSecond ?? null;
  const seconds = outlook?.secondsLeft ?? null;
  return {
    ...parts,
    left: seconds === null ? '' : timeLeft(seconds),
    rate: rate === null ? '' : `${number(Math.round(rate))}/s`,
  };
}

/** Returns how much of the job is drawn, 0 to 1; of one whose samples are not forecast, how many of its images are decided. Below 1 before its end. */
function shareOf({ decided, images, samples, outlook }: Shown): number {
  if (images > 0 && decided === images) return 1;
  const share = outlook === null ? decided / Math.max(1, images) : samples / outlook.samples.expected;
  return Math.min(0.999, share);
}

const barOf = (share: number, cells: number): string =>
  '█'.repeat(Math.round(cells * share)).padEnd(cells, '░');

/** Returns of how many samples those are that are drawn: two digits of what is expected, or all of a number that is known. */
function ofAll(outlook: Outlook | null): string {
  if (outlook === null) return '';
  const { low, expected, high } = outlook.samples;
  if (low === high) return ` of ${number(expected)}`;
  return ` of about ${number(Number(expected.toPrecision(2)))}`;
}
