import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { GrpcServer } from '../../coordinator/grpc/server.js';
import { systemClock } from '../../adapters/local/system-clock.js';
import { ROOT } from '../harness/command.js';
import { ServiceBed } from '../support/service-bed.js';

/** The example for Python runs as it is printed, where Python has the packages that it names. */

/** The first Python that has the packages: Debian's need not be the first on PATH. */
const PYTHON = ['python3', '/usr/bin/python3'].find(hasPackages);
if (PYTHON === undefined) console.warn('Python lacks grpcio, protobuf or NumPy: its example is SKIPPED.');

function hasPackages(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import grpc, google.protobuf, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it.skipIf(PYTHON === undefined)(
  'a Python program certifies images with nothing but the server itself',
  async () => {
    const bed = await ServiceBed.open();
    const service = await bed.serving({ clock: systemClock });
    const server = await GrpcServer.start({
      service,
      address: { host: '127.0.0.1', port: 0 },
      tls: null,
      tokens: null,
      report: (error) => {
        throw error;
      },
    });
    try {
      bed.worker();
      const flags = {
        server: `127.0.0.1:${server.address.port}`,
        model: bed.modelDigest,
        data: bed.dataDigest,
        sigma: '0.5',
        'max-samples': '1024',
      };
      const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
      const { stdout, stderr } = await promisify(execFile)(PYTHON!, ['examples/python/certify.py', ...args], {
        cwd: ROOT,
      });
      const { jobs } = await service.listJobs(1, '');
      const rows = (await bed.results(jobs[0]!.id)).jsonl.trim().split('\n');
      const radii = rows.map((row) => (JSON.parse(row) as { radius: number }).radius);
      const mean = radii.reduce((sum, radius) => sum + radius, 0) / radii.length;
      expect(stdout).toContain(`mean radius ${mean.toFixed(4)} over ${rows.length} images, `);
      expect(stdout).toMatch(/^certified accuracy at 0: 0\.\d{3}\n/);
      expect(stderr).toMatch(/^job j-[0-9a-f]{20}\n/);
      expect(stderr).toMatch(/JOB_STATE_SUCCEEDED/);
    } finally {
      await server.close(0);
      await bed.close();
    }
  },
);
