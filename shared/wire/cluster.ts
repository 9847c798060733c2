/** The messages between coordinators and workers, as bytes: all encoders and decoders of the folder `cluster/`. */
export { decodeLease, encodeLease, type LeaseHolder } from './cluster/lease-message.js';
export { decodeOrder, encodeOrder } from './cluster/order-message.js';
export { MOST_REFUSALS, decodePresence, encodePresence } from './cluster/presence-message.js';
export {
  decodePrepare,
  decodePrepared,
  encodePrepare,
  encodePrepared,
  type PrepareAnswer,
} from './cluster/prepare-message.js';
export {
  LARGEST_BITMAP,
  decodeStop,
  decodeStopQuery,
  encodeStop,
  encodeStopQuery,
  type StopNews,
} from './cluster/stop-message.js';
export { MOST_SHARDS, decodeTask, encodeTask } from './cluster/task-message.js';
