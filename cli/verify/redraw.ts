import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Findings } from '../../analysis/verify/findings.js';
import type { RecordedVotes } from '../../analysis/verify/folder/record.js';
import type { LedgerVotes } from '../../analysis/verify/folder/votes-by-image.js';
import { missOfShare } from '../../analysis/verify/missed.js';
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
export interface Redrawn {
  /** Shards that results rest on, and how many of them were drawn again. */
  readonly shards: number;
  readonly drawn: number;
  readonly samples: number;
  /** Shards, and votes in them, that were counted otherwise. */
  readonly differentShards: number;
  readonly differentVotes: number;
  /** True: the same bits are computed here as where the job was drawn, so that every vote must be the same. */
  readonly sameBits: boolean;
  readonly numericClass: string;
  /** Shards that could not be drawn here. */
  readonly failed: number;
  /** Probability that so many shards miss counts that were forged in 1 % and in 5 % of the shards. */
  readonly missed: { readonly onePercent: number; readonly fivePercent: number };
}

export interface RedrawOptions {
  readonly job: Job;
  readonly rows: readonly Row[];
  readonly votes: LedgerVotes;
  readonly redraw: RedrawConfig;
  readonly quiet: boolean;
  readonly interrupt: AbortSignal;
}

/** On a device that computes other bits more different votes than this are no near-ties. */
const MOST_NEAR_TIES = 0.01;

/**
 * Draws shards that are chosen at random once more, and compares their votes with the ledger. Where the same bits are computed, one vote that differs is
 * a finding. @throws OPTION_INVALID if the data are not those of the job; what the inference process refuses with, for another model
 */
export async function redrawnShards(options: RedrawOptions, findings: Findings): Promise<Redrawn> {
  const { job, redraw, rows, votes } = options;
  const all = rows.flatMap(({ image, samples }) => votes.images.get(image)?.shardsBefore(samples) ?? []);
  const wanted = redraw.shards ?? Math.ceil(redraw.share * all.length);
  const chosen = chosenOf(all, Math.min(wanted, all.length));
  const folder = await mkdtemp(path.join(tmpdir(), 'smoothcert-verify-'));
  try {
    const setup = await setupFor(job, redraw, path.join(folder, 'data.canonical'), rows, findings);
    const { numericClass, fingerprint } = await askChild(setup, { signal: options.interrupt });
    const sameBits =
      job.draw.numeric === 'same' &&
      numericClass === job.draw.numericClass &&
      fingerprint === votes.fingerprint;
    const counted = await drawAll(chosen, setup, options);
    const found = compared(chosen, counted, sameBits, findings);
    const missed = (share: number) => missOfShare(all.length, share, chosen.length);
    return {
      shards: all.length,
      drawn: chosen.length,
      ...found,
      sameBits,
      numericClass,
      missed: { onePercent: missed(0.01), fivePercent: missed(0.05) },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
): Promise<ChildSetup> {
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
  for (const { image, label } of rows)
    findings.require(
      label === (data.labels?.[image] ?? null),
      `results.jsonl, image ${image}`,
      'Its label is not that of the data set.',
    );
  return {
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

function compared(
  chosen: readonly RecordedVotes[],
  counted: readonly (Counts | null)[],
  sameBits: boolean,
  findings: Findings,
) {
  const found = { samples: 0, differentShards: 0, differentVotes: 0, failed: 0 };
  chosen.forEach((recorded, i) => {
    const drawn = counted[i] ?? null;
    if (drawn === null) {
      found.failed += 1;
      return;
    }
    found.samples += recorded.end - recorded.begin;
    const different = differentVotes(recorded, drawn);
    if (different === 0) return;
    found.differentShards += 1;
    found.differentVotes += different;
    const { image, begin, end } = recorded;
    if (sameBits)
      findings.add(
        `ledger, image ${image}, samples ${begin} to ${end - 1}`,
        `The model votes otherwise: ${different} votes differ from those of a redraw on the same numeric class.`,
      );
  });
  const explained = sameBits || found.differentVotes <= MOST_NEAR_TIES * found.samples;
  findings.require(
    explained,
    'ledger',
    `${found.differentVotes} of ${found.samples} redrawn votes differ: more than near-ties on another numeric class explain.`,
  );
  return found;
}

/** Returns how many samples at least voted otherwise. */
function differentVotes(recorded: Counts, drawn: Counts): number {
  const votes = new Map<number | 'invalid', number>([['invalid', recorded.invalid - drawn.invalid]]);
  recorded.classes.forEach((one, i) => votes.set(one, (votes.get(one) ?? 0) + recorded.votes[i]!));
  drawn.classes.forEach((one, i) => votes.set(one, (votes.get(one) ?? 0) - drawn.votes[i]!));
  return [...votes.values()].reduce((sum, difference) => sum + Math.max(0, difference), 0);
}
