import { UINT32_MAX } from '../check.js';
import { smoothcert } from '../generated.js';
import { codecOf } from '../codec.js';

/** Bytes of a bitmap, for 2^18 images. */
export const LARGEST_BITMAP = 2 ** 15;

/** Decided images of a job, as a bitmap. */
export interface StopNews {
  readonly job: string;
  /** Image of the lowest bit; a multiple of 8. */
  readonly firstImage: number;
  /** Bit k, lowest bit of each byte first, is image firstImage + k. At most 32 KiB. */
  readonly decided: Uint8Array;
  /** True once the whole job has ended. */
  readonly ended: boolean;
}

const stop = codecOf(
  'a stop signal',
  smoothcert.v1.StopMessage,
  ({ job, firstImage, decided, ended }: StopNews) => ({ job, firstImage, decided, ended }),
  (wire, check): StopNews => {
    const { firstImage, decided, ended } = wire;
    if (firstImage % 8 !== 0) check.note('first_image', 'is not a multiple of 8');
    if (decided.length > LARGEST_BITMAP) check.note('decided', `has more than ${LARGEST_BITMAP} bytes`);
    if (firstImage + 8 * decided.length > UINT32_MAX + 1)
      check.note('decided', 'has images that no data set has');
    return { job: check.jobId('job', wire.job), firstImage, decided: Uint8Array.from(decided), ended };
  },
);

/** @throws SmoothcertError INTERNAL for a message that no worker could read */
export const encodeStop: (news: StopNews) => Uint8Array = stop.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodeStop: (bytes: Uint8Array) => StopNews = stop.decode;

const query = codecOf(
  'a question for the stop signals of a job',
  smoothcert.v1.StopQuery,
  (query: { readonly job: string }) => ({ job: query.job }),
  (wire, check) => ({ job: check.jobId('job', wire.job) }),
);

/** @throws SmoothcertError INTERNAL for a query that no coordinator could read */
export const encodeStopQuery: (query: { readonly job: string }) => Uint8Array = query.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodeStopQuery: (bytes: Uint8Array) => { readonly job: string } = query.decode;
