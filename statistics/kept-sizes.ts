/** The round numbers of samples, times every power of ten, and the first looks of the bounds that double or grow by a half. */
const ROUND = [10, 16, 25, 50];
const DOUBLED_FROM = 32;
const GROWN_FROM = 64;
const GROWTH = 1.5;

/**
 * Returns the numbers of samples at which `fixed` keeps counts: {10, 16, 25, 50} · 10^k, the looks 32 · 2^k of `spending` and ⌈64 · 1.5^k⌉ of
 * `anytime`, and last maxSamples itself; ascending, each once. So one drawing can be studied at these numbers, and under those bounds.
 *
 * @param maxSamples whole, at least 1
 */
export function keptSizes(maxSamples: number): number[] {
  const sizes = new Set([maxSamples]);
  const add = (n: number): boolean => n < maxSamples && sizes.add(n).size > 0;
  for (const round of ROUND) for (let n = round; add(n); n *= 10);
  for (let n = DOUBLED_FROM; add(n); n *= 2);
  for (let k = 0; add(Math.ceil(GROWN_FROM * GROWTH ** k)); k++);
  return [...sizes].sort((a, b) => a - b);
}
