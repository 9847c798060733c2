import { rename, rm, stat } from 'node:fs/promises';

/** Paths of an artifact's bytes and of its description. */
export interface ArtifactFiles {
  readonly bytes: string;
  readonly description: string;
}

const HIDDEN_SUFFIX = '.unused';

/**
 * Removes an artifact unless it was used at or after `before` (milliseconds since 1970); returns true if it was removed. A process that
 * relies on an artifact marks its use by a new time on the description. Several processes may upload, use and remove it at once, without
 * a lock between them:
 *
 *   1. The description is renamed, which keeps its time: from now on no process finds the artifact, and a use fails.
 *   2. The time shows a use that came before the renaming; then the description is renamed back.
 *   3. The bytes are renamed. If the artifact was uploaded again in the meantime there is a new description, and the bytes are renamed back.
 *      An upload that writes its description only now finds that its bytes are missing, and fails (`ArtifactFolder.put`).
 *   4. The renamed files are deleted. If the process dies first, the next removal of the artifact deletes them.
 */
export async function removeUnless(files: ArtifactFiles, before: number): Promise<boolean> {
  const { bytes, description } = files;
  if ((await usedAt(description)) >= before) return false;
  if (!(await renamed(description, description + HIDDEN_SUFFIX))) return false;
  if ((await usedAt(description + HIDDEN_SUFFIX)) >= before) {
    // A description that another upload has written in the meantime is newer, and stays.
    if ((await usedAt(description)) === -Infinity) await renamed(description + HIDDEN_SUFFIX, description);
    else await rm(description + HIDDEN_SUFFIX, { force: true });
    return false;
  }
  await renamed(bytes, bytes + HIDDEN_SUFFIX);
  const anew = (await usedAt(description)) !== -Infinity;
  if (anew && (await usedAt(bytes)) === -Infinity) await renamed(bytes + HIDDEN_SUFFIX, bytes);
  await rm(bytes + HIDDEN_SUFFIX, { force: true });
  await rm(description + HIDDEN_SUFFIX, { force: true });
  return !anew;
}

/** Returns when an artifact was last used (milliseconds since 1970) by its description; -Infinity without one. */
export const usedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  );

/** Renames a file; returns false if there is none of this name. */
const renamed = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );
