import { NatsJobStore } from '../../adapters/nats/jobs/nats-job-store.js';
import { NatsVoteLedger } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import { totalOf } from '../../shared/counts.js';
import { jobDigest } from '../../shared/job.js';
import type { Entry } from '../../shared/ports/vote-ledger.js';
import type { Progress } from '../../shared/job-progress.js';
import { LiveJob } from '../../coordinator/run/live-job.js';
import { jsonLines } from '../../coordinator/results/result-lines.js';
import { ShadowFold } from '../simulation/shadow-fold.js';
import type { NatsCluster } from './nats-cluster.js';
import type { NatsServer } from './nats-server.js';
import { JobTap, type Taps } from './taps.js';
import { never } from '../support/never.js';

/** The fate of every issued task of one job: Jepsen's sets, and the invariants that do not hold. */
export interface Account {
  readonly issued: number;
  readonly attempted: number;
  readonly acknowledged: number;
  /** Acknowledged after more than one delivery. */
  readonly redelivered: number;
  readonly recorded: number;
  /** Shards that were handed back undrawn. */
  readonly returned: number;
  readonly progress: Progress;
  /** Acknowledged, and not in the ledger. */
  readonly lost: readonly string[];
  /** In the ledger, and issued by nobody. */
  readonly phantom: readonly string[];
  /** The invariants that do not hold, in sentences. */
  readonly findings: readonly string[];
  /** The results.jsonl that folding the ledger from its beginning gives. */
  readonly rows: string;
}

/** Records that coordinators write of their own accord. */
const OWN = /^cancel$|\.own\.\d+$|\.exhausted$/;

/**
 * Reads the ledger of a job that has ended, and counts anew, by a fold of the coordinator's and by one of its own.
 * @param rows results.jsonl as a client got it; the labels of the images are taken from it
 * @param taps null: nobody listened
 * @param prevented tasks in the place of whose records there is something else, by the test's doing
 */
export async function accountOf(
  nats: Pick<NatsServer | NatsCluster, 'connect'>,
  job: string,
  rows: string,
  taps: Taps | null,
  prevented: ReadonlySet<string> = new Set(),
): Promise<Account> {
  const tap = taps?.job(job) ?? new JobTap();
  // What was acknowledged until now must be in the ledger that is read from now on.
  const [acknowledged, attempted] = [[...tap.acknowledged], [...tap.attempted]];
  const link = await nats.connect();
  const { entry } = (await (await NatsJobStore.open(link, () => undefined)).get(job))!;
  const ledger = await NatsVoteLedger.open(link, { job, jobDigest: jobDigest(entry.job!) });
  const entries = await entriesOf(ledger);
  const distrusted = new Set(entries.flatMap(({ record }) => record.distrusted ?? []));
  const live = new LiveJob(entry.job!, entry.prepared!.fingerprint, () => undefined, distrusted);
  const shadow = new ShadowFold(entry.job!, entry.prepared!.fingerprint, distrusted);
  const findings: string[] = [];
  const end = entry.ending!.progress;
  for (const { sequence, record } of entries) {
    live.fold.apply(record, sequence);
    shadow.apply(record);
    for (const { shard, counts } of record.counted) {
      const whole = totalOf(counts) === shard.end - shard.begin;
      if (!whole) findings.push(`counts of ${record.task} do not add up`);
    }
    if (sequence === end.sequence && JSON.stringify(live.progress()) !== JSON.stringify(end)) {
      findings.push(`replay gives ${JSON.stringify(live.progress())}, shown was ${JSON.stringify(end)}`);
    }
  }
  const returned = entries.reduce((sum, { record }) => sum + record.returned.length, 0);
  const recorded = new Set(entries.map(({ record }) => record.task));
  const missing = (task: string) => !recorded.has(task) && !prevented.has(task);
  const lost = acknowledged.filter(missing);
  const heard = taps?.complete === true;
  const foreign = heard ? [...recorded].filter((task) => !tap.issued.has(task) && !OWN.test(task)) : [];
  const vanished = heard ? attempted.filter((task) => tap.issued.has(task) && missing(task)) : [];
  if (lost.length > 0) findings.push(`lost: ${lost.join(' ')}`);
  if (foreign.length > 0) findings.push(`phantom: ${foreign.join(' ')}`);
  if (vanished.length > 0) findings.push(`sent to the ledger and gone: ${vanished.join(' ')}`);
  findings.push(...tallied(live, shadow));
  const labels = labelsIn(rows);
  const replayed = [...jsonLines(live.fold, (image) => labels.get(image) ?? null)].join('');
  if (replayed !== rows) findings.push('the ledger gives other rows than the client got');
  await ledger.close();
  return {
    issued: tap.issued.size,
    attempted: attempted.length,
    acknowledged: acknowledged.length,
    redelivered: tap.redelivered.size,
    recorded: recorded.size,
    returned,
    progress: live.progress(),
    lost,
    phantom: foreign,
    findings,
    rows: replayed,
  };
}

/** One line for people. */
export function show(name: string, account: Account): string {
  const { issued, attempted, acknowledged, redelivered, recorded, returned, progress, lost, phantom } =
    account;
  const { shardsCounted, shardsDuplicate, shardsDivergent, shardsLate, shardsRejected } = progress;
  return (
    `${name}: issued ${issued}, attempted ${attempted}, acknowledged ${acknowledged} (redelivered ${redelivered}), ` +
    `recorded ${recorded}; shards counted ${shardsCounted}, duplicate ${shardsDuplicate}, divergent ${shardsDivergent}, ` +
    `late ${shardsLate}, rejected ${shardsRejected}, returned ${returned}; lost ${lost.length}, phantom ${phantom.length}`
  );
}

async function entriesOf(ledger: NatsVoteLedger): Promise<Entry[]> {
  const entries: Entry[] = [];
  const size = ledger.size();
  if (size === 0) return entries;
  for await (const entry of ledger.read(0, never)) {
    entries.push(entry);
    if (entry.sequence >= size) break;
  }
  return entries;
}

/** Every counted entry met one fate, and the first counts of a shard were folded once; unequal ones there are none. */
function* tallied({ fold: { tally, cancelled } }: LiveJob, shadow: ShadowFold): Generator<string> {
  const { counted, duplicate, divergent, late, rejected, samples } = tally;
  const fates = counted + duplicate + divergent + late + rejected;
  if (fates !== shadow.entries) yield `${fates} fates of ${shadow.entries} entries`;
  if (rejected !== shadow.rejected) yield `${rejected} rejected, not ${shadow.rejected}`;
  if (divergent > 0) yield `${divergent} shards were counted twice, and differently`;
  const missed = shadow.first.size - counted;
  if (missed < 0 || missed > late) yield `${counted} of ${shadow.first.size} shards folded`;
  if (missed === 0 && !cancelled && samples !== shadow.samples)
    yield `${samples} samples of ${shadow.samples}`;
}

function labelsIn(rows: string): Map<number, number | null> {
  const lines = rows.trimEnd().split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const { image, label } = JSON.parse(line) as { image: number; label: number | null };
      return [image, label];
    }),
  );
}
