/** Exit codes of the command. */
export const EXIT = {
  done: 0,
  ours: 1,
  input: 2,
  failedImages: 3,
  doesNotHold: 4,
  interrupted: 130,
} as const;
