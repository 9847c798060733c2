import { ManualLease } from '../support/service-bed.js';
import { describeLease } from './lease.js';

/** The lease that tests of the service give and take promises what the one in NATS promises, but that nobody contends for it. */
describeLease('of a test', {
  create: () =>
    Promise.resolve({
      open: () => Promise.resolve(new ManualLease()),
      take: (lease) => Promise.resolve((lease as ManualLease).take()),
      allow: (lease) => (lease as ManualLease).give(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  contended: false,
});
