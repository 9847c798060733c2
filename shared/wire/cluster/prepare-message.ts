import type { PrepareRequest } from '../../ports/exchange.js';
import type { Refusal } from '../../ports/job-store.js';
import type { Prepared } from '../../preparation.js';
import { smoothcert } from '../generated.js';
import { readSeededSpec, specToWire } from '../spec-message.js';
import { codecOf } from '../codec.js';
import { preparedOfWire, preparedToWire, checkProbeImages, refusalOfWire, refusalToWire } from '../parts.js';

const request = codecOf(
  'a request to look at a model',
  smoothcert.v1.PrepareMessage,
  ({ job, spec, probeImages }: PrepareRequest) => ({
    job,
    spec: specToWire(spec),
    probeImages: [...probeImages],
  }),
  (wire, check): PrepareRequest => ({
    job: check.jobId('job', wire.job),
    spec: readSeededSpec(check, 'spec', wire.spec),
    probeImages: checkProbeImages(check, wire.probeImages),
  }),
);

/** @throws SmoothcertError INTERNAL for a request that no worker could read */
export const encodePrepare: (request: PrepareRequest) => Uint8Array = request.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodePrepare: (bytes: Uint8Array) => PrepareRequest = request.decode;

/** A worker's answer; several `busy` may come before another one. */
export type PrepareAnswer =
  | { readonly kind: 'busy' }
  | { readonly kind: 'prepared'; readonly prepared: Prepared }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const BUSY: PrepareAnswer = { kind: 'busy' };

const answer = codecOf(
  'an answer about a model',
  smoothcert.v1.PreparedMessage,
  (answer: PrepareAnswer): Omit<smoothcert.v1.PreparedMessage.$Properties, 'protocol'> => {
    switch (answer.kind) {
      case 'busy':
        return { busy: {} };
      case 'prepared':
        return { preparation: preparedToWire(answer.prepared) };
      case 'refused':
        return { refusal: refusalToWire(answer.refusal) };
    }
  },
  ({ busy, preparation, refusal }, check): PrepareAnswer => {
    if (preparation) return { kind: 'prepared', prepared: preparedOfWire(check, 'preparation', preparation) };
    if (refusal) return { kind: 'refused', refusal: refusalOfWire(check, 'refusal', refusal) };
    if (!busy) check.note('answer', 'is none that this version knows');
    return BUSY;
  },
);

/** @throws SmoothcertError INTERNAL for an answer that no coordinator could read */
export const encodePrepared: (answer: PrepareAnswer) => Uint8Array = answer.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodePrepared: (bytes: Uint8Array) => PrepareAnswer = answer.decode;
