import type { FlagGroup, ValuesOf } from '../command/flag.js';
import { LISTENING, LOG_FORMAT, MACHINE, RETENTION, STORAGE } from './service-flags.js';

const OTHER = {
  heading: 'Other:',
  flags: {
    logFormat: LOG_FORMAT,
    verbose: { help: 'stack traces, and the last output of inference processes that end', decides: 'run' },
  },
} as const satisfies FlagGroup;

export const SERVE_GROUPS = [STORAGE, RETENTION, LISTENING, MACHINE, OTHER] as const;
export type ServeFlags = ValuesOf<typeof SERVE_GROUPS>;
