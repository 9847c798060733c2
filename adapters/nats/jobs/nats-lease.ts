import type { KV } from '@nats-io/kv';
import { SmoothcertError } from '../../../shared/errors.js';
import type { Lease } from '../../../shared/ports/lease.js';
import { decodeLease, encodeLease, type LeaseHolder } from '../../../shared/wire/cluster.js';
import { isPresent, leaseBucket, restoreLeaseBucket } from '../link/buckets.js';
import {
  forbidden,
  isForbidden,
  isPerhapsWrongSequence,
  isWrongSequence,
  sentenceOf,
} from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';
import { MalformedMessages } from '../link/core-messages.js';
import { pause } from '../link/retry.js';
import { RecurringTrouble } from '../link/recurring.js';
import type { NatsTimes } from '../link/times.js';

export const LEASE_KEY = 'coordinator';

/** A lease that this process holds. */
interface Hold {
  revision: number;
  /** Monotonic milliseconds, taken before the renewal was sent: the server starts to count later. */
  renewedAt: number;
  readonly lost: AbortController;
  renewing: Promise<void> | null;
  interval?: NodeJS.Timeout;
  watchdog?: NodeJS.Timeout;
}

/** Share of the time to live that is left when a holder that cannot renew gives the lease up. */
const MARGIN = 0.1;

/**
 * The lease as a key that the server removes `leaseTtlMs` after its last renewal. Its holder gives it up a tenth of that time earlier, by
 * its own monotonic clock: a process that was paused finds that it has lost the lease as soon as it checks. An expired key causes no watch
 * event, so processes that wait for the lease poll.
 */
export class NatsLease implements Lease {
  trouble: string | null = null;
  private hold: Hold | null = null;
  private last: AbortSignal = AbortSignal.abort(notHeld());
  private readonly value: Uint8Array;
  private readonly times: NatsTimes;
  private readonly reported: RecurringTrouble;

  private constructor(
    private readonly link: NatsLink,
    private readonly bucket: KV,
    private readonly self: LeaseHolder,
    private readonly malformed: MalformedMessages,
  ) {
    this.value = encodeLease(self);
    this.times = link.times;
    this.reported = new RecurringTrouble(link);
  }

  /**
   * @param self what the lease says of this process; `holder` is another name at each start
   * @throws SmoothcertError NATS_UNSUITABLE, DISK_FULL, NATS_UNREACHABLE
   */
  static async open(
    link: NatsLink,
    self: LeaseHolder,
    malformed = new MalformedMessages(link.tellMalformed),
  ): Promise<NatsLease> {
    return new NatsLease(link, await leaseBucket(link), self, malformed);
  }

  async acquire(signal: AbortSignal, onWaiting?: () => void): Promise<void> {
    for (let tries = 0; !this.held; tries++) {
      signal.throwIfAborted();
      const taken = await this.tryToTake();
      if (signal.aborted) await this.release();
      else if (!taken) {
        if (tries === 0) onWaiting?.();
        await pause(this.times.standbyPollMs, signal);
      }
    }
  }

  /**
   * Tries to take the lease once; returns false if another process holds it or NATS did not answer. In the latter case the bucket may have
   * been removed, and is made again. @throws SmoothcertError NATS_FORBIDDEN
   */
  private async tryToTake(): Promise<boolean> {
    try {
      const taken = await this.take();
      this.reported.over();
      this.trouble = null;
      return taken;
    } catch (error) {
      // Another process was faster, or is about to be.
      if (isWrongSequence(error) || isPerhapsWrongSequence(error)) {
        this.trouble = null;
        return false;
      }
      if (isForbidden(error)) throw forbidden(error).refusal;
      this.trouble = `NATS does not let the lease be taken: ${sentenceOf(error)}.`;
      this.reported.met(`The lease cannot be taken, and is tried for further: ${sentenceOf(error)}.`);
      if (this.link.connected) await restoreLeaseBucket(this.link).catch(() => undefined);
      return false;
    }
  }

  get held(): boolean {
    if (this.hold) this.loseIfOld(this.hold);
    return this.hold !== null;
  }

  get lost(): AbortSignal {
    if (this.hold) this.loseIfOld(this.hold);
    return this.last;
  }

  async release(): Promise<void> {
    const { hold } = this;
    if (!hold) return;
    this.lose(hold);
    await hold.renewing;
    // A key that cannot be deleted expires.
    await this.bucket.delete(LEASE_KEY, { previousSeq: hold.revision }).catch(() => undefined);
  }

  /**
   * Takes the lease if nobody holds it, or if this process took it earlier without receiving the answer. Returns false if another process
   * holds it. Rejects where that is unknown.
   */
  private async take(): Promise<boolean> {
    const entry = await this.bucket.get(LEASE_KEY);
    if (isPresent(entry) && !this.isOwn(entry.value)) return false;
    const renewedAt = performance.now();
    const revision = await this.put(entry?.revision ?? 0);
    const lost = new AbortController();
    const hold: Hold = { revision, renewedAt, lost, renewing: null };
    hold.interval = setInterval(() => this.renew(hold), this.times.leaseRenewMs).unref();
    this.hold = hold;
    this.last = lost.signal;
    this.watch(hold);
    return this.held;
  }

  private renew(hold: Hold): void {
    if (this.hold !== hold || hold.renewing) return;
    hold.renewing = this.renewOnce(hold)
      .catch(() => undefined)
      .finally(() => (hold.renewing = null));
  }

  private async renewOnce(hold: Hold, mayReadAgain = true): Promise<void> {
    const renewedAt = performance.now();
    try {
      hold.revision = await this.put(hold.revision);
      hold.renewedAt = renewedAt;
    } catch (error) {
      if (!isWrongSequence(error) || !mayReadAgain) throw error;
      // Either another process has it now, or a renewal was stored whose answer was lost.
      const entry = await this.bucket.get(LEASE_KEY);
      if (isPresent(entry) && this.isOwn(entry.value)) {
        hold.revision = entry.revision;
        await this.renewOnce(hold, false);
      } else this.lose(hold);
    }
  }

  /** Writes the key; times out early enough to try again before the next renewal is due. */
  private put(previousSeq: number): Promise<number> {
    return this.bucket.put(LEASE_KEY, this.value, { previousSeq, timeout: this.times.leaseRenewMs / 2 });
  }

  private isOwn(value: Uint8Array): boolean {
    return this.malformed.read(decodeLease, value)?.holder === this.self.holder;
  }

  private loseIfOld(hold: Hold): void {
    if (this.leftMs(hold) <= 0) this.lose(hold);
  }

  /** Gives the lease up as soon as it was not renewed for too long. */
  private watch(hold: Hold): void {
    this.loseIfOld(hold);
    if (this.hold === hold) {
      hold.watchdog = setTimeout(() => this.watch(hold), this.leftMs(hold)).unref();
    }
  }

  private leftMs({ renewedAt }: Hold): number {
    return renewedAt + this.times.leaseTtlMs * (1 - MARGIN) - performance.now();
  }

  private lose(hold: Hold): void {
    if (this.hold !== hold) return;
    this.hold = null;
    clearInterval(hold.interval);
    clearTimeout(hold.watchdog);
    hold.lost.abort(notHeld());
  }
}

function notHeld(): SmoothcertError {
  return new SmoothcertError(
    'NOT_SERVING',
    'This coordinator does not hold the lease.',
    'Ask the coordinator that holds it, or wait until this one does.',
  );
}
