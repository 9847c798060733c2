import { setMaxListeners } from 'node:events';

/** A signal that never aborts. */
export const never = new AbortController().signal;
// Many wait on it at once, and Node would warn of a leak.
setMaxListeners(0, never);
