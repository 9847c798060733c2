import { SmoothcertError } from '../../shared/errors.js';

/** The first byte of a pickle of protocol 2 or later, and the protocols that there are. */
const PICKLE_MARK = 0x80;
const PROTOCOLS = { least: 2, most: 5 } as const;

/** Returns the error for a file that Python pickled; null for any other. @param start its first bytes */
export function pickleError(path: string, start: Buffer): SmoothcertError | null {
  const [mark, protocol] = start;
  const isPickle = mark === PICKLE_MARK && protocol! >= PROTOCOLS.least && protocol! <= PROTOCOLS.most;
  if (!isPickle) return null;
  return new SmoothcertError(
    'DATA_FORMAT',
    `${path} is a pickle of Python, which is never unpickled.`,
    "For CIFAR download the binary version; or in Python: d = pickle.load(open(file, 'rb'), encoding='bytes'), then np.savez('images.npz', x=d[b'data'].reshape(-1, 3, 32, 32), y=d[b'labels']).",
  );
}

/** Returns the error for an archive that PyTorch saved. */
export function torchError(path: string): SmoothcertError {
  return new SmoothcertError(
    'DATA_FORMAT',
    `${path} is a file of PyTorch, not an archive of NumPy.`,
    "If it holds images, save them in Python with np.savez('images.npz', x=images.numpy(), y=labels.numpy()); if it is a model, export it with torch.onnx.export and give it with --model.",
  );
}
