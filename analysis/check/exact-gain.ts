/**
 * Returns the probability that a sum of differences is as large as the observed one, or larger, if the sign of each were a fair coin: the
 * exact test of paired differences by changes of sign (Fisher 1935), which for differences of ±1 is McNemar's.
 * @param differences whole numbers, one an image; 0 says nothing
 */
export function chanceOfGain(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const observed = differences.reduce((sum, difference) => sum + difference, 0);
  // Probability of each sum of the sizes with a positive sign, 0 … total.
  let chances = new Float64Array(total + 1);
  chances[0] = 1;
  for (const size of sizes) {
    const next = new Float64Array(total + 1);
    for (let sum = 0; sum <= total; sum++) next[sum] = (chances[sum]! + (chances[sum - size] ?? 0)) / 2;
    chances = next;
  }
  // positive − (total − positive) ≥ observed
  return chances.subarray((total + observed) / 2).reduce((sum, chance) => sum + chance, 0);
}
