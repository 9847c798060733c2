import type * as onnxruntime from 'onnxruntime-node';
import { SmoothcertError } from '../../shared/errors.js';

export type Runtime = typeof onnxruntime;

/**
 * Loads ONNX Runtime, and lets it print fatal errors only; other errors are thrown. It is loaded when it is first needed, because its
 * binaries exist for some systems only. From version 1.30 on it reports its use to its publisher and keeps an identifier of the machine
 * in the home folder, unless the environment forbids it; that is why a variable is set before the library is loaded.
 * @throws DEVICE_UNAVAILABLE if its binaries are missing or cannot be loaded
 */
export async function loadRuntime(
  load: () => Promise<Runtime> = () => import('onnxruntime-node'),
): Promise<Runtime> {
  process.env['ORT_DISABLE_TELEMETRY'] = '1';
  try {
    const runtime = await load();
    runtime.env.logLevel = 'fatal';
    return runtime;
  } catch (cause) {
    throw new SmoothcertError(
      'DEVICE_UNAVAILABLE',
      `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}.`,
      'It exists for Linux with glibc (x64, arm64), Windows (x64, arm64) and macOS (arm64); there, install smoothcert again.',
      { cause },
    );
  }
}

/** Returns the version of ONNX Runtime. */
export function versionOf({ env }: Runtime): string {
  return env.versions.node ?? env.versions.common;
}
