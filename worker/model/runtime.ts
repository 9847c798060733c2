import type * as onnxruntime from 'onnxruntime-node';
import { SmoothcertError } from '../../shared/errors.js';

export type Runtime = typeof onnxruntime;

/** The version that package.json asks for, which a unit test compares. */
export const WANTED = '1.30.0';

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
    if ((cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') throw notInstalled(cause);
    throw new SmoothcertError(
      'DEVICE_UNAVAILABLE',
      `ONNX Runtime cannot be loaded on ${process.platform} ${process.arch}.`,
      'It exists for Linux with glibc (x64, arm64), Windows (x64, arm64) and macOS (arm64); there, install smoothcert again.',
      { cause },
    );
  }
}

/**
 * Returns the error of an installation without ONNX Runtime. Its installer fetches GPU libraries; where their host is not reachable, npm goes on without
 * the whole package, because it is an optional dependency: if it were none, nothing would be installed.
 */
const notInstalled = (cause: unknown): SmoothcertError =>
  new SmoothcertError(
    'DEVICE_UNAVAILABLE',
    'ONNX Runtime is not installed: npm leaves it out where its install script cannot reach api.nuget.org.',
    `Run npm install --ignore-scripts in the folder of your package.json; after npm install --global, run npm install --global --ignore-scripts onnxruntime-node@${WANTED}.`,
    { cause },
  );

/** Returns the version of ONNX Runtime. */
export function versionOf({ env }: Runtime): string {
  return env.versions.node ?? env.versions.common;
}
