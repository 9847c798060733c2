/** Hexadecimal digits of the id of a job, behind its `j-`. */
export const JOB_ID_DIGITS = 20;

const JOB_ID = new RegExp(`^j-[0-9a-f]{${JOB_ID_DIGITS}}$`);

/** Returns true if a text is the id of a job as `jobIdOf` makes it. */
export const isJobId = (text: string): boolean => JOB_ID.test(text);

/** Ids that messages and stores may hold, also of another version: each is safe in a NATS subject and as the name of a file. */
export const SAFE_JOB_ID = /^[A-Za-z0-9-]{1,64}$/;
