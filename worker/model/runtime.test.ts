import { describe, expect, it } from 'vitest';
import { loadRuntime, versionOf } from './runtime.js';

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
