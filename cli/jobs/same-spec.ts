import { SmoothcertError } from '../../shared/errors.js';
import { canonicalJson } from '../../shared/job.js';
import type { JobSpec } from '../../shared/job-spec.js';
import { VERSION } from '../../shared/version.js';
import { specOfWire, specToWire } from '../../shared/wire/spec-message.js';

/** A part of a spec that is not as it was asked for, in words. */
type Difference = string;

/**
 * Returns how the spec of a created job differs from the one that was asked for, a part each; nothing if it is the same. What was left to
 * the server, the seed for example, is not compared. A server of an earlier version skips the fields that it does not know: it would
 * certify another claim, without an error. Names are not compared: no certificate depends on them.
 */
export function differencesOf(asked: JobSpec, created: JobSpec): readonly Difference[] {
  // As the server reads it, a seed without leading zeros for example.
  const sent = specOfWire(specToWire(asked));
  return (Object.keys(sent) as (keyof JobSpec)[])
    .filter(
      (part) =>
        part !== 'names' && sent[part] !== null && canonicalJson(sent[part]) !== canonicalJson(created[part]),
    )
    .map((part) => `${part} (${canonicalJson(sent[part])} asked for, ${canonicalJson(created[part])} there)`);
}

/** Returns the error that a server made another job than was asked for. @param cancelled true if that job was cancelled since */
export function otherSpec(
  id: string,
  differences: readonly Difference[],
  cancelled: boolean,
): SmoothcertError {
  const fate = cancelled ? 'It was cancelled' : `Cancel it with smoothcert cancel ${id}, unless it is wanted`;
  return new SmoothcertError(
    'PROTOCOL_MISMATCH',
    `The server made another job, ${id}, than was asked for: ${differences.join('; ')}. It knows less than this command, which is of version ${VERSION}.`,
    `${fate}. Run the same version of smoothcert on the server and here.`,
  );
}
