/** Images that have voted alike: `failures` of `samples` samples, `images` times. */
export interface VoteGroup {
  readonly failures: number;
  readonly samples: number;
  readonly images: number;
}

/** Logits of the smallest and the largest failure rate but 0, and how many lie between. */
const LOWEST = Math.log(2e-5);
const HIGHEST = Math.log(50);
const STEPS = 46;
const LOGITS = Array.from({ length: STEPS }, (_, j) => LOWEST + ((HIGHEST - LOWEST) * j) / (STEPS - 1));

/** Failure rates that an image may have: 0, then evenly spaced in their logit. */
export const LEVELS: readonly number[] = [0, ...LOGITS.map((x) => 1 / (1 + Math.exp(-x)))];

const ROUNDS = 25;
/** Images that are taken to be spread evenly over all levels, beside those that were seen. */
const IMAGINED = 0.2;

/**
 * Returns, for each group, the probability of each level given the votes of all groups, and last that of an image without votes. The
 * distribution of the levels is the most likely one (Laird 1978, by expectation and maximisation). That images stop early does not
 * matter: the likelihood of votes is the same whatever stopped them.
 */
export function levelsOf(groups: readonly VoteGroup[]): Float64Array[] {
  const likelihoods = groups.map(likelihoodOf);
  let weights: Float64Array = new Float64Array(LEVELS.length).fill(1 / LEVELS.length);
  for (let round = 0; round < ROUNDS; round++) {
    const sum = new Float64Array(LEVELS.length).fill(IMAGINED / LEVELS.length);
    likelihoods.forEach((likelihood, g) => {
      const { images } = groups[g]!;
      posteriorOf(weights, likelihood).forEach((share, level) => (sum[level]! += images * share));
    });
    weights = scaled(sum);
  }
  return [...likelihoods.map((likelihood) => posteriorOf(weights, likelihood)), weights];
}

/** Returns how likely the votes of a group are at each level, the most likely one at 1. */
function likelihoodOf({ failures, samples }: VoteGroup): Float64Array {
  const others = samples - failures;
  const logs = LEVELS.map(
    (p) => (failures === 0 ? 0 : failures * Math.log(p)) + (others === 0 ? 0 : others * Math.log1p(-p)),
  );
  const most = Math.max(...logs);
  return Float64Array.from(logs, (log) => Math.exp(log - most));
}

function posteriorOf(weights: Float64Array, likelihood: Float64Array): Float64Array {
  return scaled(weights.map((weight, level) => weight * likelihood[level]!));
}

function scaled(values: Float64Array): Float64Array {
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
}
