import type { Normalisation } from '../../shared/job.js';

/** A normalisation that many models were trained with: (pixel · inputScale − mean) / std, of pixels in [0, 1]. */
export interface UsualNormalisation {
  readonly name: string;
  readonly normalisation: Normalisation;
}

const of = (
  name: string,
  inputScale: number,
  mean: readonly number[],
  std: readonly number[],
): UsualNormalisation => ({ name, normalisation: { inputScale, mean, std } });

/** Normalisations of images of any number of channels, the most usual first. */
const OF_ANY: readonly UsualNormalisation[] = [
  of('pixels in [0, 1]', 1, [0], [1]),
  of('pixels of 0 to 255', 255, [0], [1]),
  of('pixels in [−1, 1]', 1, [0.5], [0.5]),
];

/** As torchvision has it, and as Caffe's models take it. */
const OF_IMAGENET = of("ImageNet's mean and std", 1, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
const OF_CAFFE = of("ImageNet's mean of 0 to 255", 255, [123.68, 116.779, 103.939], [1]);
/** The mean and std of the training images; and a second habit, which averages the deviations of single images. */
const OF_CIFAR_10: readonly UsualNormalisation[] = [
  of("CIFAR-10's mean and std", 1, [0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616]),
  of("CIFAR-10's std per image", 1, [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.201]),
];
const OF_CIFAR_100 = of("CIFAR-100's mean and std", 1, [0.5071, 0.4865, 0.4409], [0.2673, 0.2564, 0.2762]);
/** Networks of digits in colour use it, too. */
const OF_MNIST = of("MNIST's mean and std", 1, [0.1307], [0.3081]);

/** Classes of CIFAR-100, and the side of its pictures. */
const CIFAR_100_CLASSES = 100;
const CIFAR_SIDE = 32;

/** The pictures of the data, as far as that tells which normalisations are likely. */
export interface Pictures {
  /** 1 for grey, 3 for colour, 0 for anything else. */
  readonly channels: number;
  /** Pixels along the longer side. */
  readonly side: number;
  /** Classes of the model; null if it has not run. */
  readonly classes: number | null;
}

/** Returns the usual normalisations of such pictures, the likeliest first. */
export function usualNormalisations({ channels, side, classes }: Pictures): readonly UsualNormalisation[] {
  if (channels === 1) return [...OF_ANY, OF_MNIST];
  if (channels !== 3) return OF_ANY;
  const cifar =
    classes === CIFAR_100_CLASSES ? [OF_CIFAR_100, ...OF_CIFAR_10] : [...OF_CIFAR_10, OF_CIFAR_100];
  const photographs = side === CIFAR_SIDE ? [...cifar, OF_IMAGENET] : [OF_IMAGENET, ...cifar];
  return [...OF_ANY, ...photographs, OF_CAFFE, OF_MNIST];
}
