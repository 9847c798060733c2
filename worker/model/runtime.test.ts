import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WANTED, loadRuntime, versionOf } from './runtime.js';

describe('loadRuntime', () => {
  it('loads it once, silent, and knows its version', async () => {
    const runtime = await loadRuntime();
    expect(await loadRuntime()).toBe(runtime);
    expect(runtime.env.logLevel).toBe('fatal');
    expect(versionOf(runtime)).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('forbids it to report its use before it is loaded', async () => {
    delete process.env['ORT_DISABLE_TELEMETRY'];
    let seen: string | undefined;
    await loadRuntime(() => {
      seen = process.env['ORT_DISABLE_TELEMETRY'];
      return import('onnxruntime-node');
    });
    expect(seen).toBe('1');
  });

  it('says the line that adds it where npm has left it out', async () => {
    const error = Object.assign(new Error("Cannot find package 'onnxruntime-node'"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    await expect(loadRuntime(() => Promise.reject(error))).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message:
        'ONNX Runtime is not installed: npm leaves it out where its install script cannot reach api.nuget.org.',
      remedy: expect.stringMatching(
        /^Run npm install --ignore-scripts in the folder of your package\.json; /,
      ) as string,
    });
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    expect(manifest.optionalDependencies['onnxruntime-node']).toBe(WANTED);
  });

  it('says where it exists if it cannot be loaded', async () => {
    const absent = () =>
      Promise.reject(new Error("Cannot find module '../bin/napi-v6/sunos/x64/binding.node'"));
    await expect(loadRuntime(absent)).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}.`,
      remedy:
        'It exists for Linux with glibc (x64, arm64), Windows (x64, arm64) and macOS (arm64); there, install smoothcert again.',
    });
  });
});
