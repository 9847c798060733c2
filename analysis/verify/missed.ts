/**
 * Returns the probability that `drawn` shards, chosen at random among `all`, hold none of `forged`: C(all − forged, drawn)/C(all, drawn), as a
 * product. 0 if so many cannot be missed.
 */
export function missProbability(all: number, forged: number, drawn: number): number {
  let missed = 1;
  for (let i = 0; i < drawn; i++) missed *= Math.max(0, all - forged - i) / (all - i);
  return missed;
}

/** Returns the probability with which so many redrawn shards miss counts that were forged in a share of the shards, at least in one. */
export const missOfShare = (all: number, share: number, drawn: number): number =>
  missProbability(all, Math.max(1, Math.round(share * all)), drawn);
