import type { RunPorts } from '../run/run-ports.js';
import type { ServiceLimits } from './limits.js';

/** All that serving jobs takes from outside. */
export interface ServicePorts extends RunPorts {
  readonly limits: ServiceLimits;
}
