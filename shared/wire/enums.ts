import type { BoundName, Device, Layout, NoiseKind } from '../job.js';
import { smoothcert } from './generated.js';

const wire = smoothcert.v1;

/** The numbers that messages have for our names; "unspecified" is not among them. A name without a number does not compile. */
export const DEVICE_NUMBERS = {
  cpu: wire.Device.DEVICE_CPU,
  webgpu: wire.Device.DEVICE_WEBGPU,
  cuda: wire.Device.DEVICE_CUDA,
  tensorrt: wire.Device.DEVICE_TENSORRT,
  dml: wire.Device.DEVICE_DML,
  coreml: wire.Device.DEVICE_COREML,
} as const satisfies Record<Device, number>;

export const LAYOUT_NUMBERS = {
  nchw: wire.Layout.LAYOUT_NCHW,
  nhwc: wire.Layout.LAYOUT_NHWC,
  flat: wire.Layout.LAYOUT_FLAT,
} as const satisfies Record<Layout, number>;

export const NOISE_NUMBERS = {
  gaussian: wire.Noise.NOISE_GAUSSIAN,
  laplace: wire.Noise.NOISE_LAPLACE,
  uniform: wire.Noise.NOISE_UNIFORM,
} as const satisfies Record<NoiseKind, number>;

export const BOUND_NUMBERS = {
  spending: wire.Bound.BOUND_SPENDING,
  anytime: wire.Bound.BOUND_ANYTIME,
  'clopper-pearson': wire.Bound.BOUND_CLOPPER_PEARSON,
  clt: wire.Bound.BOUND_CLT,
  'two-sided': wire.Bound.BOUND_TWO_SIDED,
} as const satisfies Record<BoundName, number>;
