import { jobDigestOf } from '../../job.js';
import type { WorkOrder } from '../../work-order.js';
import { UINT32_MAX } from '../check.js';
import { DEVICE_NUMBERS } from '../enums.js';
import { smoothcert } from '../generated.js';
import { drawToJson, readDrawJson } from '../job-json.js';
import { codecOf } from '../codec.js';
import { modelOfWire, modelToWire } from '../references.js';
import { checkProbeImages } from '../parts.js';

/** Characters of a claim: a thousand radii and their looks take a tenth. */
const LONGEST_CLAIM = 2 ** 18;

const order = codecOf(
  'a work order',
  smoothcert.v1.WorkOrder,
  ({ job, jobDigest, draw, claim, model, device, probeImages, fingerprint, imageLimit }: WorkOrder) => ({
    job,
    jobDigest: Buffer.from(jobDigest, 'hex'),
    drawJson: drawToJson(draw),
    claimJson: claim,
    model: modelToWire(model),
    device: DEVICE_NUMBERS[device],
    probeImages: [...probeImages],
    imageLimit,
    fingerprint: Buffer.from(fingerprint ?? '', 'hex'),
  }),
  (wire, check): WorkOrder => {
    const imageLimit = check.whole('image_limit', wire.imageLimit, { least: 1, most: UINT32_MAX });
    const draw = readDrawJson(check, 'draw_json', wire.drawJson);
    const model = modelOfWire(check, 'model', wire.model);
    if (draw.modelDigest !== model.digest) check.note('model', 'is another one than that of draw_json');
    const claim = check.text('claim_json', wire.claimJson, { most: LONGEST_CLAIM });
    const jobDigest = check.hash('job_digest', wire.jobDigest);
    if (jobDigestOf(draw, claim) !== jobDigest) {
      check.note('job_digest', 'is not that of draw_json and claim_json');
    }
    return {
      jobDigest,
      draw,
      claim,
      model,
      imageLimit,
      job: check.jobId('job', wire.job),
      device: wire.device ? check.named('device', wire.device, DEVICE_NUMBERS) : 'cpu',
      probeImages: checkProbeImages(check, wire.probeImages, imageLimit),
      fingerprint: wire.fingerprint.length === 0 ? null : check.hash('fingerprint', wire.fingerprint),
    };
  },
);

/** @throws SmoothcertError INTERNAL for an order that no worker could read */
export const encodeOrder: (order: WorkOrder) => Uint8Array = order.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodeOrder: (bytes: Uint8Array) => WorkOrder = order.decode;
