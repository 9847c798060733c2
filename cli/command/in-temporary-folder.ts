import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EXIT } from './exit.js';

/**
 * Runs something in a new folder that is removed at its end, also where it is interrupted: the process ends then.
 * @param name for what it is, as a part of its name
 */
export async function inTemporaryFolder<T>(
  name: string,
  interrupt: AbortSignal,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), `smoothcert-${name}-`));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const abandon = () => {
    clean();
    process.exit(EXIT.interrupted);
  };
  interrupt.addEventListener('abort', abandon);
  try {
    return await run(folder);
  } finally {
    interrupt.removeEventListener('abort', abandon);
    clean();
  }
}
