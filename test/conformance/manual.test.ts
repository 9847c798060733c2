import type { Lease } from '../../shared/ports/lease.js';
import { ManualLease } from '../support/service-bed.js';
import { describeLease } from './lease.js';

function manual(lease: Lease): ManualLease {
  if (lease instanceof ManualLease) return lease;
  throw new TypeError('not a lease of this adapter');
}

/** The lease that tests of the service give and take promises what the one in NATS promises, but that nobody contends for it. */
describeLease('of a test', {
  create: () =>
    Promise.resolve({
      open: () => Promise.resolve(new ManualLease()),
      take: (lease) => {
        manual(lease).take();
        return Promise.resolve();
      },
      allow: (lease) => manual(lease).give(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  contended: false,
});
