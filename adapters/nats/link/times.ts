/** How long things take between processes. Milliseconds. None of them reaches a certificate. */
export interface NatsTimes {
  /** A task whose holder has said nothing for so long is handed to somebody else. */
  readonly ackWaitMs: number;
  /** How often a holder says that it is still at its task; at most a third of `ackWaitMs`. */
  readonly workingEveryMs: number;
  /** A lease that was not renewed for so long is free. */
  readonly leaseTtlMs: number;
  readonly leaseRenewMs: number;
  /** How often a standby looks whether the lease is free. */
  readonly standbyPollMs: number;
  readonly presenceEveryMs: number;
  /** How often the decided images are told anew. */
  readonly stopEveryMs: number;
  /** News of decided images is held back for so long, so that one message tells of many. */
  readonly stopCoalesceMs: number;
  /** How often a connection is tried; one that is silent for twice as long is given up and made anew. */
  readonly pingMs: number;
  /** How long the first connection may take, all tries together. */
  readonly connectMs: number;
  /** How long an answer of the server is waited for. */
  readonly requestMs: number;
  /** How long a pull waits at the server before it is made anew. */
  readonly pullMs: number;
  /** Least and longest pause before something that failed is tried again. */
  readonly retryLeastMs: number;
  readonly retryMostMs: number;
}

const SECOND = 1000;

export const DEFAULT_TIMES: NatsTimes = {
  ackWaitMs: 30 * SECOND,
  workingEveryMs: 10 * SECOND,
  leaseTtlMs: 10 * SECOND,
  leaseRenewMs: 3 * SECOND,
  standbyPollMs: SECOND,
  presenceEveryMs: 5 * SECOND,
  stopEveryMs: 500,
  stopCoalesceMs: 20,
  pingMs: 10 * SECOND,
  connectMs: 10 * SECOND,
  requestMs: 5 * SECOND,
  pullMs: 30 * SECOND,
  retryLeastMs: 50,
  retryMostMs: 2 * SECOND,
};
