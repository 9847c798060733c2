import { readFileSync } from 'node:fs';
import { SmoothcertError } from '../../shared/errors.js';
import { optionError } from './parse.js';

/** Reads a file with one secret, or a PEM file, without the end of its last line. @throws OPTION_INVALID */
export function secretOf(file: string, flag: string): string {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret !== '') return secret;
  } catch (cause) {
    const message = `${flag} ${file} cannot be read.`;
    throw new SmoothcertError('OPTION_INVALID', message, 'Check the path and its rights.', { cause });
  }
  throw optionError(`${flag} ${file} is empty.`, 'Put the secret on its first line.');
}
