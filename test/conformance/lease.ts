import { describe, expect, it } from 'vitest';

import type { Lease } from '../../shared/ports/lease.js';
import { aborted } from '../support/events.js';
import { never } from '../support/never.js';

/** Where one lease is kept for all who want it. */
export interface LeasePlace extends AsyncDisposable {
  /** Opens the lease as a further process would. */
  open(): Promise<Lease>;
  /** Takes the lease from this holder, as somebody does who takes it for dead. */
  take(lease: Lease): Promise<void>;
  /** Lets this one have the lease as soon as it asks for it, where that is for a test to say. */
  readonly allow?: (lease: Lease) => void;
}

export interface LeaseAdapter {
  /** Makes a place whose lease nobody holds. */
  readonly create: () => Promise<LeasePlace>;
  /** Says whether several may want it; otherwise there is one, and the test gives the lease to it. */
  readonly contended: boolean;
}

/** Tests the promises of every lease. */
export function describeLease(name: string, adapter: LeaseAdapter): void {
  describe(`the lease: ${name}`, () => {
    describeHolding(adapter);
    if (adapter.contended) describeContending(adapter);
  });
}

const stateOf = (lease: Lease) => ({ held: lease.held, lost: lease.lost.aborted });

async function acquire({ allow }: LeasePlace, lease: Lease): Promise<void> {
  allow?.(lease);
  await lease.acquire(never);
}

function describeHolding({ create }: LeaseAdapter): void {
  it('is not held before it is acquired', async () => {
    await using place = await create();
    const lease = await place.open();
    expect(stateOf(lease)).toEqual({ held: false, lost: true });
  });

  it('is held from acquire to release, and each time lost by a signal of its own', async () => {
    await using place = await create();
    const lease = await place.open();
    const signals: AbortSignal[] = [];
    for (let round = 0; round < 2; round++) {
      await acquire(place, lease);
      expect(stateOf(lease)).toEqual({ held: true, lost: false });
      signals.push(lease.lost);
      await lease.release();
      expect(stateOf(lease)).toEqual({ held: false, lost: true });
    }
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
    expect(new Set(signals).size).toBe(2);
  });

  it('is found lost by a holder from whom it was taken, who can acquire it again', async () => {
    await using place = await create();
    const lease = await place.open();
    await acquire(place, lease);
    const { lost } = lease;
    await place.take(lease);
    await aborted(lost);
    expect(stateOf(lease)).toEqual({ held: false, lost: true });
    await acquire(place, lease);
    expect(stateOf(lease)).toEqual({ held: true, lost: false });
    await lease.release();
  });

  it('is released by somebody who does not hold it without effect', async () => {
    await using place = await create();
    const lease = await place.open();
    await lease.release();
    await acquire(place, lease);
    expect(lease.held).toBe(true);
    await lease.release();
    await lease.release();
    expect(lease.held).toBe(false);
  });

  it('rejects with the reason of a signal that has aborted, and is not held', async () => {
    await using place = await create();
    const lease = await place.open();
    const reason = new Error('enough');
    place.allow?.(lease);
    await expect(lease.acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(lease.held).toBe(false);
  });

  it('says nothing of waiting to somebody who gets it at once', async () => {
    await using place = await create();
    const lease = await place.open();
    let waits = 0;
    place.allow?.(lease);
    await lease.acquire(never, () => (waits += 1));
    expect(waits).toBe(0);
    await lease.release();
  });
}

function describeContending({ create }: LeaseAdapter): void {
  it('is held by one at a time; who waits is told once, and has it after its release', async () => {
    await using place = await create();
    const [one, other] = [await place.open(), await place.open()];
    await one.acquire(never);
    let waits = 0;
    let told!: () => void;
    const waiting = new Promise<void>((resolve) => (told = resolve));
    const acquired = other.acquire(never, () => {
      waits += 1;
      told();
    });
    await waiting;
    expect([one.held, other.held]).toEqual([true, false]);
    await one.release();
    await acquired;
    expect([one.held, other.held, waits]).toEqual([false, true, 1]);
    await other.release();
  });

  it('goes to one of those who ask for it at once', async () => {
    await using place = await create();
    const leases = [await place.open(), await place.open(), await place.open()];
    const end = new AbortController();
    const acquiring = leases.map((lease) =>
      lease.acquire(end.signal).then(
        () => true,
        () => false,
      ),
    );
    await Promise.race(acquiring);
    expect(leases.filter((lease) => lease.held)).toHaveLength(1);
    end.abort();
    const outcomes = await Promise.all(acquiring);
    expect(outcomes).toEqual(leases.map((lease) => lease.held));
    await Promise.all(leases.map((lease) => lease.release()));
  });

  it('rejects with the reason of a signal that aborts while somebody else holds it', async () => {
    await using place = await create();
    const [one, other] = [await place.open(), await place.open()];
    await one.acquire(never);
    const end = new AbortController();
    const reason = new Error('enough');
    const acquiring = other.acquire(end.signal, () => end.abort(reason));
    await expect(acquiring).rejects.toBe(reason);
    expect([one.held, other.held]).toEqual([true, false]);
    await one.release();
  });
}
