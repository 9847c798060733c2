import { readdirSync, readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from '../../shared/job.js';

/**
 * Returns the execution provider of a device, without a fallback: if it is missing, opening the session fails. (ONNX Runtime
 * itself runs single operators that a provider lacks on the CPU, within the same session.)
 */
export function providerOf(device: Device, index: number): InferenceSession.ExecutionProviderConfig {
  switch (device) {
    case 'cpu':
    case 'coreml':
    case 'webgpu':
      return { name: device };
    case 'cuda':
    case 'tensorrt':
    case 'dml':
      return { name: device, deviceId: index };
  }
}

/** Returns the remedy for a device that cannot be used. */
export function howToGet(device: Device): string {
  switch (device) {
    case 'cuda':
    case 'tensorrt':
      return (
        'Run ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js (Linux x64, with ' +
        `CUDA 12, cuDNN 9${device === 'tensorrt' ? ', TensorRT' : ''} and NVIDIA's driver), or use --device cpu.`
      );
    case 'webgpu':
      return 'Install a Vulkan, Direct3D 12 or Metal driver for the GPU, or use --device cpu.';
    case 'dml':
      return 'DirectML exists on Windows only; use --device cpu.';
    case 'coreml':
      return 'Core ML exists on macOS only; use --device cpu.';
    case 'cpu':
      return 'Reinstall onnxruntime-node for this platform.';
  }
}

/**
 * Returns the name of everything that decides the low bits of a score: provider, CPU instruction set or device model, ONNX Runtime
 * version and, on NVIDIA, TF32 on or off (by the environment, before the process starts). Workers of one numeric class are expected
 * to count alike; the fingerprints of their probes show whether they do.
 */
export function numericClass(device: Device, index: number, runtimeVersion: string): string {
  const runtime = `ort-${runtimeVersion}`;
  switch (device) {
    case 'cpu':
      return ['cpu', instructionSet(), runtime].join('/');
    case 'cuda':
    case 'tensorrt': {
      const tf32 = process.env['NVIDIA_TF32_OVERRIDE'] === '0' ? 'tf32-off' : 'tf32-on';
      return [device, nvidiaModel() ?? `device-${index}`, runtime, tf32].join('/');
    }
    case 'webgpu':
    case 'dml':
    case 'coreml':
      return [device, `device-${index}`, instructionSet(), runtime].join('/');
  }
}

/** Instruction sets for which ONNX Runtime has kernels of their own, best first, by the flags of Linux. */
const X64_LEVELS: readonly (readonly [string, readonly string[]])[] = [
  ['amx', ['amx_tile', 'amx_int8', 'avx512f']],
  ['avx512-vnni', ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'avx512_vnni']],
  ['avx512', ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl']],
  ['avx2-vnni', ['avx2', 'fma', 'avx_vnni']],
  ['avx2', ['avx2', 'fma']],
  ['avx', ['avx']],
];
const ARM_FEATURES: readonly string[] = ['asimdhp', 'asimddp', 'i8mm', 'bf16', 'sve', 'sve2', 'sme'];

/** Returns the CPU's architecture and instruction set level; on systems that do not show it, architecture and model name. */
export function instructionSet(cpuinfo = readCpuinfo()): string {
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo ?? '')?.[1]?.split(' ') ?? []);
  if (flags.size === 0) return slug(`${arch()} ${cpus()[0]?.model ?? platform()}`);
  if (arch() === 'arm64') return ['arm64', ...ARM_FEATURES.filter((feature) => flags.has(feature))].join('-');
  const level = X64_LEVELS.find(([, needed]) => needed.every((flag) => flags.has(flag)));
  return `${arch()}-${level?.[0] ?? 'baseline'}`;
}

function readCpuinfo(): string | null {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return null;
  }
}

/** Returns the model of the NVIDIA GPUs if the driver shows it and all are the same: only then does the index not matter. */
function nvidiaModel(): string | null {
  const folder = '/proc/driver/nvidia/gpus';
  try {
    const models = readdirSync(folder).map((gpu) =>
      slug(/^Model:\s*(.*)$/m.exec(readFileSync(`${folder}/${gpu}/information`, 'utf8'))?.[1] ?? ''),
    );
    return new Set(models).size === 1 && models[0] !== '' ? models[0]! : null;
  } catch {
    return null;
  }
}

function slug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
}
