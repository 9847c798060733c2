/** What coordinators and workers tell each other, and what they store of a job: the one place that knows its bytes. */
export { decodeLease, encodeLease, type LeaseHolder } from './lease.js';
export { decodeOrder, encodeOrder } from './order.js';
export { MOST_REFUSALS, decodePresence, encodePresence } from './presence.js';
export {
  decodePrepare,
  decodePrepared,
  encodePrepare,
  encodePrepared,
  type PrepareAnswer,
} from './prepare.js';
export {
  LARGEST_BITMAP,
  decodeStop,
  decodeStopQuery,
  encodeStop,
  encodeStopQuery,
  type StopNews,
} from './stop.js';
export { MOST_SHARDS, decodeTask, encodeTask } from './task.js';
