import { ENTRY, TENSOR } from './onnx-fields.js';
import { editTensors } from '../tensors.js';
import { fieldsOf, stringOf, withField, withoutFields } from './wire-edit.js';

/** Position of a tensor's values in another file, as the model states it. */
export interface ExternalRange {
  /** A path relative to the model's folder, unchecked. */
  readonly location: string;
  /** In bytes. */
  readonly offset: number;
  /** In bytes; null: up to the file's end. */
  readonly length: number | null;
}

/** Lists the positions of tensors whose values are in another file. @throws if the bytes are no ONNX model, or name no file or range */
export function externalRanges(model: Uint8Array): ExternalRange[] {
  const ranges: ExternalRange[] = [];
  editTensors(model, (tensor) => {
    const range = rangeOf(tensor);
    if (range !== null) ranges.push(range);
    return tensor;
  });
  return ranges;
}

/** Returns the model with the values of every such tensor inside, as `contentOf` returns them; all else is copied unchanged. */
export function inlineExternalData(
  model: Uint8Array,
  contentOf: (range: ExternalRange) => Uint8Array,
): Uint8Array {
  return editTensors(model, (tensor) => {
    const range = rangeOf(tensor);
    if (range === null) return tensor;
    const { rawData, externalData, dataLocation } = TENSOR;
    return withField(withoutFields(tensor, [rawData, externalData, dataLocation]), rawData, contentOf(range));
  });
}

/**
 * Reads the position of a tensor's values; null if the tensor holds them itself. Any data location but 0 counts as external, even
 * an unknown one, so that ONNX Runtime never reads a file that the digest does not cover. Of an entry that is given twice, the
 * last one counts.
 */
function rangeOf(tensor: Uint8Array): ExternalRange | null {
  if (fieldsOf(tensor, TENSOR.dataLocation).varints.every((location) => location === 0)) return null;
  const entries = new Map(
    fieldsOf(tensor, TENSOR.externalData).bytes.map((entry) => [
      stringOf(entry, ENTRY.key) ?? '',
      stringOf(entry, ENTRY.value) ?? '',
    ]),
  );
  const location = entries.get('location');
  if (location === undefined) throw new Error('a tensor names no file');
  const length = entries.get('length');
  return {
    location,
    offset: bytesOf(entries.get('offset') ?? '0'),
    length: length === undefined ? null : bytesOf(length),
  };
}

function bytesOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${text} is no number of bytes`);
  return Number(text);
}
