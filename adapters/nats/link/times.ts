/** Times of the exchange over NATS, in milliseconds. None of them influences a certificate. */
export interface NatsTimes {
  /** A task whose worker was silent for so long is delivered to another one. */
  readonly ackWaitMs: number;
  /** How often a worker says that it still works on its task; at most a third of `ackWaitMs`. */
  readonly workingEveryMs: number;
  /** A lease that was not renewed for so long expires. */
  readonly leaseTtlMs: number;
  readonly leaseRenewMs: number;
  /** How often a waiting coordinator checks whether the lease is free. */
  readonly standbyPollMs: number;
  readonly presenceEveryMs: number;
  /** How often the set of decided images is sent again. */
  readonly stopEveryMs: number;
  /** Decided images are collected for so long before they are sent in one message. */
  readonly stopCoalesceMs: number;
  /** How often a connection is pinged; one that is silent for twice as long is replaced. */
  readonly pingMs: number;
  /** How often a process asks whether somebody leads the servers, and for how long nobody must have answered. An election takes up to 9 s. */
  readonly quorumAskMs: number;
  readonly quorumLostMs: number;
  /** How long the first connection may take, over all tries. */
  readonly connectMs: number;
  /** How long the server may take to answer. What is sent again meanwhile is not answered late: the one who was asked may be gone. */
  readonly requestMs: number;
  /** How long a cluster may lack the servers for as many copies as it should keep, before fewer are made do with. */
  readonly copiesMs: number;
  /** How long a request of a running job is sent again while nobody leads. */
  readonly steadyMs: number;
  /** A reader of a ledger that is not sent what the ledger holds is opened anew after about so long. */
  readonly silentMs: number;
  /** How long a pull request waits at the server before it is repeated. */
  readonly pullMs: number;
  /** How often the server says that a pull still waits; one that hears nothing for three times as long is repeated. */
  readonly pullBeatMs: number;
  /** Shortest and longest pause before something that failed is tried again. */
  readonly retryLeastMs: number;
  readonly retryMostMs: number;
}

const SECOND = 1000;

export const DEFAULT_TIMES: NatsTimes = {
  ackWaitMs: 30 * SECOND,
  workingEveryMs: 10 * SECOND,
  leaseTtlMs: 10 * SECOND,
  leaseRenewMs: SECOND,
  standbyPollMs: SECOND,
  presenceEveryMs: 5 * SECOND,
  stopEveryMs: 500,
  stopCoalesceMs: 20,
  pingMs: 10 * SECOND,
  quorumAskMs: 3 * SECOND,
  quorumLostMs: 12 * SECOND,
  connectMs: 10 * SECOND,
  requestMs: 2 * SECOND,
  copiesMs: 10 * SECOND,
  steadyMs: 15 * SECOND,
  silentMs: SECOND,
  pullMs: 30 * SECOND,
  pullBeatMs: SECOND,
  retryLeastMs: 50,
  retryMostMs: SECOND,
};
