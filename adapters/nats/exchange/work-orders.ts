import type { KV } from '@nats-io/kv';

import type { WorkOrder } from '../../../shared/work-order.js';
import { decodeOrder, encodeOrder } from '../../../shared/wire/cluster.js';
import { answered, isPresent, removeKey } from '../link/buckets.js';
import { unanswered } from '../link/nats-errors.js';
import type { NatsLink } from '../link/nats-link.js';

const keyOf = (job: string): string => `order.${job}`;

/** Work orders as keys of the bucket SC1_JOBS. A job without a work order is not, or no longer, to be drawn for. */
export class WorkOrders {
  constructor(
    private readonly link: NatsLink,
    private readonly bucket: KV,
  ) {}

  /** Stores an order, replacing one that is there: that is the same, or of a coordinator that knew less. */
  async put(order: WorkOrder): Promise<void> {
    const what = `store the work order of ${order.job}`;
    await answered(this.link, what, this.bucket.put(keyOf(order.job), encodeOrder(order)));
  }

  /**
   * Returns the order of a job; null if there is none. Never makes the bucket, because workers call it.
   * @throws SmoothcertError NATS_UNREACHABLE, NATS_FORBIDDEN; PROTOCOL_MISMATCH, MESSAGE_MALFORMED for one that cannot be read
   */
  async get(job: string): Promise<WorkOrder | null> {
    const found = await this.bucket.get(keyOf(job)).catch((error: unknown) => {
      throw unanswered(`tell of the work order of ${job}`, error);
    });
    return isPresent(found) ? decodeOrder(found.value) : null;
  }

  remove(job: string): Promise<void> {
    return answered(this.link, `remove the work order of ${job}`, removeKey(this.link, keyOf(job)));
  }
}
