import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Findings } from '../../analysis/verify/findings.js';
import type { RecordedVotes } from '../../analysis/verify/folder/record.js';
import type { LedgerVotes } from '../../analysis/verify/folder/votes-by-image.js';
import { missOfShare, missProbability } from '../../analysis/verify/missed.js';
import { differenceOf } from '../../analysis/verify/redrawn/differences.js';
import {
  judgeRedraw,
  type RedrawVerdict,
  type RedrawnShard,
} from '../../analysis/verify/redrawn/judge-redraw.js';
import type { Row } from '../../analysis/verify/rows/row.js';
import { importDataSet } from '../../input/convert.js';
import type { Counts } from '../../shared/counts.js';
import type { Job } from '../../shared/job.js';
import { probeImagesOf } from '../../shared/preparation.js';
import { askChild } from '../../worker/draw/ask-child.js';
import { Pool } from '../../worker/draw/pool.js';
import type { ChildSetup } from '../../worker/draw/setup.js';
import { DEFAULT_AUDIT_SHARE } from '../certify/process-limits.js';
import { optionError } from '../command/parse.js';
import type { RedrawConfig } from './verify-flags.js';

/** The outcome of drawing a part of the votes again. */
export interface Redrawn extends RedrawVerdict {
  /** Shards that results rest on, and how many of them were drawn again. */
  readonly shards: number;
  readonly drawn: number;
  /** True: the same bits are computed here as where the job was drawn, so that every vote must be the same. */
  readonly sameBits: boolean;
  readonly numericClass: string;
  /** Shards that could not be drawn here, and are not among those that were. */
  readonly failed: number;
  /** Rows without a label of images that have one in the data set. */
  readonly unlabelled: number;
  /**
   * Probability that so many shards miss counts that were forged in 1 % and in 5 % of the shards, and in all shards of one image, that with the
   * fewest. Null where near-ties may differ: a few forged votes are not told from them.
   */
  readonly missed: {
    readonly onePercent: number;
    readonly fivePercent: number;
    readonly oneImage: number;
  } | null;
}

export interface RedrawOptions {
  readonly job: Job;
  readonly rows: readonly Row[];
  readonly votes: LedgerVotes;
  readonly redraw: RedrawConfig;
  readonly quiet: boolean;
  readonly interrupt: AbortSignal;
}

/**
 * Draws shards that are chosen at random once more, and compares their votes with the ledger. Where the same bits are computed, one vote that differs is
 * a finding; elsewhere more than near-ties explain. @throws OPTION_INVALID if the data are not those of the job; what the inference process refuses
 * with, for another model
 */
export async function redrawnShards(options: RedrawOptions, findings: Findings): Promise<Redrawn> {
  const { job, redraw, rows, votes } = options;
  const byImage = shardsByImage(rows, votes);
  const all = byImage.flat();
  const wanted = redraw.shards ?? Math.ceil(redraw.share * all.length);
  const chosen = chosenOf(all, Math.min(wanted, all.length));
  const folder = await mkdtemp(path.join(tmpdir(), 'smoothcert-verify-'));
  try {
    const { setup, unlabelled } = await setupFor(job, redraw, path.join(folder, 'data'), rows, findings);
    const { numericClass, fingerprint } = await askChild(setup, { signal: options.interrupt });
    // One of the two is enough: both are the ledger's own words, and whoever forged it could write another one.
    const sameBits =
      job.draw.numeric === 'same' &&
      (numericClass === job.draw.numericClass || fingerprint === votes.fingerprint);
    const shards = await drawnAgain(chosen, setup, options);
    const verdict = judgeRedraw({ job, rows, exact: sameBits }, shards, findings);
    const drawn = shards.length;
    const fewest = Math.min(...byImage.filter((ofImage) => ofImage.length > 0).map(({ length }) => length));
    const missed = {
      onePercent: missOfShare(all.length, 0.01, drawn),
      fivePercent: missOfShare(all.length, 0.05, drawn),
      oneImage: missProbability(all.length, Math.min(fewest, all.length), drawn),
    };
    return {
      ...verdict,
      shards: all.length,
      drawn,
      failed: chosen.length - drawn,
      sameBits,
      numericClass,
      unlabelled,
      missed: sameBits ? missed : null,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the shards that each row rests on; without rows those of each image in the ledger. */
function shardsByImage(rows: readonly Row[], votes: LedgerVotes): RecordedVotes[][] {
  if (rows.length === 0) return [...votes.images.values()].map((image) => image.shardsBefore(Infinity));
  return rows.map(({ image, samples }) => votes.images.get(image)?.shardsBefore(samples) ?? []);
}

/** Draws shards, and those that differ once more: a machine that counts otherwise each time says nothing of who counted before. */
async function drawnAgain(
  chosen: readonly RecordedVotes[],
  setup: ChildSetup,
  options: RedrawOptions,
): Promise<RedrawnShard[]> {
  const counted = await drawAll(chosen, setup, options);
  const shards = chosen.flatMap((recorded, i) => {
    const redrawn = counted[i] ?? null;
    return redrawn === null ? [] : [{ recorded, redrawn, again: null }];
  });
  const others = shards.filter(({ recorded, redrawn }) => differenceOf(recorded, redrawn, null).votes > 0);
  if (others.length === 0) return shards;
  const second = await drawAll(
    others.map(({ recorded }) => recorded),
    setup,
    options,
  );
  const again = new Map(others.map(({ recorded }, i) => [recorded, second[i] ?? null]));
  return shards.map((shard) => ({ ...shard, again: again.get(shard.recorded) ?? null }));
}

/** Chooses so many at random, each set of them with the same probability. */
function chosenOf<T>(all: readonly T[], count: number): T[] {
  const rest = [...all];
  for (let i = 0; i < count; i++) {
    const j = randomInt(i, rest.length);
    [rest[i], rest[j]] = [rest[j]!, rest[i]!];
  }
  return rest.slice(0, count);
}

/** Converts the data and checks that they are those of the job, and the labels of the rows. @throws OPTION_INVALID, DATA_* */
async function setupFor(
  job: Job,
  redraw: RedrawConfig,
  into: string,
  rows: readonly Row[],
  findings: Findings,
): Promise<{ readonly setup: ChildSetup; readonly unlabelled: number }> {
  const { claim, draw } = job;
  const { noise } = draw;
  const data = await importDataSet({
    data: redraw.data,
    into,
    range: claim.images,
    lattice: { features: redraw.features, noiseScale: noise.scale },
    reading: { clip: redraw.clip, bgr: redraw.bgr },
    ...(redraw.labels === null ? {} : { labels: redraw.labels }),
  });
  if (data.digest !== draw.dataDigest) {
    throw optionError(
      `${redraw.data} is not the data set of the job: images or labels differ.`,
      'Give the file that was certified, with --labels, --features, --bgr and --clip if certify had them.',
    );
  }
  const labelled = rows.map((row) => ({ ...row, truth: data.labels?.[row.image] ?? null }));
  for (const { image, label, truth } of labelled)
    findings.require(
      label === null || label === truth,
      `results.jsonl, image ${image}`,
      'Its label is not that of the data set.',
    );
  const unlabelled = labelled.filter(({ label, truth }) => label === null && truth !== null).length;
  const setup: ChildSetup = {
    modelFile: redraw.model,
    modelDigest: draw.modelDigest,
    dataFile: into,
    dataDigest: draw.dataDigest,
    dataChunks: null,
    device: redraw.device,
    layout: draw.layout,
    output: draw.output,
    batch: draw.batch,
    normalisation: draw.normalisation,
    noise: { kind: noise.kind, scale: noise.scale, drawn: noise },
    seed: draw.seed,
    probeImages: probeImagesOf(claim.images),
    auditShare: Number(DEFAULT_AUDIT_SHARE),
  };
  return { setup, unlabelled };
}

async function drawAll(
  chosen: readonly RecordedVotes[],
  setup: ChildSetup,
  options: RedrawOptions,
): Promise<(Counts | null)[]> {
  const { redraw, quiet, interrupt } = options;
  const { processes, hangMs } = redraw;
  const pool = new Pool({ processes, setup, hangMs, fingerprint: null, onDeath: () => undefined });
  const stop = () => pool.drain();
  interrupt.addEventListener('abort', stop);
  const show = !quiet && process.stderr.isTTY;
  let done = 0;
  const draw = async ({ image, begin, end }: RecordedVotes): Promise<Counts | null> => {
    const drawn = await pool.draw({ image, begin, end });
    done += 1;
    if (show) process.stderr.write(`\r\x1b[K${done} of ${chosen.length} shards drawn again`);
    return drawn.kind === 'counted' ? drawn.counts : null;
  };
  try {
    return await Promise.race([Promise.all(chosen.map(draw)), pool.broken]);
  } finally {
    interrupt.removeEventListener('abort', stop);
    await pool.close();
    if (show) process.stderr.write('\r\x1b[K');
  }
}
