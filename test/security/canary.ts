import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { ArtifactFolder } from '../../adapters/local/artifact-folder.js';
import { TemporaryFolder } from '../support/temporary-folder.js';

export const SECRET = `canary-${randomBytes(8).toString('hex')}`;
export const SECRET_DIGEST = createHash('sha256').update(SECRET).digest('hex');
const FILES = ['canary', 'canary.job', 'canary.json', 'canary.ledger', 'secret/canary', 'secret/w.bin'];

/** Ways to say "out of here" that one or another reader of names falls for; canaries lie one, two and three folders up. */
export const NAMES = [
  '../canary',
  '../../canary',
  '../../../canary',
  'a/../../../canary',
  './../../canary',
  '..%2fcanary',
  '..%2f..%2fcanary',
  '%2e%2e/%2e%2e/canary',
  '%2e%2e%2f%2e%2e%2fcanary',
  '..%252f..%252fcanary',
  '..\\canary',
  '..\\..\\canary',
  '..%5c..%5ccanary',
  '....//....//canary',
  '..;/..;/canary',
  '..%c0%af..%c0%afcanary',
  '../canary\0',
  '../canary%00',
  'C:\\canary',
  'c:canary',
  '//localhost/canary',
  '~/canary',
  '.',
  '..',
  '',
];

/** A folder, and around it files whose secret may come out nowhere and which nobody may change. */
export class Canaries {
  private readonly folder = new TemporaryFolder();
  readonly root = this.folder.path;
  readonly before: string;

  constructor() {
    mkdirSync(this.outside('secret'));
    mkdirSync(this.inside());
    for (const file of FILES) writeFileSync(this.outside(file), SECRET);
    this.before = this.around();
  }

  inside(...parts: string[]): string {
    return path.join(this.root, 'inside', ...parts);
  }

  outside(...parts: string[]): string {
    return path.join(this.root, ...parts);
  }

  /** Fails if anything around has changed. */
  close(): void {
    const after = this.around();
    this.folder[Symbol.dispose]();
    expect(after).toBe(this.before);
  }

  /** Names and contents of all that lies outside. */
  private around(): string {
    const names = readdirSync(this.root, { recursive: true, encoding: 'utf8' }).sort();
    const outside = names.filter((name) => name.split(path.sep)[0] !== 'inside');
    const content = (file: string) => (lstatSync(file).isFile() ? readFileSync(file, 'utf8') : '');
    return JSON.stringify(outside.map((name) => [name, content(this.outside(name))]));
  }
}

export async function* whole(bytes: Uint8Array) {
  yield await Promise.resolve(bytes);
}

/** Puts a file into the store; resolves with its digest. */
export async function put(store: ArtifactFolder, content: Uint8Array): Promise<string> {
  const digest = createHash('sha256').update(content).digest('hex');
  await store.put({ digest, kind: 'file', bytes: content.length }, 0, whole(content));
  return digest;
}
