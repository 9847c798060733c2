import { arch } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEVICES } from '../../shared/job.js';
import { howToGet, instructionSet, numericClass, providerOf } from './provider.js';

afterEach(() => vi.unstubAllEnvs());

describe('providerOf', () => {
  it.each(DEVICES)('asks for %s and nothing else', (device) => {
    expect(providerOf(device, 1)).toMatchObject({ name: device });
    expect(howToGet(device)).toMatch(/\.$/);
  });
});

describe('numericClass', () => {
  it('names provider, instruction set and runtime, and is the same every time', () => {
    expect(numericClass('cpu', 0, '1.2.3')).toMatch(/^cpu\/[a-z0-9-]+\/ort-1\.2\.3$/);
    expect(numericClass('cpu', 1, '1.2.3')).toBe(numericClass('cpu', 0, '1.2.3'));
    expect(numericClass('webgpu', 1, '1.2.3')).not.toBe(numericClass('webgpu', 0, '1.2.3'));
  });

  it('says whether TF32 is off', () => {
    vi.stubEnv('NVIDIA_TF32_OVERRIDE', '0');
    expect(numericClass('cuda', 0, '1.2.3')).toMatch(/\/tf32-off$/);
    vi.stubEnv('NVIDIA_TF32_OVERRIDE', undefined);
    expect(numericClass('cuda', 0, '1.2.3')).toMatch(/\/tf32-on$/);
  });
});

describe('instructionSet', () => {
  it.runIf(arch() === 'x64')('takes the best that all flags of are there', () => {
    const of = (flags: string) => instructionSet(`processor\t: 0\nflags\t\t: ${flags}\nbugs\t: x\n`);
    expect(of('fpu sse2')).toBe('x64-baseline');
    expect(of('fpu sse2 avx avx2')).toBe('x64-avx');
    expect(of('fpu avx avx2 fma')).toBe('x64-avx2');
    expect(of('avx avx2 fma avx512f')).toBe('x64-avx2');
    expect(of('avx avx2 fma avx512f avx512bw avx512dq avx512vl')).toBe('x64-avx512');
  });

  it('falls back on architecture and model', () => {
    expect(instructionSet('')).toMatch(new RegExp(`^${arch()}-[a-z0-9-]+$`));
  });
});
