import { smoothcert } from '../generated.js';
import { codecOf } from '../codec.js';

/** The coordinator that issues tasks, and the address at which workers fetch artifacts. */
export interface LeaseHolder {
  /** Another name at each start. */
  readonly holder: string;
  readonly artifactsUrl: string;
}

const lease = codecOf(
  'the lease',
  smoothcert.v1.LeaseMessage,
  ({ holder, artifactsUrl }: LeaseHolder) => ({ holder, artifactsUrl }),
  (wire, check): LeaseHolder => ({
    holder: check.text('holder', wire.holder, { least: 1 }),
    artifactsUrl: check.text('artifacts_url', wire.artifactsUrl),
  }),
);

/** @throws SmoothcertError INTERNAL for a holder that no process could read */
export const encodeLease: (holder: LeaseHolder) => Uint8Array = lease.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodeLease: (bytes: Uint8Array) => LeaseHolder = lease.decode;
