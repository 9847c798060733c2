import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { SmoothcertError } from '../../shared/errors.js';
import { byCodePoints, cannotRead, statOf } from '../bytes/input-files.js';

/** The pictures of a folder, in the order that gives them their indices. */
export interface Listing {
  /** Paths below the folder, with `/`. */
  readonly files: readonly string[];
  /** Class of each picture; null unless the folder has one sub-folder for each class. */
  readonly labels: Int32Array | null;
  readonly classNames: readonly string[] | null;
}

/**
 * Lists a folder of pictures, or of sub-folders of pictures: then each sub-folder is a class, numbered from 0 in the order of their
 * names, empty ones included. Pictures are ordered by sub-folder, then by file name, both by code points. Hidden entries (a dot
 * first) are ignored, and symbolic links are followed under their own names. Deeper folders, and pictures beside sub-folders, are
 * refused. `labelFile` is no picture and may be among them. @throws DATA_FORMAT, DATA_EMPTY, DATA_UNREADABLE
 */
export async function listPictures(folder: string, labelFile: string | null): Promise<Listing> {
  const except = labelFile === null ? null : await realPath(labelFile);
  const { files, folders } = await entriesOf(folder, except);
  if (folders.length === 0 && files.length > 0) return { files, labels: null, classNames: null };
  if (files.length > 0) {
    throw new SmoothcertError(
      'DATA_FORMAT',
      `${folder} holds both files (${files[0]!}) and folders (${folders[0]!}).`,
      'Give a folder of pictures, or one with a sub-folder for each class and nothing else.',
    );
  }
  const inFolders: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of folders.entries()) {
    const inside = await entriesOf(path.join(folder, name), except);
    if (inside.folders.length > 0) {
      throw new SmoothcertError(
        'DATA_FORMAT',
        `${folder} has folders within the folders of its classes (${name}/${inside.folders[0]!}).`,
        'Give a folder with one sub-folder for each class, and only pictures in them.',
      );
    }
    for (const file of inside.files) {
      inFolders.push(`${name}/${file}`);
      labels.push(label);
    }
  }
  if (inFolders.length > 0) return { files: inFolders, labels: Int32Array.from(labels), classNames: folders };
  throw new SmoothcertError(
    'DATA_EMPTY',
    `${folder} holds no pictures.`,
    'Give a folder of PNG or JPEG files.',
  );
}

interface Entries {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

async function entriesOf(folder: string, except: string | null): Promise<Entries> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw cannotRead(folder, cause);
  });
  const place = await realPath(folder);
  const files: string[] = [];
  const folders: string[] = [];
  for (const entry of entries.sort((a, b) => byCodePoints(a.name, b.name))) {
    if (entry.name.startsWith('.')) continue;
    const file = path.join(folder, entry.name);
    if (await isFolder(entry, file)) folders.push(entry.name);
    else if (path.join(place, entry.name) !== except) files.push(entry.name);
  }
  return { files, folders };
}

async function isFolder(entry: Dirent, file: string): Promise<boolean> {
  if (entry.isDirectory() || entry.isFile()) return entry.isDirectory();
  return (await statOf(file)).isDirectory();
}

/** Returns a path without symbolic links. */
function realPath(file: string): Promise<string> {
  return realpath(file).catch((cause: unknown) => {
    throw cannotRead(file, cause);
  });
}
