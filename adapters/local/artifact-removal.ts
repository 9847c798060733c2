import { rename, rm, stat } from 'node:fs/promises';

/** Where an artifact lies: its bytes, and what is known of it. */
export interface ArtifactFiles {
  readonly bytes: string;
  readonly description: string;
}

const HIDDEN = '.unused';

/**
 * Removes an artifact unless it was used at or after `before`; whether it was. A use is a new time on the description, set by whoever
 * relies on it. Several processes may upload it, use it and remove it at once, without a lock between them:
 *
 *   1. The description is renamed, which keeps its time: from here on nobody finds the artifact, and a use fails.
 *   2. A use that came first is seen in its time: the description goes back.
 *   3. The bytes are renamed. Whoever has uploaded them anew in the meantime has written a description: the bytes go back. One that writes
 *      it only now finds that its bytes are not there, and says so (`ArtifactFolder.put`).
 *   4. What is renamed is deleted. A process that dies before leaves it to the next removal of that artifact.
 */
export async function removeUnless(files: ArtifactFiles, before: number): Promise<boolean> {
  const { bytes, description } = files;
  if ((await usedAt(description)) >= before) return false;
  if (!(await renamed(description, description + HIDDEN))) return false;
  if ((await usedAt(description + HIDDEN)) >= before) {
    // Unless somebody has uploaded it again: theirs is newer.
    if ((await usedAt(description)) === -Infinity) await renamed(description + HIDDEN, description);
    else await rm(description + HIDDEN, { force: true });
    return false;
  }
  await renamed(bytes, bytes + HIDDEN);
  const anew = (await usedAt(description)) !== -Infinity;
  if (anew && (await usedAt(bytes)) === -Infinity) await renamed(bytes + HIDDEN, bytes);
  await rm(bytes + HIDDEN, { force: true });
  await rm(description + HIDDEN, { force: true });
  return !anew;
}

/** When a description was last used; -Infinity without one. */
export const usedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  );

/** False if there was nothing of this name. */
const renamed = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );
