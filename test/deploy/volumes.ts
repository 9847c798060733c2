import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IVolume } from 'kubernetes-models/v1';
import { ofKind, type Resource } from './manifests.js';

/** Where a volume's files are on this machine. */
export interface Claims {
  /** The folder of a claim, which outlives pods. */
  readonly folderOf: (claim: string) => string;
  readonly fsGroup: number;
}

/** Makes a volume ready in `folder`, as kubelet does: owned by the pod's group, files of Secrets behind links that turn as one. */
export function makeVolume(
  volume: IVolume,
  resources: readonly Resource[],
  folder: string,
  { folderOf, fsGroup }: Claims,
): string {
  const { emptyDir, persistentVolumeClaim, secret, configMap, projected } = volume;
  if (emptyDir) return writable(folder, 0o2777, fsGroup);
  if (persistentVolumeClaim) return writable(folderOf(persistentVolumeClaim.claimName), 0o2775, fsGroup);
  if (secret) return withFiles(folder, secretFiles(resources, secret), secret.defaultMode!, fsGroup);
  if (configMap)
    return withFiles(folder, configFiles(resources, configMap.name!), configMap.defaultMode!, fsGroup);
  if (!projected) throw new Error(`a volume of a kind that is not known here: ${JSON.stringify(volume)}`);
  const sources = projected.sources!.map((source) => configFiles(resources, source.configMap!.name!));
  return withFiles(folder, Object.assign({}, ...sources) as Files, projected.defaultMode!, fsGroup);
}

type Files = Readonly<Record<string, Buffer>>;

function writable(folder: string, mode: number, fsGroup: number): string {
  mkdirSync(folder, { recursive: true });
  chownSync(folder, 0, fsGroup);
  chmodSync(folder, mode);
  return folder;
}

function secretFiles(
  resources: readonly Resource[],
  { secretName, items }: NonNullable<IVolume['secret']>,
): Files {
  const found = ofKind(resources, 'Secret').find(({ metadata }) => metadata.name === secretName);
  const data = found?.data as Record<string, string> | undefined;
  return Object.fromEntries(
    items!.map(({ key, path: file }) => {
      const value = data?.[key];
      if (value === undefined) throw new Error(`the Secret ${secretName} has no key ${key}`);
      return [file, Buffer.from(value, 'base64')];
    }),
  );
}

function configFiles(resources: readonly Resource[], name: string): Files {
  const found = ofKind(resources, 'ConfigMap').find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ConfigMap ${name}`);
  const data = found.data as Record<string, string>;
  return Object.fromEntries(Object.entries(data).map(([file, text]) => [file, Buffer.from(text)]));
}

function withFiles(folder: string, files: Files, mode: number, fsGroup: number): string {
  const version = path.join(folder, '..version');
  mkdirSync(version, { recursive: true });
  chmodSync(folder, 0o755);
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(version, name);
    writeFileSync(file, content);
    chownSync(file, 0, fsGroup);
    chmodSync(file, mode);
    symlinkSync(path.join('..data', name), path.join(folder, name));
  }
  symlinkSync('..version', path.join(folder, '..data'));
  return folder;
}
