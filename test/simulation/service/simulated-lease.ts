import type { Lease } from '../../../shared/ports/lease.js';
import { unlessAborted } from '../../../worker/tasks/unless-aborted.js';
import type { Network } from '../network.js';
import type { Life } from '../scheduler.js';

const LEASE_MS = 4_000;
const RENEW_EVERY_MS = 1_000;
const TRY_EVERY_MS = 500;

/** Who holds the lease, as the store knows it. */
export class LeaseStore {
  /** How often it was taken. */
  taken = 0;
  private holder: string | null = null;
  private until = 0;

  constructor(private readonly network: Network) {}

  take(name: string): boolean {
    const { scheduler, faults } = this.network;
    const isHeld = this.holder !== null && this.holder !== name && scheduler.now < this.until;
    if (isHeld && !faults.happens('lease given twice')) return false;
    this.taken += 1;
    this.holder = name;
    return this.renew(name);
  }

  renew(name: string): boolean {
    if (this.holder !== name) return false;
    this.until = this.network.scheduler.now + LEASE_MS;
    return true;
  }

  release(name: string): void {
    if (this.holder === name) this.drop();
  }

  /** Nobody holds it any more; its holder learns that when it next renews it. */
  drop(): void {
    this.holder = null;
  }
}

/** The lease as one coordinator sees it: it may believe for a while that it holds what another one has taken. */
export class SimulatedLease implements Lease {
  readonly trouble = null;
  lost = AbortSignal.abort();

  constructor(
    private readonly store: LeaseStore,
    private readonly network: Network,
    private readonly life: Life,
    /** Called once the process knows that it has lost the lease. */
    private readonly onLost: () => void,
  ) {}

  get held(): boolean {
    return !this.lost.aborted;
  }

  async acquire(signal: AbortSignal, onWaiting: () => void = () => undefined): Promise<void> {
    signal.throwIfAborted();
    for (let tries = 1; ; tries++) {
      const { sentAt, answer } = this.ask(() => this.store.take(this.life.name));
      if (await unlessAborted(answer, signal)) {
        this.hold(sentAt);
        return;
      }
      if (tries === 1) onWaiting();
      await unlessAborted(this.pause(TRY_EVERY_MS), signal);
    }
  }

  release(): Promise<void> {
    return this.ask(() => this.store.release(this.life.name)).answer;
  }

  private hold(confirmedAt: number): void {
    const lost = new AbortController();
    this.lost = lost.signal;
    void this.renew(confirmedAt, lost);
  }

  /** Renews it until it is lost: to another one, or because nobody has confirmed it for as long as it lasts. */
  private async renew(confirmedAt: number, lost: AbortController): Promise<void> {
    let last = confirmedAt;
    for (;;) {
      await this.pause(RENEW_EVERY_MS);
      const { sentAt, answer } = this.ask(() => this.store.renew(this.life.name));
      const kept = this.network.faults.happens('lease renewal lost') ? null : await answer;
      if (kept === true) last = sentAt;
      if (kept !== false && this.network.scheduler.now - last <= LEASE_MS) continue;
      lost.abort(new Error('the lease is lost'));
      this.onLost();
      return;
    }
  }

  private ask<T>(effect: () => T): { sentAt: number; answer: Promise<T> } {
    const { scheduler } = this.network;
    return { sentAt: scheduler.now, answer: this.network.ask(this.life, 'killed at lease', effect) };
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.network.scheduler.after(ms, this.life, resolve));
  }
}
