import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const JOB = path.join(ROOT, 'shared/job.ts');

/** Reaches all that decides by a name: messages, mathematics, decisions, rows and generators. */
const ENTRIES = [
  'shared/wire/job-json.ts',
  'shared/wire/spec-message.ts',
  'coordinator/core/job-fold.ts',
  'coordinator/core/job-of.ts',
  'coordinator/results/certificates.ts',
  'worker/noise/noise-kernel.ts',
];

/** Files that are the same in every program. */
const parsed = new Map<string, ts.SourceFile>();

/** Returns the files that do not compile once shared/job.ts has `changed` in place of `text`. */
function brokenBy(text: string, changed: string): string[] {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const host = ts.createCompilerHost(options);
  const original = ts.sys.readFile(JOB)!;
  expect(original.split(text)).toHaveLength(2);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, languageVersion) => {
    if (path.resolve(name) === JOB) {
      return ts.createSourceFile(name, original.replace(text, changed), languageVersion);
    }
    const source = parsed.get(name) ?? getSourceFile(name, languageVersion);
    if (source) parsed.set(name, source);
    return source;
  };
  const program = ts.createProgram(
    ENTRIES.map((entry) => path.join(ROOT, entry)),
    { ...options, noEmit: true },
    host,
  );
  const files = ts.getPreEmitDiagnostics(program).map(({ file }) => path.relative(ROOT, file!.fileName));
  return [...new Set(files)].sort();
}

describe('a name that was only added to shared/job.ts', () => {
  it('compiles where nothing was added', () => {
    expect(brokenBy('BOUND_NAMES = [', 'BOUND_NAMES = [')).toEqual([]);
  });

  it('of a bound lacks its file and its number', () => {
    expect(brokenBy("BOUND_NAMES = ['spending',", "BOUND_NAMES = ['new', 'spending',")).toEqual([
      'shared/wire/enums.ts',
      'shared/wire/spec-message.ts',
      'statistics/bounds/bounds.ts',
    ]);
  });

  it('of a noise lacks its file, its number and its generator', () => {
    const broken = brokenBy("NOISE_KINDS = ['gaussian',", "NOISE_KINDS = ['new', 'gaussian',");
    for (const file of [
      'shared/wire/enums.ts',
      'shared/wire/spec-message.ts',
      'statistics/noises/noises.ts',
      'worker/noise/noise-kernel.ts',
    ]) {
      expect(broken).toContain(file);
    }
  });

  it('of a layout or a device lacks its number', () => {
    const messages = ['shared/wire/enums.ts', 'shared/wire/spec-message.ts'];
    expect(brokenBy("LAYOUTS = ['nchw',", "LAYOUTS = ['new', 'nchw',")).toEqual(messages);
    expect(brokenBy("DEVICES = ['cpu',", "DEVICES = ['new', 'cpu',")).toEqual(messages);
  });

  it('of a stopping rule lacks its usual bound, its messages, its pairs, its looks and its decisions', () => {
    const broken = brokenBy(
      'export type StoppingRule =',
      "export type StoppingRule =\n  | { readonly kind: 'new' }",
    );
    for (const file of [
      'coordinator/core/look.ts',
      'shared/job-spec.ts',
      'shared/wire/job-json.ts',
      'shared/wire/stopping-rule.ts',
      'statistics/bounds/spending.ts',
      'statistics/schedule.ts',
    ]) {
      expect(broken).toContain(file);
    }
  });
});
