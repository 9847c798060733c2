import type { Claim } from '../../shared/job.js';
import { imageCount } from '../../shared/job-spec.js';
import { number } from './summary-lines.js';

/** A mean of fewer first looks an image than this is remarked. */
const FEW_LOOKS = 4;

/** Returns what is to be remarked of a total that is small, or large, for the images that share it; null if nothing, or if they share none. */
export function budgetNote({ stop, looks, images }: Pick<Claim, 'stop' | 'looks' | 'images'>): string | null {
  if (stop.kind !== 'budget') return null;
  const { totalSamples } = stop;
  const [first, last] = [looks[0]!, looks.at(-1)!];
  const count = imageCount(images);
  const reached = Math.floor(totalSamples / first);
  const total = `A total of ${number(totalSamples)} samples`;
  if (reached < count) {
    return `${total} brings ${number(reached)} of the ${number(count)} images to their first look, at ${first} samples; the others get none and abstain.`;
  }
  if (totalSamples > count * last) {
    return `${total} is more than the ${number(count)} images take, at most ${number(last)} each (--max-samples).`;
  }
  const mean = Math.floor(totalSamples / count);
  if (mean >= FEW_LOOKS * first) return null;
  return `${total} is ${number(mean)} an image on average, and the first look of each takes ${first}: few images are drawn further.`;
}
