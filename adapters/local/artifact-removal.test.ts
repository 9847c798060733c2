import { readdir, stat, utimes } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256, store, textOf } from '../../test/support/service-bed.js';
import { ArtifactFolder } from './artifact-folder.js';
import { folderOfEachTest } from '../../test/support/temporary-folder.js';

const BYTES = Buffer.from('a model of 17 bytes');
const DIGEST = sha256(BYTES);
const OLD_MS = 1_000_000_000_000;

const folder = folderOfEachTest();
/** Two processes that share a folder. */
let mine: ArtifactFolder;
let theirs: ArtifactFolder;
beforeEach(async () => {
  [mine, theirs] = [await ArtifactFolder.open(folder.path), await ArtifactFolder.open(folder.path)];
});

/** Makes it look as if nobody had used it for years. */
const age = () => utimes(folder.file(`${DIGEST}.json`), OLD_MS / 1000, OLD_MS / 1000);
const files = async () => (await readdir(folder.path)).sort();
const before = OLD_MS + 1;

describe('an artifact that nobody has used', () => {
  it('is removed, with all that belongs to it', async () => {
    await store(mine, BYTES, 'file');
    await age();
    expect(await mine.lastUse(DIGEST)).toBe(OLD_MS);
    expect(await mine.removeUnused(DIGEST, before)).toBe(true);
    expect(await files()).toEqual(['incoming']);
    expect([await mine.find(DIGEST), await mine.lastUse(DIGEST), await mine.use(DIGEST)]).toEqual([
      null,
      null,
      false,
    ]);
    expect(await mine.removeUnused(DIGEST, before)).toBe(false);
    expect(await mine.removeUnused('../x', before)).toBe(false);
  });

  it('stays once it is used, or put again', async () => {
    await store(mine, BYTES, 'file');
    for (const use of [() => theirs.use(DIGEST), () => store(theirs, BYTES, 'file')]) {
      await age();
      await use();
      expect(await mine.lastUse(DIGEST)).toBeGreaterThan(Date.now() - 60_000);
      expect(await mine.removeUnused(DIGEST, before)).toBe(false);
      expect(await textOf(mine, DIGEST)).toBe(BYTES.toString());
    }
  });

  it('is whole or gone, whatever is put, used and removed at once by two processes', async () => {
    const seen = { removed: 0, kept: 0, refused: 0 };
    for (let round = 0; round < 150; round++) {
      await store(mine, BYTES, 'file');
      await age();
      const putting = async () => {
        try {
          await store(theirs, BYTES, 'file');
          return true;
        } catch (error) {
          expect(error).toMatchObject({ code: 'ARTIFACT_BUSY' });
          return false;
        }
      };
      const [removed, used, put] = await Promise.all([
        mine.removeUnused(DIGEST, before),
        round % 3 === 0 ? theirs.use(DIGEST) : false,
        round % 3 === 1 ? putting() : null,
        round % 2 === 0 ? theirs.removeUnused(DIGEST, before) : false,
      ]);
      // Whoever was told that it is there can rely on it.
      if (used || put) {
        expect(await textOf(theirs, DIGEST)).toBe(BYTES.toString());
        seen.kept += 1;
      }
      if (removed) seen.removed += 1;
      if (put === false) seen.refused += 1;
      const found = await mine.find(DIGEST);
      if (found) expect((await stat(await mine.file(DIGEST))).size).toBe(BYTES.length);
    }
    expect(seen.removed).toBeGreaterThan(0);
    expect(seen.kept).toBeGreaterThan(0);
  });
});
