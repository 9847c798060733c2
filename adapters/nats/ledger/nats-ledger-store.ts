import type { LedgerStore, StoredLedger } from '../../../shared/ports/ledger-store.js';
import type { VoteLedger } from '../../../shared/ports/vote-ledger.js';
import type { LedgerRecord } from '../../../shared/wire/record.js';
import { isStreamMissing, unanswered } from '../link/nats-errors.js';
import { ensureLedger, ledgerState, ledgerStream, removeLedger } from './ledger-stream.js';
import type { NatsLink } from '../link/nats-link.js';
import { NatsVoteLedger } from './nats-vote-ledger.js';

const PREFIX = ledgerStream('');

/** The ledgers of a cluster, one stream for each job. Whoever opened `link` closes it. */
export class NatsLedgers implements LedgerStore {
  constructor(private readonly link: NatsLink) {}

  async records(job: string, jobDigest: string): Promise<AsyncIterable<LedgerRecord> | null> {
    if (!(await this.has(job))) return null;
    const { lastSequence } = await ledgerState(this.link, { job, jobDigest });
    return readUpTo(this.link, { job, jobDigest }, lastSequence);
  }

  async open(job: string, jobDigest: string, ledgerBytes: number): Promise<VoteLedger> {
    await ensureLedger(this.link, { job, jobDigest }, ledgerBytes);
    return NatsVoteLedger.open(this.link, { job, jobDigest });
  }

  async list(): Promise<StoredLedger[]> {
    const found: StoredLedger[] = [];
    try {
      for await (const { config, state, created } of this.link.manager.streams.list()) {
        if (!config.name.startsWith(PREFIX)) continue;
        const changedMs = Date.parse(state.messages > 0 ? state.last_ts : created);
        found.push({ job: config.name.slice(PREFIX.length), changedMs });
      }
    } catch (error) {
      throw unanswered('list the ledgers', error);
    }
    return found;
  }

  remove(job: string): Promise<void> {
    return removeLedger(this.link, job);
  }

  private async has(job: string): Promise<boolean> {
    try {
      await this.link.manager.streams.info(ledgerStream(job));
      return true;
    } catch (error) {
      if (isStreamMissing(error)) return false;
      throw unanswered(`tell of the ledger of ${job}`, error);
    }
  }
}

/** Yields the records up to sequence number `last`. Messages that are no records are skipped; the last message may be one of them. */
async function* readUpTo(
  link: NatsLink,
  name: { readonly job: string; readonly jobDigest: string },
  last: number,
): AsyncGenerator<LedgerRecord, void> {
  if (last === 0) return;
  const end = new AbortController();
  const onMalformed = (sequence: number) => {
    if (sequence >= last) end.abort();
  };
  const ledger = await NatsVoteLedger.open(link, { ...name, onMalformed });
  try {
    for await (const { sequence, record } of ledger.read(0, end.signal)) {
      if (sequence <= last) yield record;
      if (sequence >= last) return;
    }
  } finally {
    await ledger.close();
  }
}
