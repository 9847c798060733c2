import { expect, test } from 'vitest';
import { accountOf, show } from '../harness/account.js';
import { LONG_JOB, certifiedRows } from '../harness/army.js';
import { hasNatsServer } from '../harness/nats-server.js';
import { STORM_FAULTS, Storm, type StormFault } from '../harness/storm.js';

/** The wish of bench/storm.mjs; without it three storms pass, the last over three servers. */
const { STORM_SERVERS, STORM_SEED, STORM_FAULTS: COUNT = '20', STORM_MIX } = process.env;
const chosen = STORM_MIX?.split(',') ?? STORM_FAULTS;
const unknown = chosen.filter((fault) => !STORM_FAULTS.some((known) => known === fault));
if (unknown.length > 0)
  throw new Error(`STORM_MIX has ${unknown.join(', ')}; faults are ${STORM_FAULTS.join(', ')}`);
const MIX = STORM_FAULTS.filter((fault): fault is StormFault => chosen.includes(fault));
const asked = { servers: Number(STORM_SERVERS ?? 1), seed: Number(STORM_SEED ?? 1) };
const STORMS =
  STORM_SEED === undefined
    ? [
        { servers: 1, seed: 11 },
        { servers: 1, seed: 12 },
        { servers: 3, seed: 13 },
      ]
    : [asked];
/** Records between two faults. */
const RECORDS = 8;

test.runIf(hasNatsServer).each(STORMS)(
  'a storm over $servers servers, seed $seed: the certificates of certify, nothing lost, nothing invented',
  { timeout: 900_000 },
  async ({ servers, seed }) => {
    const expected = await certifiedRows(LONG_JOB);
    await using storm = await Storm.brew(servers, seed);
    const sums = { counted: 0, duplicate: 0 };
    const count = Number(COUNT);
    while (storm.struck.length < count) {
      const before = storm.struck.length;
      await storm.listen();
      const submitted = storm.submit(LONG_JOB);
      const { code, rows, id, stderr } = await storm.during(submitted, MIX, {
        count: count - before,
        records: RECORDS,
      });
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error') as string]);
      expect(rows).toBe(expected);
      const account = await accountOf(storm.nats, id, rows, storm.taps);
      console.log(show(storm.struck.slice(before).join(', '), account));
      expect(account.findings).toEqual([]);
      sums.counted += account.progress.shardsCounted;
      sums.duplicate += account.progress.shardsDuplicate;
    }
    expect(storm.standing).toBe(true);
    const share = (100 * sums.duplicate) / sums.counted;
    console.log(
      `seed ${seed}, ${servers} servers, ${count} faults: ${share.toFixed(2)} % of ${sums.counted} shards drawn twice`,
    );
  },
);
