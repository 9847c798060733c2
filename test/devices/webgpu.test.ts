import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCommand } from '../harness/command.js';
import { project } from '../harness/local-job.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

/** A software Vulkan driver, as Debian's chromium package has one, and the loader that finds it. */
const DRIVER = process.env['VK_DRIVER_FILES'] ?? '/usr/lib/chromium/vk_swiftshader_icd.json';
const LOADERS = ['/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/x86_64-linux-gnu/libvulkan.so.1'];
const missing = !existsSync(DRIVER) || !LOADERS.some((file) => existsSync(file));
const why = missing ? ' (skipped: no Vulkan driver at VK_DRIVER_FILES, or no libvulkan.so.1)' : '';

interface Row {
  readonly class: number;
  readonly counts: { readonly classes: number[]; readonly votes: number[] };
}

test.skipIf(missing)(
  `webgpu certifies the same classes as cpu, from almost the same votes${why}`,
  async () => {
    using folder = new TemporaryFolder();
    const rowsOn = async (device: string): Promise<Row[]> => {
      const out = folder.file(device);
      const { code, stderr } = await runCommand(
        [
          'certify',
          '--model',
          project('test/fixtures/models/free.onnx'),
          '--sigma',
          '0.25',
          '--seed',
          '3',
          '--data',
          project('test/fixtures/models/images.npz'),
          '--images',
          '0:3',
          '--max-samples',
          '128',
          '--batch',
          '8',
          '--device',
          device,
          '--out',
          out,
        ],
        { env: { VK_DRIVER_FILES: DRIVER } },
      );
      expect(stderr).not.toContain('Error');
      expect(code).toBe(0);
      const { job } = JSON.parse(await readFile(folder.file(device, 'job.json'), 'utf8')) as {
        job: { draw: { numericClass: string; numeric: string } };
      };
      expect(job.draw.numericClass.split('/')[0]).toBe(device);
      expect(job.draw.numeric).toBe(device === 'cpu' ? 'same' : 'any');
      const text = await readFile(folder.file(device, 'results.jsonl'), 'utf8');
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
    };
    const [cpu, webgpu] = [await rowsOn('cpu'), await rowsOn('webgpu')];
    expect(webgpu.map((row) => row.class)).toEqual(cpu.map((row) => row.class));
    webgpu.forEach(({ counts }, at) => {
      const same = cpu[at]!.counts;
      counts.classes.forEach((c, i) => {
        expect(Math.abs(counts.votes[i]! - (same.votes[same.classes.indexOf(c)] ?? 0))).toBeLessThanOrEqual(
          2,
        );
      });
    });
  },
);
