import type { WorkOrder } from '../work-order.js';
import { UINT32_MAX } from './check.js';
import { DEVICE_NUMBERS } from './enums.js';
import { smoothcert } from './generated.js';
import { drawToJson, readDrawJson } from './job-json.js';
import { codecOf } from './message.js';
import { modelOfWire, modelToWire } from './model.js';
import { probeImagesOf } from './parts.js';

const order = codecOf(
  'a work order',
  smoothcert.v1.WorkOrder,
  ({ job, jobDigest, draw, model, device, probeImages, fingerprint, imageLimit }: WorkOrder) => ({
    ...{
      job,
      jobDigest: Buffer.from(jobDigest, 'hex'),
      drawJson: drawToJson(draw),
      model: modelToWire(model),
    },
    ...{ device: DEVICE_NUMBERS[device], probeImages: [...probeImages], imageLimit },
    fingerprint: Buffer.from(fingerprint ?? '', 'hex'),
  }),
  (wire, check): WorkOrder => {
    const imageLimit = check.whole('image_limit', wire.imageLimit, { least: 1, most: UINT32_MAX });
    const draw = readDrawJson(check, 'draw_json', wire.drawJson);
    const model = modelOfWire(check, 'model', wire.model);
    if (draw.modelDigest !== model.digest) check.note('model', 'is another one than that of draw_json');
    return {
      ...{ draw, model, imageLimit },
      job: check.jobId('job', wire.job),
      jobDigest: check.hash('job_digest', wire.jobDigest),
      device: wire.device ? check.named('device', wire.device, DEVICE_NUMBERS) : 'cpu',
      probeImages: probeImagesOf(check, wire.probeImages, imageLimit),
      fingerprint: wire.fingerprint.length === 0 ? null : check.hash('fingerprint', wire.fingerprint),
    };
  },
);

/** @throws SmoothcertError INTERNAL for an order that no worker could read */
export const encodeOrder: (order: WorkOrder) => Uint8Array = order.encode;
/** @throws SmoothcertError PROTOCOL_MISMATCH, MESSAGE_MALFORMED */
export const decodeOrder: (bytes: Uint8Array) => WorkOrder = order.decode;
