import { readFile, stat } from 'node:fs/promises';
import { SmoothcertError } from '../../../shared/errors.js';
import { withExternalFiles, type WholeModel } from './external-files.js';
import { DAMAGED, LARGEST_MODEL, tooLarge } from './model-limits.js';
import { MODEL } from './onnx-fields.js';
import { refuseRandomness } from './randomness.js';
import { fieldsOf } from './wire-edit.js';

/** Mark of ONNX Runtime's own format, 4 bytes from the start of the file. */
const ORT_FORMAT = 'ORTM';

/**
 * Reads a model with all its weights, each file once, so that the bytes that run are those of the digest.
 * @throws MODEL_UNREADABLE if it is no whole ONNX model; MODEL_NOT_DETERMINISTIC if its graph draws random numbers or is in
 * training mode; MODEL_DIGEST_MISMATCH if it is not the expected one
 */
export async function readModel(path: string, expected?: string): Promise<WholeModel> {
  const content = await readContent(path);
  if (content.length === 0) throw unreadable(`The file ${path} is empty.`, DAMAGED);
  if (Buffer.from(content.subarray(4, 8)).toString('latin1') === ORT_FORMAT) {
    throw unreadable(
      `${path} is in ONNX Runtime's own format.`,
      'Give the .onnx file that it was converted from.',
    );
  }
  if (isTorch(content)) {
    throw unreadable(
      `${path} is a checkpoint of PyTorch, not an ONNX model.`,
      'Export it in Python: model.eval(); torch.onnx.export(model, x, "model.onnx") for a batch x of its inputs.',
    );
  }
  const whole = await withExternalFiles(content, path);
  if (fieldsOf(content, MODEL.graph).bytes.length === 0) {
    throw unreadable(`${path} is no ONNX model, or is damaged or cut short.`, DAMAGED);
  }
  checkRandomness(whole.model, path);
  if (expected !== undefined && whole.digest !== expected) {
    throw new SmoothcertError(
      'MODEL_DIGEST_MISMATCH',
      `The model ${path} has digest ${whole.digest}, and the job wants ${expected}.`,
      'Give the model that the job was created with, or start a new job.',
    );
  }
  return whole;
}

/** Returns true if a file is a zip archive or a pickle, as torch.save writes: no ONNX model begins so. */
function isTorch(content: Uint8Array): boolean {
  const [first, second] = content;
  const isZip = Buffer.from(content.subarray(0, 4)).equals(Buffer.from('PK\x03\x04', 'latin1'));
  return isZip || (first === 0x80 && second! >= 2 && second! <= 5);
}

function checkRandomness(model: Uint8Array, path: string): void {
  try {
    refuseRandomness(model, path);
  } catch (cause) {
    if (cause instanceof SmoothcertError) throw cause;
    throw unreadable(`${path} is no ONNX model, or is damaged or cut short.`, DAMAGED, cause);
  }
}

async function readContent(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw unreadable(`${path} is a directory.`, 'Give the .onnx file in it.');
    }
    if (!found.isFile()) throw unreadable(`${path} is not a regular file.`, 'Give an .onnx file.');
    if (found.size > LARGEST_MODEL) throw tooLarge(path, found.size);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof SmoothcertError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw unreadable(
      code === 'ENOENT' ? `There is no file ${path}.` : `The model ${path} cannot be read (${code}).`,
      'Check the path; a model is one ONNX file of at most 2 GB.',
      cause,
    );
  }
}

function unreadable(message: string, remedy: string, cause?: unknown): SmoothcertError {
  return new SmoothcertError('MODEL_UNREADABLE', message, remedy, { cause });
}
