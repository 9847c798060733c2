import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningCommand } from './command.js';
import { DIGITS, certifyWithReport, type Flags } from './results.js';

const POLL_MS = 2;

/** The arguments of a job of a second or two, whose ledger grows to some 25 KB; the same results wherever it runs. */
export function digitsJob(out: string, flags: Flags = {}): string[] {
  return certifyWithReport({
    ...DIGITS,
    sigma: 0.25,
    seed: 11,
    bound: 'anytime',
    'min-gain': 0.005,
    images: '::60',
    processes: 2,
    out,
    ...flags,
  });
}

/** Resolves when the folder's ledger is longer than this, true, or the command has ended, false. */
export async function ledgerGrows(command: RunningCommand, folder: string, bytes: number): Promise<boolean> {
  while (command.running) {
    const { size } = await stat(path.join(folder, 'ledger')).catch(() => ({ size: 0 }));
    if (size > bytes) return true;
    await delay(POLL_MS);
  }
  return false;
}
