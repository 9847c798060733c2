import { describe, expect, it } from 'vitest';
import { ensureLedger, ledgerStream } from '../../adapters/nats/ledger/ledger-stream.js';
import { NatsVoteLedger } from '../../adapters/nats/ledger/nats-vote-ledger.js';
import { Patience } from '../../adapters/nats/link/patience.js';
import { NatsCluster } from '../harness/nats-cluster.js';
import { natsPrograms } from '../harness/nats-programs.js';
import { never } from '../support/never.js';
import { DIGEST, recordOf } from '../support/records.js';

const FIRST = 20;
const LAST = 200;

describe.each(natsPrograms())('three nats-servers $version', ({ program }) => {
  it('a reader whose server is killed is sent every record once, in order, and knows how many there are', async () => {
    await using nats = await NatsCluster.start({ program });
    const name = { job: 'j-read', jobDigest: DIGEST };
    const [reading, writing] = [await nats.connect(), await nats.connect()];
    await new Patience({ ms: 60_000 }).until(() => ensureLedger(writing, name, 1 << 20));
    const writer = await NatsVoteLedger.open(writing, name);
    const reader = await NatsVoteLedger.open(reading, name);
    for (let k = 1; k <= FIRST; k++) await writer.append(recordOf(`t${k}`));

    const read: string[] = [];
    let killedAt = 0;
    let writes: Promise<void> | null = null;
    for await (const { record } of reader.read(0, never)) {
      if (killedAt > 0 && read.length === FIRST) {
        console.log(
          `${program}: the next record came ${Math.round(performance.now() - killedAt)} ms after the kill`,
        );
      }
      read.push(record.task);
      if (read.length === FIRST) {
        const [consumer] = await reading.manager.consumers.list(ledgerStream(name.job)).next();
        const host = nats.nodes[Number(consumer!.cluster!.leader!.slice(1)) - 1]!;
        await host.kill();
        killedAt = performance.now();
        writes = (async () => {
          for (let k = FIRST + 1; k <= LAST; k++) await writer.append(recordOf(`t${k}`));
        })();
      }
      if (read.length === LAST) break;
    }
    await writes;
    expect(read).toEqual(Array.from({ length: LAST }, (_, at) => `t${at + 1}`));
    expect(reader.size()).toBe(LAST);
    await Promise.all([reader.close(), writer.close()]);
  });
});
