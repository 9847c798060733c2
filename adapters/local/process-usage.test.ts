import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { usageOf } from './process-usage.js';

describe.runIf(existsSync('/proc/self/stat'))('the usage of a process', () => {
  it('is its processor time and its memory, as Node.js knows them', async () => {
    const until = process.cpuUsage().user / 1e6 + 0.3;
    while (process.cpuUsage().user / 1e6 < until);
    const { user, system } = process.cpuUsage();
    const used = (await usageOf(process.pid))!;
    expect(Math.abs(used.cpuSeconds - (user + system) / 1e6)).toBeLessThan(0.2);
    expect(used.residentBytes / process.memoryUsage.rss()).toBeGreaterThan(0.5);
    expect(used.residentBytes / process.memoryUsage.rss()).toBeLessThan(2);
  });

  it('is null once the process is gone', async () => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await once(child, 'exit');
    expect(await usageOf(child.pid!)).toBeNull();
  });
});
